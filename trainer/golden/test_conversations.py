"""Checks the golden conversations against a plain recomputation: no cache, no `generate`, sampling written out in NumPy.

    python -m pytest trainer/golden
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from conversations import ImageTextProcessor, uniform_at
from make_conversations import OUT
from make_golden import GOLDEN
from reference import Checkpoint, read_rgb

CASES = json.loads((OUT / "conversations.json").read_text("utf-8"))["cases"]


def next_token(logits: np.ndarray, seen: set[int], sampling: dict[str, float], uniform: float) -> int:
    logits = logits.astype(np.float64)
    for token in seen:
        logits[token] *= sampling["repetitionPenalty"] if logits[token] < 0 else 1 / sampling["repetitionPenalty"]
    if sampling["temperature"] == 0:
        return int(logits.argmax())
    logits /= sampling["temperature"]
    probabilities = np.exp(logits - logits.max())
    probabilities /= probabilities.sum()
    kept = np.zeros(len(logits), bool)
    mass = 0.0
    for token in np.argsort(-probabilities, kind="stable"):
        if mass >= sampling["topP"]:
            break
        kept[token] = True
        mass += probabilities[token]
    cumulative = np.cumsum(np.where(kept, probabilities, 0))
    return int(np.searchsorted(cumulative, uniform * cumulative[-1], side="right"))


def test_uniform_numbers_are_sha256_prefixes() -> None:
    # printf '7:m3cot-1:token:0:3' | sha256sum
    assert uniform_at(7, "m3cot-1", 0, 3) == 0xf15aa5c28f1a / 2**48


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['checkpoint']}-{case['id']}")
def test_tokens_by_full_recomputation(case: dict[str, Any], checkpoints: dict[str, Checkpoint]) -> None:
    checkpoint = checkpoints[case["checkpoint"]]
    processor = ImageTextProcessor.of(checkpoint)
    names = [name for turn in case["images"] for name in turn]
    for call_index, call in enumerate(case["calls"]):
        images = [read_rgb(GOLDEN / "images" / name) for name in names[: len(call["gridThw"])]]
        inputs = processor(text=[call["prompt"]], images=images or None, return_tensors="pt")
        assert inputs["input_ids"][0].tolist() == call["promptTokenIds"]
        assert np.max(call["positions"]) + 1 - len(call["promptTokenIds"]) == call["ropeDelta"]
        embeds = checkpoint.model.get_input_embeddings()(inputs["input_ids"])[0].clone()
        if images:
            vision = checkpoint.model.model.get_image_features(inputs["pixel_values"], inputs["image_grid_thw"]).pooler_output
            embeds[inputs["input_ids"][0] == checkpoint.token_id("<|image_pad|>")] = torch.cat(list(vision))
        positions = torch.tensor(call["positions"])
        tokens: list[int] = []
        for index in range(len(call["outputTokenIds"])):
            logits = checkpoint.model(inputs_embeds=embeds[None], position_ids=positions[:, None], use_cache=False).logits[0, -1]
            uniform = uniform_at(case["seed"], case["sampleId"], call_index, index)
            tokens.append(next_token(logits.numpy(), {*call["promptTokenIds"], *tokens}, case["sampling"], uniform))
            embeds = torch.cat([embeds, checkpoint.model.get_input_embeddings()(torch.tensor(tokens[-1:]))])
            positions = torch.cat([positions, torch.full((3, 1), int(positions.max()) + 1)], dim=1)
        assert tokens == call["outputTokenIds"]
