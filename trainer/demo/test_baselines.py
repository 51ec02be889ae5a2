"""No shortcut: what does not see the picture, or sees one place of it, stays near one in four; what sees enough does not."""

from __future__ import annotations

import pytest
import torch

from .baselines import Features, majority_right, one_look_features, presence_features, right_answers, text_features
from .samples import Sample, Split, make_sample

Rows = tuple[list[Sample], list[Sample]]


@pytest.fixture(scope="module")
def rows() -> Rows:
    torch.set_num_threads(1)
    # The later train samples stand for the test ones: the same generator, made sooner.
    return list(Split("train", 2700)), [make_sample("train", index) for index in range(2700, 5400)]


def share(right: list[bool]) -> float:
    return sum(right) / len(right)


def test_majority_is_chance(rows: Rows) -> None:
    assert share(majority_right(*rows)) == pytest.approx(0.25, abs=0.001)


# 2,700 questions at chance spread by 0.8 points; four times that.
@pytest.mark.parametrize(
    ("features", "limit"),
    [(text_features, 0.284), (one_look_features, 0.30), (presence_features, 0.30)],
)
def test_shortcuts_stay_near_chance(rows: Rows, features: Features, limit: float) -> None:
    assert share(right_answers(*rows, features, epochs=4)) < limit


def test_the_last_step_gives_most_answers_away(rows: Rows) -> None:
    """The same model does find an answer that is in its features."""

    def last_step(sample: Sample, option: int) -> list[str]:
        return [f"{sample.scene.chain[-1].result == sample.options[option]}"]

    assert share(right_answers(*rows, last_step, epochs=4)) > 0.85
