"""The generated questions keep what README.md promises: splits apart, letters even, evidence where it should be.

    cd trainer && python -m pytest demo
"""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest

from .numbers import in_words
from .samples import LETTERS, SPLITS, Sample, Split, cache_pictures, make_sample
from .scene import SIDE, TOKEN
from .topics import TOPICS

COUNTS = {"train": 1440, "validation": 504, "test": 612}
RECKONED = {"arithmetic", "measurement", "symbols"}  # topics whose answers need not be seen anywhere


@pytest.fixture(scope="module")
def samples() -> dict[str, list[Sample]]:
    return {split: list(Split(split, count)) for split, count in COUNTS.items()}


@pytest.fixture(scope="module")
def everything(samples: dict[str, list[Sample]]) -> list[Sample]:
    return [sample for rows in samples.values() for sample in rows]


def test_three_topics_in_each_of_three_domains() -> None:
    assert Counter(topic.domain for topic in TOPICS) == {"science": 3, "commonsense": 3, "mathematics": 3}


def test_no_picture_is_in_two_splits(samples: dict[str, list[Sample]]) -> None:
    pixels = {split: {sample.picture().tobytes() for sample in rows[:180]} for split, rows in samples.items()}
    digests = {split: {sample.scene.digest() for sample in rows} for split, rows in samples.items()}
    for one, other in (("train", "test"), ("train", "validation"), ("validation", "test")):
        assert not digests[one] & digests[other]
        assert not pixels[one] & pixels[other]


def test_letters_are_even_within_each_topic(samples: dict[str, list[Sample]]) -> None:
    for split, rows in samples.items():
        counts = Counter((sample.topic.name, sample.letter) for sample in rows)
        assert set(counts.values()) == {COUNTS[split] // 36}, split
        assert len(counts) == 36


def test_options_differ_and_named_ones_are_all_in_the_picture(everything: list[Sample]) -> None:
    for sample in everything:
        assert len(set(sample.options)) == len(LETTERS)
        assert sample.options[sample.answer] == sample.scene.answer
        if sample.topic.name not in RECKONED:
            seen = {part.glyph for part in sample.scene.drawn} | {part.colour for part in sample.scene.drawn}
            seen |= {in_words(int(part.text)) for part in sample.scene.drawn if part.text.isdigit()}
            assert seen.issuperset(sample.options), sample.sample_id


def test_the_chain_leads_to_the_answer_and_its_letter(everything: list[Sample]) -> None:
    for sample in everything:
        assert len(sample.rationale) == 4
        assert sample.rationale[-1] == f"{sample.scene.answer.capitalize()} is {sample.letter}."
        assert sample.scene.chain[-1].result == sample.scene.answer
        for step, sentence in zip(sample.scene.chain, sample.rationale[1:], strict=True):
            assert sentence.startswith(step.result.capitalize())
        for sentence in sample.rationale:
            assert sentence.count(".") == 1 and sentence.endswith(".")


def test_evidence_lies_on_whole_tokens_of_the_picture(everything: list[Sample]) -> None:
    for sample in everything:
        evidence = sample.evidence()
        assert len({tuple(place["box"]) for place in evidence}) >= 2  # type: ignore[arg-type]
        steps = {place["step"] for place in evidence}
        assert 1 in steps and len(steps) >= 2
        for place in evidence:
            x0, y0, x1, y1 = place["box"]  # type: ignore[misc]
            assert 0 <= x0 < x1 <= SIDE and 0 <= y0 < y1 <= SIDE
            assert not any(edge % TOKEN for edge in (x0, y0, x1, y1))


def test_something_is_drawn_in_every_evidence_box(everything: list[Sample]) -> None:
    for sample in everything[:180]:
        full = sample.picture().astype(int)
        for place in sample.evidence():
            x0, y0, x1, y1 = place["box"]  # type: ignore[misc]
            inside = full[y0:y1, x0:x1].reshape(-1, 3)
            assert len(np.unique(inside, axis=0)) >= 3, (sample.sample_id, place)


def test_look_ups_cover_every_place_of_the_chain(everything: list[Sample]) -> None:
    for sample in everything:
        answers = {hop.question: hop.answer for hop in sample.scene.lookups}
        assert len(answers) == len(sample.scene.lookups), sample.sample_id
        seen = {place.box for hop in sample.scene.lookups for place in hop.places}
        assert seen.issuperset(place.box for step in sample.scene.chain for place in step.places)


def test_the_same_index_gives_the_same_sample_whatever_came_before() -> None:
    for split, index in product(SPLITS, (0, 7, 400)):
        one, two = make_sample(split, index), make_sample(split, index)
        assert one == two
        assert np.array_equal(one.picture(), two.picture())
    assert make_sample("train", 3) != make_sample("train", 3, seed=21)


def test_pictures_fit_a_palette(everything: list[Sample]) -> None:
    for sample in everything[::4]:
        assert len(np.unique(sample.picture().reshape(-1, 3), axis=0)) <= 256, sample.sample_id


def test_cached_pictures_are_the_pictures(tmp_path) -> None:  # type: ignore[no-untyped-def]
    split = Split("validation", 18)
    cached = cache_pictures(split, tmp_path / "pictures.npy")
    assert cached.shape == (18, SIDE, SIDE, 3) and cached.dtype == np.uint8
    for index, sample in enumerate(split):
        assert np.array_equal(cached[index], sample.picture())


def test_a_wrong_split_or_index_is_refused() -> None:
    with pytest.raises(ValueError, match="no split 'dev'"):
        make_sample("dev", 0)
    with pytest.raises(IndexError):
        Split("test", 10)[10]
