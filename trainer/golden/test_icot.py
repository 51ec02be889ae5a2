"""Checks the golden cases of ICoT: a run with a key-value cache, positions by transformers' own rule, `generate`.

    python -m pytest trainer/golden
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from transformers import DynamicCache

from conversations import GREEDY, ImageTextProcessor, converse
from icot import inserted_positions, most_attended, newline_token_ids, run_icot
from make_conversations import OUT
from make_golden import GOLDEN, QUESTIONS
from make_icot import words_of
from reference import Checkpoint, read_rgb

GOLDEN_FILE = json.loads((OUT / "icot.json").read_text("utf-8"))
CASES = GOLDEN_FILE["cases"]
SCORE_TOLERANCE = GOLDEN_FILE["manifest"][0]["tolerances"]["scores"]


def test_the_lowest_of_equal_slots_are_taken() -> None:
    assert most_attended([0.1, 0.4, 0.2, 0.4, 0.2], 3) == [1, 2, 3]
    assert most_attended([0.1, 0.4], 16) == [0, 1]


def test_positions_of_the_grid_are_those_of_a_picture(checkpoints: dict[str, Checkpoint]) -> None:
    """What get_rope_index gives a prompt with a picture of 4 x 4 slots after ten tokens, and for what follows."""
    model = checkpoints["tiny-tied"].model.model
    types = torch.tensor([[0] * 11 + [1] * 16 + [0] * 3])
    positions = model.get_rope_index(torch.zeros_like(types), types.int(), torch.tensor([[1, 8, 8]]))[0][:, 0]
    block = inserted_positions("grid", 9, 16)
    assert torch.equal(block, positions[:, 10:28])
    assert torch.equal(positions[:, 28], torch.full((3,), int(block.max()) + 1))


def test_positions_that_count_on() -> None:
    assert inserted_positions("counting", 9, 2).tolist() == [[10, 11, 12, 13]] * 3


def test_without_lines_it_is_ordinary_generation(checkpoints: dict[str, Checkpoint]) -> None:
    images, text = [read_rgb(GOLDEN / "images" / "tall.png")], words_of(*QUESTIONS[1][:2])
    run = run_icot(checkpoints["tiny-tied"], images, text, [], 10, "counting")
    plain = converse(checkpoints["tiny-tied"], [(images, text)], 10, GREEDY, 0, "")[0]
    assert run["outputTokenIds"] == plain["outputTokenIds"]


def test_line_breaks_of_the_vocabulary(checkpoints: dict[str, Checkpoint]) -> None:
    for name, checkpoint in checkpoints.items():
        recorded = GOLDEN_FILE["manifest"][0]["newlineTokenIds"][name]
        assert newline_token_ids(checkpoint) == recorded
        vocabulary = checkpoint.tokenizer.get_vocab()
        assert recorded == sorted(token_id for token, token_id in vocabulary.items() if "Ċ" in token)
        own = [c for c in CASES if c["checkpoint"] == name and c["id"].startswith("ends-a-line-by-itself")]
        assert own
        for case in own:
            assert case["logitBias"] == []
            assert case["outputTokenIds"][case["insertions"][0]["tokenIndex"]] in recorded


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['checkpoint']}-{case['id']}")
def test_the_same_with_a_cache(case: dict[str, Any], checkpoints: dict[str, Checkpoint]) -> None:
    """Fed only what is new: tokens, slots and scores, with positions taken from the file."""
    checkpoint = checkpoints[case["checkpoint"]]
    model, embed = checkpoint.model, checkpoint.model.get_input_embeddings()
    images = [read_rgb(GOLDEN / "images" / name) for name in case["images"]]
    inputs = ImageTextProcessor.of(checkpoint)(text=[case["prompt"]], images=images, return_tensors="pt")
    pictures = list(model.model.get_image_features(inputs["pixel_values"], inputs["image_grid_thw"]).pooler_output)
    new = embed(inputs["input_ids"])[0].clone()
    new[inputs["input_ids"][0] == checkpoint.token_id("<|image_pad|>")] = torch.cat(pictures)
    positions = model.model.get_rope_index(
        inputs["input_ids"], mm_token_type_ids=inputs["mm_token_type_ids"], image_grid_thw=inputs["image_grid_thw"]
    )[0][:, 0]
    cache, length = DynamicCache(config=model.config), 0
    first, count = case["imageSlots"]
    insertions = {insertion["tokenIndex"]: insertion for insertion in case["insertions"]}

    def feed(embeds: torch.Tensor, at: torch.Tensor) -> Any:
        nonlocal length
        length += len(embeds)
        return model(
            inputs_embeds=embeds[None],
            position_ids=at[:, None],
            attention_mask=torch.ones(1, length, dtype=torch.long),
            past_key_values=cache,
            use_cache=True,
            output_attentions=True,
        )

    tokens: list[int] = []
    while True:
        output = feed(new, positions)
        index = len(tokens) - 1
        if index in insertions:
            insertion = insertions[index]
            scores = torch.stack([layer[0, :, -1] for layer in output.attentions]).mean((0, 1))[first : first + count]
            torch.testing.assert_close(scores, torch.tensor(insertion["scores"]), atol=SCORE_TOLERANCE, rtol=0)
            boundary = embed(torch.tensor([checkpoint.token_id("<|vision_start|>"), checkpoint.token_id("<|vision_end|>")]))
            block = torch.cat([boundary[:1], pictures[-1][insertion["slots"]], boundary[1:]])
            output = feed(block, torch.tensor(insertion["positions"]))
        logits = output.logits[0, -1].clone()
        for token, value in case["logitBias"]:
            logits[token] += value
        tokens.append(int(logits.argmax()))
        if len(tokens) == len(case["outputTokenIds"]):
            break
        new = embed(torch.tensor(tokens[-1:]))
        positions = torch.full((3, 1), case["outputPositions"][len(tokens) - 1])
    assert tokens == case["outputTokenIds"]
