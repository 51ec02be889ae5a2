"""The lesson of the options' letters: the texts are true, the letters alone carry loss, and what is not learnt is said."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
import torch
from penumbra_train.backbone.load import load_model
from penumbra_train.problem import Problem
from penumbra_train.scratch import ScratchConfig, Shape, make_scratch

from .learn_letters import BATCH, LESSONS, STATED, batch, text, train
from .make_tokenizer import make_tokenizer, write_folder
from .samples import LETTERS
from .scene import SEEN


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("letters")
    write_folder(folder / "tokenizer", make_tokenizer(1000, 180))
    shape = Shape(hidden=32, layers=2, heads=2, kv_heads=1, intermediate=64, vision_depth=1, vision_dim=32, vision_heads=2)
    make_scratch(ScratchConfig(tokenizer=str(folder / "tokenizer"), shape=shape, max_pixels=SEEN * SEEN), folder / "model")
    return folder / "model"


@pytest.mark.parametrize("lesson", range(LESSONS))
def test_what_a_text_states_is_true(lesson: int) -> None:
    rng = Random(lesson)
    for _ in range(50):
        prompt, said = text(rng, lesson)
        choices = dict(re.findall(r"([A-D])\.\{(\w+)\}", prompt))
        stated = re.findall(r"(?:The )?(\w+)((?:,|\.\n)?(?: ?[A-Za-z,]+)*?) ([A-D])\.\n", said)
        assert len(choices) == 4 and len(stated) == STATED
        assert all(choices[letter] == value.lower() for value, _, letter in stated), (choices, said)
        assert lesson > 0 or all(gap == "" for _, gap, _ in stated)


def test_letters_alone_carry_loss(model_folder: Path) -> None:
    tokenizer = load_model(model_folder, torch.float32).tokenizer
    ids, wanted = batch(Random(1), 3, lambda part: list(tokenizer(part, add_special_tokens=False)["input_ids"]))
    assert ids.shape == wanted.shape
    rows, places = (wanted != -100).nonzero(as_tuple=True)
    assert len(rows) == BATCH * STATED
    assert torch.equal(ids[rows, places + 1], wanted[rows, places])
    assert {tokenizer.decode([token]) for token in wanted[rows, places].tolist()} == {f" {letter}" for letter in LETTERS}


def test_what_is_not_learnt_is_said(model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"Lesson 1 of 9 was not learnt in 3 steps: \d+% of the letters"):
        train(model_folder, tmp_path / "out", longest=3, seed=0)
    assert not (tmp_path / "out").exists()
