"""What the command writes: the rows and pixels of the samples, and nothing left of an earlier run."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from .lookups import as_choice, lookups
from .make_demo_dataset import picture_file, write_dataset
from .samples import SEED, Split


def test_the_files_hold_the_samples(tmp_path: Path) -> None:
    (tmp_path / "data" / "images").mkdir(parents=True)
    (tmp_path / "data" / "images" / "old.png").write_bytes(b"")
    write_dataset(tmp_path, {"train": 18, "validation": 0, "test": 9}, SEED, with_lookups=True)
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"train.jsonl", "test.jsonl", "images"}
    assert len(list((tmp_path / "data" / "images").iterdir())) == 27
    for split, count in (("train", 18), ("test", 9)):
        rows = [json.loads(line) for line in (tmp_path / "data" / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()]
        for row, sample in zip(rows, Split(split, count), strict=True):
            assert row["choices"]["ABCD".index(row["answer"])] == sample.scene.answer
            assert row["rationale"].split(". ") == [sentence.removesuffix(".") for sentence in sample.rationale[:2]] + [sample.rationale[2]]
            assert np.array_equal(np.asarray(Image.open(tmp_path / row["image"]).convert("RGB")), sample.picture())
    lines = (tmp_path / "lookups.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == sum(len(sample.scene.lookups) for sample in Split("train", 18))
    assert "CC0 1.0 Universal" in (tmp_path / "LICENSE").read_text(encoding="utf-8")


def test_too_many_colours_are_refused() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    with pytest.raises(ValueError, match="do not fit a palette"):
        picture_file(noise)


def test_look_ups_with_options_have_one_right_answer() -> None:
    rng = Random(1)
    letters = []
    for index in range(90):
        _, hops = lookups(index)
        for hop in hops:
            choice = as_choice(hop, hops, rng)
            if choice is None:
                assert hop.answer in ("plus", "minus")
                continue
            assert len(set(choice.options)) == 4
            assert choice.options[choice.answer] == hop.answer
            letters.append(choice.letter)
    assert all(abs(letters.count(letter) / len(letters) - 0.25) < 0.05 for letter in "ABCD")
