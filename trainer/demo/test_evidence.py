"""Places of the chain among selected patches: counted by hand, and chance as random selections have it."""

from __future__ import annotations

from random import Random

import pytest

from .evidence import SLOTS, evidence_hits
from .samples import Split
from .scene import slot_of


def test_places_are_counted_by_chain_step_and_latent_step() -> None:
    def place(step: int, column: int, row: int) -> dict[str, object]:
        return {"step": step, "box": [56 * column, 56 * row, 56 * column + 56, 56 * row + 56]}

    assert slot_of([56, 112, 112, 168]) == 13
    evidence = {"a": [place(1, 1, 2), place(2, 0, 0), place(2, 5, 5)], "b": [place(1, 3, 0), place(1, 3, 0)]}
    found = evidence_hits(evidence, {"a": [[13, 1], [35, 2]], "b": [[4, 5], [6, 3]]})
    assert (found[1].places, found[1].by_latent_step, found[1].ever) == (2, [1, 1], 1.0)
    assert (found[2].places, found[2].by_latent_step, found[2].shares) == (2, [0, 1], [0.0, 0.5])
    assert found[1].chance == 2 / SLOTS and found[1].chance_ever == 4 / SLOTS


def test_random_selections_hit_as_often_as_chance_says() -> None:
    rng, samples = Random(3), Split("test", 612)
    selected = {}
    for sample in samples:
        slots = rng.sample(range(SLOTS), 16)
        selected[sample.sample_id] = [slots[first : first + 4] for first in range(0, 16, 4)]
    found = evidence_hits({sample.sample_id: sample.evidence() for sample in samples}, selected)  # type: ignore[misc]
    for hits in found.values():
        for share in hits.shares:
            assert share == pytest.approx(hits.chance, abs=0.05)
        assert hits.ever == pytest.approx(hits.chance_ever, abs=0.08)


def test_uneven_steps_are_refused() -> None:
    with pytest.raises(ValueError, match=r"latent steps with \[1, 2\] patches"):
        evidence_hits({"a": []}, {"a": [[1], [2, 3]]})
