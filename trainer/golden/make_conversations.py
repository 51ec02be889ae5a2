"""Writes test/golden/methods: conversations answered by transformers, and positions of chats of many layouts.

    python trainer/golden/make_conversations.py
"""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from conversations import GREEDY, SAMPLED, ImageTextProcessor, converse
from make_golden import GOLDEN, QUESTIONS, compact, manifest, write_lines
from reference import Checkpoint, load_checkpoint, read_rgb

OUT = GOLDEN.parent / "methods"
LAYOUT_SEED, SAMPLING_SEED = 301, 11
MAX_TOKENS = 24
# An exact engine's logits differ by about 1e-5, so its probabilities by about as much.
MIN_GAPS = {"minLogitGap": 1e-3, "minDrawGap": 1e-4, "minNucleusGap": 1e-4}

# Pictures of each of the user's turns.
CONVERSATIONS: dict[str, list[list[str]]] = {
    "one-image": [["scene.png"]],
    "two-images": [["wide.png", "tall.png"]],
    "no-image": [[]],
    "two-turns": [["large.jpg"], []],
    "two-turns-without-image": [[], []],
    "second-image-in-second-turn": [["cutout.png"], ["noise.png"]],
    "image-only-in-second-turn": [[], ["small.png"]],
    "three-turns": [["gray.png"], ["palette.png"], []],
}


def settle(checkpoint: Checkpoint, case_id: str, turns: list[list[str]], sampling: dict[str, float]) -> dict[str, Any]:
    """Tries question after question until no decision is near."""
    for attempt in range(40):
        texts = [QUESTIONS[(attempt + 3 * index) % len(QUESTIONS)] for index in range(len(turns))]
        words = [question + "".join(f"\n({chr(65 + i)}) {choice}" for i, choice in enumerate(choices)) for question, choices, _ in texts]
        pictures = [[read_rgb(GOLDEN / "images" / name) for name in names] for names in turns]
        sample_id = f"{case_id}-{attempt}"
        calls = converse(checkpoint, list(zip(pictures, words, strict=True)), MAX_TOKENS, sampling, SAMPLING_SEED, sample_id)
        if all(call[name] is None or call[name] > gap for call in calls for name, gap in MIN_GAPS.items()):
            return {"sampleId": sample_id, "seed": SAMPLING_SEED, "sampling": sampling, "maxTokens": MAX_TOKENS, "images": turns, "calls": calls}
    raise ValueError(f"{case_id}: no attempt is clear enough")


def conversations(name: str, seed: int) -> list[dict[str, Any]]:
    checkpoint = load_checkpoint(GOLDEN / name)
    cases = []
    for case_id, turns in CONVERSATIONS.items():
        for decoding, sampling in (("greedy", GREEDY), ("sampled", SAMPLED)):
            case = settle(checkpoint, case_id, turns, sampling)
            cases.append(compact({"checkpoint": name, "id": f"{case_id}-{decoding}", **case}))
            print(name, case_id, decoding, [(len(c["outputTokenIds"]), c["finishReason"]) for c in case["calls"]], flush=True)
    return cases


def layouts(count: int) -> list[dict[str, Any]]:
    """Chats of one to five turns with up to three pictures of many sizes, through the processor and get_rope_index."""
    checkpoint = load_checkpoint(GOLDEN / "tiny-tied")
    processor = ImageTextProcessor.of(checkpoint)
    rng = random.Random(LAYOUT_SEED)
    words = [word for question, choices, context in QUESTIONS for word in " ".join((question, *choices, context)).split(" ")]
    cases = []
    for index in range(count):
        messages: list[dict[str, Any]] = []
        sizes: list[tuple[int, int]] = []
        wanted = rng.randint(1, 3)
        users = rng.randint(1, 3)
        holders = [rng.randrange(users) for _ in range(wanted)]
        if rng.random() < 0.2:
            messages.append({"role": "system", "content": [{"type": "text", "text": " ".join(rng.choices(words, k=rng.randint(1, 9)))}]})
        for user in range(users):
            parts: list[dict[str, str]] = [{"type": "image"} for _ in range(holders.count(user))]
            texts = [{"type": "text", "text": " ".join(rng.choices(words, k=rng.randint(1, 25)))} for _ in range(rng.randint(1, 2))]
            content = [*parts, *texts]
            if rng.random() < 0.4:
                rng.shuffle(content)
            messages.append({"role": "user", "content": content})
            if user < users - 1:
                messages.append({"role": "assistant", "content": [{"type": "text", "text": " ".join(rng.choices(words, k=rng.randint(0, 20)))}]})
        for _ in range(wanted):
            sizes.append((rng.randint(14, 320), rng.randint(14, 320)))
        images = [Image.new("RGB", size) for size in sizes]
        prompt = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        inputs = processor(text=[prompt], images=images, return_tensors="pt")
        positions, delta = checkpoint.model.model.get_rope_index(
            inputs["input_ids"], mm_token_type_ids=inputs["mm_token_type_ids"], image_grid_thw=inputs["image_grid_thw"]
        )
        flat = positions[:, 0].numpy().astype("<i4")
        ids = inputs["input_ids"][0].numpy().astype("<i4")
        case = {
            "messages": messages,
            "imageSizes": [{"width": width, "height": height} for width, height in sizes],
            "gridThw": inputs["image_grid_thw"].tolist(),
            "tokenCount": len(ids),
            "tokenIdsSha256": hashlib.sha256(ids.tobytes()).hexdigest(),
            "ropeDelta": int(delta),
            "positionsSha256": hashlib.sha256(np.ascontiguousarray(flat).tobytes()).hexdigest(),
        }
        if index < 5:
            case["positions"] = flat.tolist()
        cases.append(case)
    return cases


def main() -> None:
    torch.set_num_threads(1)  # the summation order depends on the thread count
    torch.set_grad_enabled(False)
    OUT.mkdir(parents=True, exist_ok=True)
    limits = {}
    for name in ("tiny-tied", "tiny-untied"):
        image_processor = load_checkpoint(GOLDEN / name).image_processor
        limits[name] = {"minPixels": image_processor.size["shortest_edge"], "maxPixels": image_processor.size["longest_edge"]}
    header = {
        **{key: value for key, value in manifest(0, "").items() if key in ("versions", "dtype", "device", "attention")},
        "script": "trainer/golden/make_conversations.py",
        "reference": "trainer/golden/conversations.py",
        "minGapsAtLeast": MIN_GAPS,
        "tolerance": 0,
    }
    write_lines(OUT / "chat-layouts.json", {"manifest": [{**header, "seed": LAYOUT_SEED, "limits": limits["tiny-tied"]}], "layouts": layouts(200)})
    cases = [*conversations("tiny-tied", 21), *conversations("tiny-untied", 22)]
    write_lines(OUT / "conversations.json", {"manifest": [{**header, "seed": SAMPLING_SEED}], "cases": cases})
    print(json.dumps(limits))


if __name__ == "__main__":
    main()
