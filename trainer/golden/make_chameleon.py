"""Writes the golden values under test/golden/chameleon from the checkpoints of make_chameleon_checkpoints.py.

Cases are settled as in make_golden.py: one question after another until no decision hangs on less than MIN_GAPS.
Formats: README.md beside this script.

    python trainer/golden/make_chameleon.py
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file

from chameleon_reference import (
    INFERENCE,
    SEPARATOR,
    TRAINING,
    Checkpoint,
    image_tokens,
    load_checkpoint,
    load_released,
    preprocess,
    prompt_ids,
    prompt_text,
    read_on_white,
    run_latent,
    run_no_cot,
    vq_margins,
)
from chameleon_tokenizer import EOS, LATENT_TOKENS
from latent_steps import Settings, Trace
from make_chameleon_checkpoints import GOLDEN, IMAGES, MIN_MARGIN, ROOT, image_paths
from make_golden import MIN_GAPS, QUESTIONS, TOLERANCES, compact, manifest, write_lines
from prompts import Sample

# Encoder outputs differ by 1e-6 between thread counts; squared distances by ten times that, far below MIN_MARGIN.
CHAMELEON_TOLERANCES = {**TOLERANCES, "pixelValues": 1e-6, "latents": 1e-4, "margins": 1e-3}
DEFAULTS = Settings(latentSteps=3, patchesPerStep=8, imageSize=None)
LATENTS_OF = "scene.png"  # whose encoder outputs are stored
CROPS_OF = ("wide.png", "small.png", "blend.png")  # whose resized and cropped bytes are stored


@dataclass(frozen=True)
class Case:
    """A case before its question is settled."""

    id: str
    settings: Settings
    question: int
    image: str
    method: str = "ivt-lr"

    def sample(self, attempt: int) -> Sample:
        question, choices, context = QUESTIONS[(self.question + attempt) % len(QUESTIONS)]
        return Sample(self.id, question, choices, context, str(path_of(self.image).relative_to(ROOT)))


def path_of(image: str) -> Path:
    return next(path for path in image_paths() if path.name == image)


def default_cases(count: int, settings: Settings = DEFAULTS) -> list[Case]:
    images = ["scene.png", "tall.png", "wide.png", "blend.png", "small.png", "large.jpg"]
    return [Case(f"default-{index}", settings, index, images[index]) for index in range(count)]


def no_cot_cases() -> list[Case]:
    changed = replace(DEFAULTS, latentSteps=0, patchesPerStep=0)
    return [Case("no-cot-cutout", changed, 1, "cutout.png", "no-cot"), Case("no-cot-gray", changed, 6, "gray.png", "no-cot")]


def variation_cases(slot_count: int) -> list[Case]:
    variants: list[tuple[str, dict[str, Any]]] = [
        ("hidden-then-patches", {"stepLayout": "hidden-then-patches"}),
        ("released-training", {"promptFormat": TRAINING}),
        ("no-latent-text", {"intervention": "no-latent-text"}),
        ("no-latent-vision", {"intervention": "no-latent-vision"}),
        ("no-latent", {"intervention": "no-latent"}),
        ("random-patches", {"intervention": "random-patches", "seed": 7}),
        ("least-attended", {"intervention": "least-attended"}),
        ("allow-reuse", {"intervention": "allow-reuse"}),
        ("forced-and-banned", {"forcedPatches": [{"step": 1, "slots": [3]}], "bannedPatches": [{"step": 1, "slots": [7, 8]}]}),
        ("steps-0", {"latentSteps": 0}),
        ("steps-1", {"latentSteps": 1}),
        ("steps-6", {"latentSteps": 6, "patchesPerStep": 2}),
        ("patches-1", {"patchesPerStep": 1}),
        ("pool-runs-out", {"patchesPerStep": slot_count // 2 - 5}),
        ("adaptive-hidden", {"latentSteps": 5, "adaptiveStop": "hidden", "adaptiveThreshold": 0.5}),
    ]
    return [
        Case(name, replace(DEFAULTS, **change), index + 1, IMAGES[index % len(IMAGES)])
        for index, (name, change) in enumerate(variants)
    ]


def settle(checkpoint: Checkpoint, case: Case) -> tuple[Trace, int]:
    """Runs attempts until one has clear gaps; gives it with its number."""
    run = run_no_cot if case.method == "no-cot" else run_latent
    for attempt in range(len(QUESTIONS)):
        sample = case.sample(attempt)
        trace = run(checkpoint, ROOT / sample.image, sample, case.settings)
        if all(trace.record[name] is None or trace.record[name] > gap for name, gap in MIN_GAPS.items()):
            return trace, attempt
    raise ValueError(f"{case.id}: no attempt is clear enough")


def header(seed: int, base: str) -> dict[str, Any]:
    return {
        **manifest(seed, base),
        "script": "trainer/golden/make_chameleon.py",
        "reference": "trainer/golden/chameleon_reference.py",
        "minMarginAtLeast": MIN_MARGIN,
        "tolerances": CHAMELEON_TOLERANCES,
    }


def write_json_lines(path: Path, head: dict[str, Any], name: str, items: list[dict[str, Any]]) -> None:
    body = ",\n".join(json.dumps(item, ensure_ascii=False) for item in items)
    path.write_text(f'{{"manifest": {json.dumps(head)},\n"{name}": [\n{body}\n]}}\n', encoding="utf-8")


def write_golden(folder: Path, head: dict[str, Any], checkpoint: Checkpoint, cases: list[Case]) -> None:
    """golden.json and golden.safetensors, as for Qwen2-VL; the slots' embeddings follow from `vocabularyIds`."""
    records: list[dict[str, Any]] = []
    tensors: dict[str, torch.Tensor] = {}
    for case in cases:
        trace, attempt = settle(checkpoint, case)
        record = {"id": case.id, **compact(trace.record), "attempt": attempt}
        records.append(record)
        for name, tensor in trace.tensors.items():
            if not name.endswith("attention_by_layer") or case.id == "default-0":
                tensors[f"{case.id}.{name}"] = tensor.contiguous().clone()
        print(folder.name, case.id, record["minGap"], record["finishReason"], attempt, record.get("imageTokensSuppressed"), flush=True)
    write_json_lines(folder / "golden.json", head, "cases", records)
    save_file(tensors, folder / "golden.safetensors")


