"""What the command writes: the rows and pixels of the samples, and nothing left of an earlier run."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np
import pytest
from penumbra_train.rationale import rationale_steps, sentences
from PIL import Image

from .drills import KINDS, drill
from .lookups import LONGEST, as_choice, caption, lookups, sparse
from .make_demo_dataset import COUNTS, DRILLS_EACH, LICENCE, picture_file, row_of, write_dataset
from .samples import SEED, Split, make_sample
from .scene import render


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
            assert sentences(row["rationale"]) == list(sample.rationale)
            assert np.array_equal(np.asarray(Image.open(tmp_path / row["image"]).convert("RGB")), sample.picture())
    lines = (tmp_path / "lookups.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == sum(len(sample.scene.lookups) for sample in Split("train", 18))
    assert "CC0 1.0 Universal" in (tmp_path / "LICENSE").read_text(encoding="utf-8")


def test_what_ships_with_the_app_is_the_test_split() -> None:
    shipped = LICENCE.parent
    rows = [json.loads(line) for line in (shipped / "data" / "test.jsonl").read_text(encoding="utf-8").splitlines()]
    samples = list(Split("test", COUNTS["test"]))
    assert rows == [row_of(sample) for sample in samples]
    for row, sample in list(zip(rows, samples, strict=True))[::17]:
        assert np.array_equal(np.asarray(Image.open(shipped / row["image"]).convert("RGB")), sample.picture())


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


def test_captions_read_a_picture_without_giving_a_reading_twice() -> None:
    kinds = set()
    for index in range(90):
        sample, hops = lookups(index)
        found = caption(sample.scene, Random(index), ordered=index % 2 == 0)
        assert found is not None and 1 <= len(found.hops) <= 12
        assert set(found.hops) <= set(hops)
        asked = found.hops[-1]
        assert found.choice.question == asked.question
        assert found.choice.options[found.choice.answer] == asked.answer
        for one, other in combinations(found.hops, 2):
            # "The red tower is three high" and "At height three is the red tower" are one reading.
            assert (one.answer in other.question.split()) + (other.answer in one.question.split()) < 2 or "plus" in one.kind + other.kind
        kinds |= {hop.kind for hop in found.hops}
    assert {hop.kind for index in range(90) for hop in lookups(index)[1]} == kinds


def test_ordered_captions_go_over_the_places_row_by_row() -> None:
    for index in range(90):
        found = caption(lookups(index)[0].scene, Random(index), ordered=True)
        assert found is not None
        for kind in {hop.kind for hop in found.hops[:-1]}:
            corners = [hop.places[0].box[:2] for hop in found.hops[:-1] if hop.kind == kind]
            assert corners == sorted(corners, key=lambda corner: (corner[1], corner[0]))


def test_caption_rows_are_about_the_train_pictures(tmp_path: Path) -> None:
    write_dataset(tmp_path, {"train": 18}, SEED, with_lookups=False, captions="full")
    rows = [json.loads(line) for line in (tmp_path / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 36
    for row, sample in zip(rows, (sample for sample in Split("train", 18) for _ in range(2)), strict=True):
        *read, named = sentences(row["rationale"])
        assert set(read) <= {hop.statement for hop in sample.scene.lookups}
        assert named == f"{row['choices']['ABCD'.index(row['answer'])].capitalize()} is {row['answer']}."
        assert np.array_equal(np.asarray(Image.open(tmp_path / row["image"]).convert("RGB")), sample.picture())


def test_sparse_pictures_show_what_their_look_ups_need_as_it_was() -> None:
    for index in range(90):
        scene = make_sample("train", index).scene
        left = sparse(scene, Random(index), 1 + index % 3)
        assert 1 <= len(left.lookups) <= 1 + index % 3
        full, few = render(scene), render(left)
        assert len(left.drawn) < len(scene.drawn)
        for hop in left.lookups:
            for x0, y0, x1, y1 in (place.box for place in hop.places):
                assert np.array_equal(full[y0:y1, x0:x1], few[y0:y1, x0:x1]), hop


@pytest.mark.parametrize("kind", KINDS)
def test_drills_say_which_letter_stands_for_what(kind: str) -> None:
    rng, gaps = Random(2), set()
    for sample in Split("train", 90):
        row = drill(sample, rng, kind)
        choices = dict(zip("ABCD", row["choices"], strict=True))  # type: ignore[call-overload]
        drilled, named = re.fullmatch(r"(.*\.) .*\. (.*\.)", str(row["rationale"])).groups()  # type: ignore[union-attr]
        said = re.findall(r"(?:the )?(\w+)((?:[.,]? [A-Za-z]+)*?,?) ([A-D])\.", drilled)
        assert len(said) == {"letters": 11, "options": 5}[kind]
        assert all(choices[letter] == value for value, _, letter in said)
        gaps |= {gap for _, gap, _ in said}
        value = choices[str(row["answer"])]
        assert named == f"{value.capitalize()} is {row['answer']}.", row
        assert all(len(sentences(step)) == 1 for step in rationale_steps(str(row["rationale"]), LONGEST + 1))
    assert (gaps == {""}) == (kind == "letters")


@pytest.mark.parametrize("kind", KINDS)
def test_drill_rows_are_of_train_pictures(tmp_path: Path, kind: str) -> None:
    write_dataset(tmp_path, {"train": 9}, SEED, with_lookups=False, captions=kind)
    rows = [json.loads(line) for line in (tmp_path / "data" / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows) == 9 * DRILLS_EACH
    assert all((tmp_path / row["image"]).is_file() for row in rows)
