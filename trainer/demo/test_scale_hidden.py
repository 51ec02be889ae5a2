"""A model with smaller hidden states says what it said."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from penumbra_train.backbone.load import load_model
from penumbra_train.scratch import ScratchConfig, Shape, make_scratch

from .make_tokenizer import make_tokenizer, write_folder
from .scale_hidden import scale_hidden


@torch.no_grad()
def test_hidden_states_shrink_and_logits_stay(tmp_path: Path) -> None:
    write_folder(tmp_path / "tokenizer", make_tokenizer(1000, 180))
    shape = Shape(hidden=32, layers=2, heads=2, kv_heads=1, intermediate=64, vision_depth=1, vision_dim=32, vision_heads=2)
    make_scratch(ScratchConfig(tokenizer=str(tmp_path / "tokenizer"), shape=shape), tmp_path / "model")
    factor = scale_hidden(tmp_path / "model", tmp_path / "scaled")
    before, after = (load_model(tmp_path / name, torch.float32).model for name in ("model", "scaled"))
    ids = torch.arange(40)[None]
    hidden = [model.model.language_model(input_ids=ids).last_hidden_state for model in (before, after)]
    torch.testing.assert_close(hidden[1], factor * hidden[0])
    lengths = after.get_input_embeddings().weight.norm(dim=-1)
    assert hidden[1].norm(dim=-1).mean() == pytest.approx(float(lengths.mean()), rel=0.1)
    torch.testing.assert_close(after.lm_head(hidden[1]), before.lm_head(hidden[0]))
    assert torch.equal(after.get_input_embeddings().weight, before.get_input_embeddings().weight)