def write_images(folder: Path, head: dict[str, Any], checkpoint: Checkpoint) -> None:
    """images.json and images.safetensors: what becomes of each picture, up to its vocabulary ids."""
    rng = np.random.default_rng(61)
    records: list[dict[str, Any]] = []
    tensors: dict[str, torch.Tensor] = {}
    for path in image_paths():
        pixels = preprocess(checkpoint.image_processor, path)
        tokens = image_tokens(checkpoint, pixels.pixel_values)
        if float(tokens.margins.min()) < MIN_MARGIN:
            raise ValueError(f"{path.name}: a codebook choice is not clear")
        side = pixels.crop.shape[0]
        places = [[int(c), int(y), int(x)] for c, y, x in zip(rng.integers(0, 3, 24), *rng.integers(0, side, (2, 24)), strict=True)]
        white = read_on_white(path)
        records.append(
            {
                "image": str(path.relative_to(ROOT)),
                "size": list(white.size),
                "rgbSha256": hashlib.sha256(white.tobytes()).hexdigest(),
                "cropSize": [side, side],
                "cropSha256": hashlib.sha256(pixels.crop.tobytes()).hexdigest(),
                "pixelValues": [[*place, float(pixels.pixel_values[0][tuple(place)])] for place in places],
                "imageTokens": tokens.tokens,
                "distinctImageTokens": len(set(tokens.tokens)),
                "minMargin": float(tokens.margins.min()),
                "vocabularyIds": tokens.vocabulary_ids,
            }
        )
        tensors[f"{path.name}.margins"] = tokens.margins.float()
        if path.name in CROPS_OF:
            tensors[f"{path.name}.crop"] = torch.from_numpy(pixels.crop)
        if path.name == LATENTS_OF:
            tensors[f"{path.name}.latents"] = tokens.latents
    write_json_lines(folder / "images.json", head, "images", [compact(record) for record in records])
    save_file(tensors, folder / "images.safetensors")


