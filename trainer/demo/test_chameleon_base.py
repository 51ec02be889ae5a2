"""The demo's Chameleon before its lessons: places of equal pixels are one, a few steps tell some of them apart, the letters' lesson has its form."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
import torch
from penumbra_train.backbone.load import load_model
from penumbra_train.data.sample import Sample as QuestionSample
from PIL import Image

from . import chameleon_base
from .chameleon_base import CODES, RESOLUTION, board_of, make, places_of
from .learn_letters import FORMS, LESSONS, text
from .make_demo_dataset import write_dataset
from .samples import SEED
from .scene import BOARD


def test_a_base_is_made_and_opens(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chameleon_base, "BATCH", 4)
    monkeypatch.setattr(chameleon_base, "BEGINNING", 8)
    write_dataset(tmp_path / "pictures", {"train": 36}, SEED, with_lookups=False, captions="full")
    paths = sorted((tmp_path / "pictures" / "data" / "images").glob("*.png"))
    places, shown = places_of(paths)
    count = len(shown)
    assert len(places) == 36 and all(len(row) == BOARD * BOARD for row in places)
    assert {number for row in places for number in row} == set(range(count)) and 30 < count < CODES
    with Image.open(paths[7]) as picture:
        assert board_of(shown[places[7]]).tobytes() == picture.convert("RGB").tobytes()
    make(tmp_path / "base", [tmp_path / "pictures"], pictures=36, steps=41, vocabulary=700, seed=0)
    losses = [float(found) for found in re.findall(r"loss ([\d.]+)", capsys.readouterr().out)]
    assert losses[-1] < 0.8 * losses[0]
    loaded = load_model(tmp_path / "base", torch.float32)
    assert loaded.backbone.slot_grid(RESOLUTION, RESOLUTION).count == BOARD * BOARD
    # Unused entries lie where no place comes near.
    codebook = loaded.model.model.vqmodel.quantize.embedding.weight
    assert torch.cdist(codebook[:count], codebook[count:]).min() > 5 * torch.cdist(codebook[:count], codebook[:count]).mean()


def test_the_lesson_of_letters_has_the_prompts_own_form(tmp_path: Path) -> None:
    chameleon_base.make_chameleon_tokenizer(tmp_path, codebook_size=4, latent_tokens=True, merges_and_bytes=300, lines=["a b"])
    from penumbra_train.backbone.chameleon.prompts import ChameleonPrompts
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(tmp_path / "tokenizer.json"))
    head, _ = text(Random(3), LESSONS - 1, FORMS["chameleon"])
    choices = tuple(re.findall(r"\{(\w+)\}", head))
    asked = QuestionSample("a", "train", "Q", choices, 0, "", "", "", "", None)
    question = ChameleonPrompts(tokenizer).question(asked, "released-inference", 1)
    whole, lesson = tokenizer.decode(question.ids + question.closing_ids), tokenizer.decode(tokenizer(head, add_special_tokens=False)["input_ids"])
    options = whole[whole.index("[Options]") :]
    assert lesson.removeprefix("<s>").replace("\n\n", "\n") == options
