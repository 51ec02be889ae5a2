"""Checks the reference against facts that do not come from it: hand-written values, transformers' own cached
decoding, peft's merge, and the files in test/golden/qwen2-vl.

    python -m pytest trainer/golden
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import DynamicCache

from latent_steps import masses
from make_golden import GOLDEN, TOLERANCES
from prompts import Sample, question_text
from reference import (
    Checkpoint,
    Settings,
    build_prompt,
    forward,
    load_checkpoint,
    load_released,
    preprocess,
    read_rgb,
    run_latent,
    run_no_cot,
)
from selection import at_random, by_score, random_key, with_forced

SAMPLE = Sample("fish-1", "Which is a fish?", ("cat", "carp"), "By the river.", "images/scene.png")


@pytest.fixture(scope="module")
def tied() -> Checkpoint:
    return load_checkpoint(GOLDEN / "tiny-tied")


@pytest.fixture(scope="module", params=["tiny-tied", "tiny-untied", "tiny-released"])
def golden(request: pytest.FixtureRequest) -> tuple[Checkpoint, dict[str, Any], dict[str, torch.Tensor]]:
    folder = GOLDEN / request.param
    if request.param == "tiny-released":
        checkpoint = load_released(GOLDEN / "tiny-untied", folder / "model.pth")
    else:
        checkpoint = load_checkpoint(folder)
    return checkpoint, json.loads((folder / "golden.json").read_text("utf-8")), load_file(folder / "golden.safetensors")


def settings_of(case: dict[str, Any]) -> Settings:
    return Settings(**case["settings"])


def sample_of(case: dict[str, Any]) -> Sample:
    return Sample(**{**case["sample"], "choices": tuple(case["sample"]["choices"])})


# Selection, by hand.


def test_the_last_by_score_comes_last() -> None:
    assert by_score([0.1, 0.4, 0.2, 0.9, 0.3], range(5), 3) == [1, 3, 4]
    assert by_score([0.9, 0.4, 0.2, 0.1, 0.5], range(5), 3) == [0, 4, 1]
    assert by_score([0.9, 0.4, 0.2, 0.1, 0.5], range(5), 2, largest=False) == [3, 2]


def test_ties_with_the_limit_come_last_lowest_slot_first() -> None:
    assert by_score([0.5, 0.7, 0.5, 0.9, 0.5], range(5), 4) == [1, 3, 0, 2]
    assert by_score([0.5, 0.5, 0.5], range(3), 2) == [0, 1]


def test_a_short_pool_gives_what_is_left_ascending() -> None:
    assert by_score([0.3, 0.1, 0.2], {0, 1, 2}, 5) == [0, 1, 2]
    assert by_score([0.1, 0.3, 0.2], {0, 1, 2}, 3) == [1, 2, 0]
    assert by_score([0.1], set(), 5) == []
    assert by_score([0.1], {0}, 0) == []


def test_forced_and_banned_slots() -> None:
    scores = [0.9, 0.1, 0.8, 0.2, 0.7]
    assert with_forced(scores, range(5), 3, [1], [], True) == [0, 1, 2]
    assert with_forced(scores, range(5), 3, [3], [0], True) == [2, 3, 4]
    assert with_forced(scores, {1, 3, 4}, 2, [0], [], True) == [4, 3]  # a used slot cannot be forced
    assert with_forced(scores, range(5), 2, [1], [1], True) == [0, 2]
    assert with_forced(scores, range(5), 1, [3, 1], [], True) == [1]


def test_random_keys_are_sha256_prefixes() -> None:
    # printf '7:a:0:3' | sha256sum
    assert random_key(7, "a", 0, 3) == 0x8cdfec75db60
    assert at_random(7, "a", 0, range(4), 9) == [0, 1, 2, 3]


# Prompts, by hand.


def test_prompt_formats() -> None:
    assert question_text(SAMPLE, "released-inference") == "[Question]:{Which is a fish?}\n[Options]:\nA.{cat}\nB.{carp}\nAnswer:"
    assert question_text(SAMPLE, "released-training") == "[Question]:{Which is a fish?}\n[Options]:\n(A).{cat}\n(B).{carp}\nAnswer:\n"
    assert question_text(SAMPLE, "with-context").startswith("[Context]:{By the river.}\n[Question]:{Which")
    bare = replace(SAMPLE, context="")
    assert question_text(bare, "with-context") == question_text(bare, "released-inference")


def test_chat_template(tied: Checkpoint) -> None:
    prompt, ids = build_prompt(tied, SAMPLE, "released-inference", 3)
    text = question_text(SAMPLE, "released-inference")
    assert prompt == (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
        f"<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>{text}<|im_end|>\n<|im_start|>assistant\n"
    )
    assert ids.count(tied.token_id("<|image_pad|>")) == 3


# Images.


def test_patches_are_grouped_by_merged_slot(tied: Checkpoint) -> None:
    """Row r of pixel values: merged slot r // 4, then the 2 x 2 patches inside; channels, 2 frames, 14 x 14 inside."""
    size = {"width": 112, "height": 84}
    pixel_values, grid = preprocess(tied, GOLDEN / "images" / "cutout.png", size)
    assert grid.tolist() == [[1, 6, 8]]
    image = read_rgb(GOLDEN / "images" / "cutout.png").resize((112, 84), Image.Resampling.BICUBIC)
    mean, std = tied.image_processor.image_mean, tied.image_processor.image_std
    pixels = (np.asarray(image, np.float64) / 255 - mean) / std  # [84, 112, 3]
    for slot in range(12):
        for inner in range(4):
            y, x = (slot // 4) * 28 + (inner // 2) * 14, (slot % 4) * 28 + (inner % 2) * 14
            patch = pixels[y : y + 14, x : x + 14].transpose(2, 0, 1)  # [3, 14, 14]
            expected = np.repeat(patch[:, None], 2, axis=1).reshape(-1)
            np.testing.assert_allclose(pixel_values[slot * 4 + inner].numpy(), expected, atol=1e-5)


def test_transparency_becomes_white() -> None:
    assert read_rgb(GOLDEN / "images" / "cutout.png").getpixel((0, 0)) == (255, 255, 255)


# The method.


def test_zero_latent_steps_equal_a_plain_forward(tied: Checkpoint) -> None:
    trace = run_latent(tied, GOLDEN, SAMPLE, Settings(latentSteps=0))
    ids = torch.tensor([trace.record["promptTokenIds"]])
    pixel_values, grid = preprocess(tied, GOLDEN / SAMPLE.image, Settings().imageSize)
    plain = tied.model(
        input_ids=ids,
        pixel_values=pixel_values,
        image_grid_thw=grid,
        position_ids=torch.arange(ids.shape[1]).expand(3, 1, -1),
    )
    torch.testing.assert_close(trace.tensors["final.logits"], plain.logits[0, -1], atol=1e-5, rtol=0)
    assert trace.record["steps"] == []
    same = run_latent(tied, GOLDEN, SAMPLE, Settings(intervention="no-latent"))
    assert torch.equal(same.tensors["final.logits"], trace.tensors["final.logits"])


def test_positions_matter_only_through_rope(tied: Checkpoint) -> None:
    """mRoPE rows that are all 0..T-1 equal transformers' own default for embeddings without positions."""
    sequence = torch.randn(17, 64, generator=torch.Generator().manual_seed(5))
    tied.model.model.rope_deltas = None
    plain = tied.model(inputs_embeds=sequence[None]).logits[0, -1]
    torch.testing.assert_close(forward(tied, sequence).logits, plain, atol=1e-5, rtol=0)


def test_focus_of_uniform_and_of_single_attention() -> None:
    kinds = ["text", "image", "image", "image", "image", "latentVision", "latentText"]
    even = masses(torch.tensor([0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.3]), kinds)
    assert even["visionFocus"] == pytest.approx(0, abs=1e-9)
    assert (even["visionMass"], even["textMass"]) == pytest.approx((0.4, 0.1))
    assert (even["latentVisionMass"], even["latentTextMass"]) == pytest.approx((0.2, 0.3))
    assert masses(torch.tensor([0.5, 0, 0.5, 0, 0, 0, 0]), kinds)["visionFocus"] == pytest.approx(1)


def test_mrope_positions_by_hand(tied: Checkpoint) -> None:
    trace = run_no_cot(tied, GOLDEN, replace(SAMPLE, image="images/wide.png"), Settings(imageSize=None))
    first, count = trace.record["imageSlots"]
    _, rows, columns = trace.record["gridThw"]
    rows, columns = rows // 2, columns // 2
    total = len(trace.record["promptTokenIds"])
    after = range(first + max(rows, columns), first + max(rows, columns) + total - first - count)
    before = list(range(first))
    expected = [
        [*before, *[first] * count, *after],
        [*before, *[first + i // columns for i in range(count)], *after],
        [*before, *[first + i % columns for i in range(count)], *after],
    ]
    assert trace.tensors["position_ids"].tolist() == expected
    assert trace.record["ropeDelta"] == after[-1] + 1 - total


# Golden files.


def test_masses_add_up_to_one(golden: Any) -> None:
    _, content, _ = golden
    for case in content["cases"]:
        for step in [*case["steps"], *([case["final"]] if "final" in case else [])]:
            total = sum(step[name] for name in ("visionMass", "textMass", "latentVisionMass", "latentTextMass"))
            assert total == pytest.approx(1, abs=1e-5)
            assert 0 <= step["visionFocus"] <= 1


def test_golden_is_what_the_reference_gives(golden: Any) -> None:
    checkpoint, content, tensors = golden
    for case in content["cases"]:
        run = run_no_cot if case["method"] == "no-cot" else run_latent
        trace = run(checkpoint, GOLDEN, sample_of(case), settings_of(case))
        assert trace.record["outputTokenIds"] == case["outputTokenIds"], case["id"]
        assert trace.record["promptTokenIds"] == case["promptTokenIds"]
        assert [s["selectedSlots"] for s in trace.record["steps"]] == [s["selectedSlots"] for s in case["steps"]]
        torch.testing.assert_close(
            trace.tensors["final.logits"], tensors[f"{case['id']}.final.logits"], atol=TOLERANCES["logits"], rtol=0
        )


def test_pools_and_slots_are_consistent(golden: Any) -> None:
    _, content, _ = golden
    for case in content["cases"]:
        reuse = case["settings"]["intervention"] == "allow-reuse"
        pool = set(range(case["imageSlots"][1]))
        for step in case["steps"]:
            assert set(step["pool"]) == pool and set(step["selectedSlots"]) <= pool
            assert len(step["selectedSlots"]) <= case["settings"]["patchesPerStep"]
            if not reuse:
                pool -= set(step["selectedSlots"])
            assert step["poolAfterCount"] == len(pool)


def test_cached_decoding_gives_the_same(golden: Any) -> None:
    """The whole process with a key-value cache, fed only new positions; and transformers' generate() at the end."""
    checkpoint, content, tensors = golden
    for case in content["cases"]:
        if case["method"] == "no-cot":
            continue
        vision, embed = tensors[f"{case['id']}.vision"], checkpoint.model.get_input_embeddings()
        sequence = embed(torch.tensor(case["promptTokenIds"])).clone()
        first, count = case["imageSlots"]
        sequence[first : first + count] = vision
        layout, intervention = case["settings"]["stepLayout"], case["settings"]["intervention"]

        cache, new, position = DynamicCache(config=checkpoint.model.config), sequence, 0
        pieces = [sequence]
        for index, step in enumerate(case["steps"]):
            if len(new):
                output = advance(checkpoint, cache, new, position)
                position += len(new)
                hidden = output.hidden_states[-1][0, -1]
                attention = torch.stack([layer[0, :, -1] for layer in output.attentions]).mean((0, 1))
            near(hidden, tensors[f"{case['id']}.step{index}.hidden"], "hidden")
            near(attention, tensors[f"{case['id']}.step{index}.attention"], "attention")
            text = hidden[None][: 0 if intervention == "no-latent-text" else 1]
            patches = vision[step["selectedSlots"]]
            new = torch.cat([patches, text] if layout == "patches-then-hidden" else [text, patches])
            pieces.append(new)
        if len(new):
            output = advance(checkpoint, cache, new, position)
            position += len(new)
        near(output.logits[0, -1], tensors[f"{case['id']}.final.logits"], "logits")
        tokens = [int(output.logits[0, -1].argmax())]
        while len(tokens) < case["settings"]["maxTokens"] and tokens[-1] != checkpoint.token_id("<|im_end|>"):
            output = advance(checkpoint, cache, embed(torch.tensor(tokens[-1:])), position)
            position += 1
            tokens.append(int(output.logits[0, -1].argmax()))
        assert tokens == case["outputTokenIds"], case["id"]

        generated = checkpoint.model.generate(
            inputs_embeds=torch.cat(pieces)[None],
            attention_mask=torch.ones(1, sum(map(len, pieces)), dtype=torch.long),
            do_sample=False,
            max_new_tokens=case["settings"]["maxTokens"],
            eos_token_id=checkpoint.token_id("<|im_end|>"),
        )
        assert generated[0].tolist() == case["outputTokenIds"], case["id"]


def advance(checkpoint: Checkpoint, cache: DynamicCache, new: torch.Tensor, position: int) -> Any:
    count = len(new)
    return checkpoint.model(
        inputs_embeds=new[None],
        position_ids=torch.arange(position, position + count).expand(3, 1, count),
        attention_mask=torch.ones(1, position + count, dtype=torch.long),
        past_key_values=cache,
        use_cache=True,
        output_attentions=True,
        output_hidden_states=True,
    )


def near(actual: torch.Tensor, expected: torch.Tensor, kind: str) -> None:
    torch.testing.assert_close(actual, expected, atol=TOLERANCES[kind], rtol=0)


def test_released_merge_equals_peft() -> None:
    checkpoint = load_released(GOLDEN / "tiny-untied", GOLDEN / "tiny-released" / "model.pth")
    state = checkpoint.model.state_dict()
    merged = load_file(GOLDEN / "tiny-released" / "merged.safetensors")
    assert len(merged) == 2 * 7
    for key, expected in merged.items():
        actual = state[key.replace("model.", "model.language_model.", 1)]
        torch.testing.assert_close(actual, expected, atol=1e-6, rtol=0)
        assert not torch.allclose(actual, load_file(GOLDEN / "tiny-untied" / "model.safetensors")[key].float(), atol=1e-2)


def test_float64_entropy_of_a_stored_step(golden: Any) -> None:
    """visionFocus again, from the stored attention and without torch."""
    _, content, tensors = golden
    case = content["cases"][0]
    first, count = case["imageSlots"]
    row = tensors[f"{case['id']}.step0.attention"][first : first + count].double().tolist()
    total = sum(row)
    entropy = -sum(p / total * math.log(p / total) for p in row if p > 0)
    assert case["steps"][0]["visionFocus"] == pytest.approx(1 - entropy / math.log(count), abs=1e-6)