def write_prompts(folder: Path, checkpoint: Checkpoint) -> None:
    """prompts.json: texts and ids of the layouts with few image slots, so that they can be read."""
    slot_count, tokenizer = 3, checkpoint.tokenizer
    cases = []
    for question, choices, context in [*QUESTIONS, ("  Which sum   is 1234 + 5? \n", (" 1239 ", "\t6"), "")]:
        sample = Sample("", question, choices, context, "")
        step, answer = "The    fish lives in <sentinel:3> water.\n", "Therefore, the answer is 1"
        inference = prompt_ids(tokenizer, sample, INFERENCE, slot_count)
        separator = tokenizer.token_to_id(SEPARATOR)
        latent = tokenizer.token_to_id(LATENT_TOKENS[-1])
        text = prompt_text(sample, INFERENCE)
        markers = {} if latent is None else {"withLatentMarkers": [*inference, *[latent] * 3, separator]}
        cases.append(
            {
                "question": question,
                "choices": choices,
                "imageTokenCount": slot_count,
                "inference": {"text": text, "ids": inference, **markers},
                "ordinary": {"text": text, "ids": [*inference, separator]},
                "training": {
                    "text": prompt_text(sample, TRAINING),
                    "ids": prompt_ids(tokenizer, sample, TRAINING, slot_count),
                    "step": {"text": step, "ids": tokenizer.encode(step, add_special_tokens=False).ids},
                    "answer": {
                        "text": answer,
                        "ids": [*tokenizer.encode(answer, add_special_tokens=False).ids, tokenizer.token_to_id(EOS)],
                    },
                },
            }
        )
    write_lines(folder / "prompts.json", {"cases": cases})


def write_ties() -> None:
    """vq-ties.json: nearest entries of whole numbers, where distances are exact and ties real; the first entry wins."""
    rng = np.random.default_rng(62)
    cases = []
    for _ in range(6):
        codebook = torch.from_numpy(rng.integers(-2, 3, (12, 3))).float()
        latents = torch.from_numpy(rng.integers(-2, 3, (16, 3))).float()
        distances = (latents[:, None] - codebook[None]).square().sum(-1).tolist()
        tokens = [row.index(min(row)) for row in distances]
        margins = vq_margins(latents, codebook).tolist()
        cases.append({"codebook": codebook.tolist(), "latents": latents.tolist(), "imageTokens": tokens, "margins": margins})
    write_lines(GOLDEN / "vq-ties.json", {"cases": cases})


def write_blend() -> None:
    """blend.json: rows of images/blend.png on white, as [alpha, the 256 red values, 0 to 255 before]."""
    white = np.asarray(read_on_white(GOLDEN / "images" / "blend.png"))
    if Image.open(GOLDEN / "images" / "blend.png").mode != "RGBA":
        raise ValueError("blend.png must be RGBA")
    rows = [[alpha, white[alpha, :, 0].tolist()] for alpha in (0, 1, 2, 63, 127, 128, 200, 254, 255)]
    write_lines(GOLDEN / "blend.json", {"rows": rows})


def main() -> None:
    torch.set_num_threads(1)  # the summation order depends on the thread count
    torch.set_grad_enabled(False)
    write_ties()
    write_blend()
    for name, seed, cases in (
        ("tiny", 51, default_cases(4) + no_cot_cases()),
        ("tiny-attention", 52, default_cases(6) + variation_cases(64) + no_cot_cases()),
    ):
        folder, head = GOLDEN / name, header(seed, name)
        checkpoint = load_checkpoint(folder)
        write_images(folder, head, checkpoint)
        write_prompts(folder, checkpoint)
        write_golden(folder, head, checkpoint, cases)
    folder = GOLDEN / "tiny-released"
    released = load_released(GOLDEN / "tiny-attention", folder)
    write_prompts(folder, released)
    write_golden(folder, header(53, "tiny-attention"), released, default_cases(4))


if __name__ == "__main__":
    main()
