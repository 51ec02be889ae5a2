"""The first lesson of the demo's tower: the labels are what is drawn, and a few steps of it lower the loss."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from penumbra_train.backbone.load import load_model
from penumbra_train.scratch import ScratchConfig, Shape, make_scratch

from .make_demo_dataset import write_dataset
from .make_tokenizer import make_tokenizer, write_folder
from .name_tokens import labels_of, train
from .numbers import in_words
from .samples import SEED, Split
from .scene import BOARD, SEEN, TOKEN


def test_labels_name_what_is_drawn_in_their_token() -> None:
    for sample in Split("train", 90):
        labels = labels_of(sample)
        for hop in sample.scene.lookups:
            for place in hop.places:
                assert (place.box[1] // TOKEN * BOARD + place.box[0] // TOKEN, hop.answer, True) in labels
        for token, word, is_answer in labels:
            x, y = token % BOARD * TOKEN, token // BOARD * TOKEN
            here = [part for part in sample.scene.drawn[1:] if part.x < x + TOKEN and x < part.x + part.width and part.y < y + TOKEN and y < part.y + part.height]
            assert here, (sample.sample_id, token, word)
            if is_answer:
                shown = {in_words(int(part.text)) for part in here if part.text.isdigit()}
                assert word in shown | {name for part in here for name in (part.glyph, part.colour, part.text)}, (sample.sample_id, word)


def test_a_few_steps_lower_the_loss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_dataset(tmp_path / "pictures", {"train": 36}, SEED, with_lookups=False, captions="full")
    write_folder(tmp_path / "tokenizer", make_tokenizer(1000, 180))
    shape = Shape(hidden=32, layers=1, heads=2, kv_heads=1, intermediate=64, vision_depth=1, vision_dim=32, vision_heads=2)
    make_scratch(ScratchConfig(tokenizer=str(tmp_path / "tokenizer"), shape=shape, max_pixels=SEEN * SEEN), tmp_path / "model")
    train(tmp_path / "model", tmp_path / "pictures", tmp_path / "named", count=36, steps=61, seed=SEED)
    losses = [float(found) for found in re.findall(r"loss ([\d.]+)", capsys.readouterr().out)]
    assert losses[-1] < 0.7 * losses[0]
    before, after = (load_model(tmp_path / name, torch.float32).model for name in ("model", "named"))
    moved = {name for (name, one), other in zip(before.named_parameters(), after.parameters(), strict=True) if not torch.equal(one, other)}
    assert all("visual" in name or "embed_tokens" in name for name in moved) and len(moved) > 5
    assert not list(tmp_path.glob("*.npy"))
