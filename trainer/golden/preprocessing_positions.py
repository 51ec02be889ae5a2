"""mRoPE layouts and rotary tables from transformers' own Qwen2-VL modules."""

from __future__ import annotations

import random
from typing import Any

import torch
from transformers import Qwen2VLConfig
from transformers.models.qwen2_vl.modeling_qwen2_vl import (
    Qwen2VLModel,
    Qwen2VLRotaryEmbedding,
    Qwen2VLVisionRotaryEmbedding,
)
from transformers.vision_utils import get_vision_position_ids

from preprocessing_arrays import Blob, sha256

VISION = {"depth": 1, "embed_dim": 32, "num_heads": 2, "hidden_size": 32, "spatial_merge_size": 2}
TEXT = {
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "intermediate_size": 32,
    "vocab_size": 50,
}


def rope_layouts(seed: int, count: int) -> list[dict[str, Any]]:
    """Prompts with up to four images: text before each, patch grids, and the positions that follow."""
    rng = random.Random(seed)
    model = Qwen2VLModel(Qwen2VLConfig(vision_config=VISION, text_config=TEXT))
    layouts = []
    for index in range(count):
        images: list[dict[str, Any]] = []
        types: list[int] = []
        for position in range(rng.randint(0, 4)):
            before = rng.randint(1, 12) if position or rng.random() < 0.9 else 0
            grid = [1, 2 * rng.randint(1, 7), 2 * rng.randint(1, 7)]
            images.append({"textBefore": before, "gridThw": grid})
            types += [0] * before + [1] * (grid[1] * grid[2] // 4)
        tail = rng.randint(1, 15)
        types += [0] * tail
        ids = torch.zeros((1, len(types)), dtype=torch.long)
        grids = torch.tensor([image["gridThw"] for image in images], dtype=torch.long) if images else None
        positions, delta = model.get_rope_index(ids, torch.tensor([types], dtype=torch.int), grids)
        flat = positions[:, 0].numpy().astype("<i4")
        entry = {
            "images": images,
            "tail": tail,
            "tokenCount": len(types),
            "delta": int(delta[0, 0]),
            "sha256": sha256(flat.tobytes()),
        }
        if index < 12:
            entry["positions"] = flat.tolist()
        layouts.append(entry)
    return layouts


def text_tables(blob: Blob) -> list[dict[str, Any]]:
    """Cosines and sines of a few positions, up to the longest that Qwen2-VL is made for."""
    tables = []
    for theta, head, sections in [(1e6, 128, [16, 24, 24]), (1e4, 32, [4, 6, 6]), (5e5, 16, [2, 3, 3])]:
        rope = {"rope_type": "default", "rope_theta": theta, "mrope_section": sections}
        config = Qwen2VLConfig(text_config={**TEXT, "hidden_size": 2 * head, "rope_parameters": rope}).text_config
        positions = torch.tensor([[[0, 1, 2, 77, 350, 1023]], [[0, 1, 5, 78, 349, 8000]], [[0, 1, 9, 79, 348, 31999]]])
        cos, sin = Qwen2VLRotaryEmbedding(config)(torch.zeros(1), positions)
        half = head // 2
        assert torch.equal(cos[..., :half], cos[..., half:])
        tables.append(
            {
                "ropeTheta": theta,
                "headSize": head,
                "mropeSections": sections,
                "positions": positions[:, 0].tolist(),
                "cos": blob.add(cos[0, :, :half].numpy()),
                "sin": blob.add(sin[0, :, :half].numpy()),
            }
        )
    return tables


def vision_tables(blob: Blob) -> list[dict[str, Any]]:
    """Cosines and sines of patch grids in the order of the image processor."""
    tables = []
    for embed, heads, grid in [(1280, 16, [1, 8, 12]), (32, 2, [1, 6, 4]), (64, 2, [1, 2, 20]), (64, 2, [2, 4, 2])]:
        config = Qwen2VLConfig(vision_config={**VISION, "embed_dim": embed, "num_heads": heads}).vision_config
        cos, sin = Qwen2VLVisionRotaryEmbedding(config)(
            torch.zeros(1), get_vision_position_ids(torch.tensor([grid]), 2)
        )
        half = embed // heads // 2
        cos, sin = cos.reshape(-1, 2 * half), sin.reshape(-1, 2 * half)
        assert torch.equal(cos[:, :half], cos[:, half:])
        tables.append(
            {
                "embedDim": embed,
                "headCount": heads,
                "gridThw": grid,
                "cos": blob.add(cos[:, :half].numpy()),
                "sin": blob.add(sin[:, :half].numpy()),
            }
        )
    return tables
