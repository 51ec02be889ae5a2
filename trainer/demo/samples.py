"""Sample `index` of a split, made from (seed, split, index) alone.

A picture belongs to a split by its own digest, so no picture of one split can occur in another, however many are made.
Answers take each letter equally often within a topic: every four samples of a topic hold each letter once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from .scene import SIDE, Scene, render
from .topics import TOPICS, Topic

SEED = 20
# How many of 16 digests are of each split.
_SHARES = {"validation": range(0, 1), "test": range(1, 2), "train": range(2, 16)}
SPLITS = tuple(_SHARES)
LETTERS = "ABCD"


@dataclass(frozen=True, slots=True)
class Sample:
    """One question about one picture; `answer` is the place of the right option."""

    split: str
    index: int
    topic: Topic
    scene: Scene
    options: tuple[str, ...]
    answer: int

    @property
    def letter(self) -> str:
        return LETTERS[self.answer]

    @property
    def sample_id(self) -> str:
        return f"{self.topic.name}-{self.split}-{self.index}"

    @property
    def rationale(self) -> tuple[str, ...]:
        """A sentence for each step, and one that says which option the answer is.

        Each begins with the result of the step before it, so that the last word read before a step's sentence already asks for
        that result. A latent step that stands for a sentence then gets, as its input, the hidden state that would have
        written the sentence's first word.
        """
        first, *others = self.scene.chain
        sentences = [f"{first.task[0].upper()}{first.task[1:]}."]
        for before, step in zip(self.scene.chain, others):
            sentences.append(f"{before.result.capitalize()}, so {step.task}.")
        return (*sentences, choice_statement(self.scene.answer, self.letter))

    def evidence(self) -> list[dict[str, object]]:
        """The places of each step, counted from 1; a place that two steps share is named with both."""
        return [
            {"step": number, "box": list(place.box), "what": place.what}
            for number, step in enumerate(self.scene.chain, 1)
            for place in step.places
        ]

    def picture(self) -> np.ndarray:
        """[336, 336, 3] uint8."""
        return render(self.scene)


def choice_statement(answer: str, letter: str) -> str:
    return f"{answer.capitalize()} is {letter}."


def split_of(scene: Scene) -> str:
    share = scene.digest()[0] % 16
    return next(split for split, shares in _SHARES.items() if share in shares)


def make_sample(split: str, index: int, seed: int = SEED) -> Sample:
    if split not in _SHARES:
        raise ValueError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    topic = TOPICS[index % len(TOPICS)]
    rng = Random(f"{seed}:{split}:{index}")
    scene = topic.make(rng)
    while split_of(scene) != split:
        scene = topic.make(rng)
    turn = index // len(TOPICS)
    letters = Random(f"{seed}:{split}:{topic.name}:{turn // len(LETTERS)}").sample(range(len(LETTERS)), len(LETTERS))
    answer = letters[turn % len(LETTERS)]
    wrong = rng.sample(scene.distractors, len(scene.distractors))
    return Sample(split, index, topic, scene, (*wrong[:answer], scene.answer, *wrong[answer:]), answer)


class Split(Sequence[Sample]):
    """`count` samples of a split, each made when it is asked for."""

    def __init__(self, split: str, count: int, seed: int = SEED) -> None:
        self.split, self.count, self.seed = split, count, seed

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: int) -> Sample:  # type: ignore[override]
        if not 0 <= index < self.count:
            raise IndexError(index)
        return make_sample(self.split, index, self.seed)

    def __iter__(self) -> Iterator[Sample]:
        return (self[index] for index in range(self.count))


def cache_pictures(samples: Sequence[Sample], path: Path) -> np.ndarray:
    """Writes all pictures as one .npy file, [count, 336, 336, 3] uint8, and gives it back mapped for reading."""
    pictures = np.lib.format.open_memmap(path, "w+", np.uint8, (len(samples), SIDE, SIDE, 3))
    for index, sample in enumerate(samples):
        pictures[index] = sample.picture()
    pictures.flush()
    return np.load(path, mmap_mode="r")
