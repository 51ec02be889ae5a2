"""The curriculum before the questions: single look-ups about the same pictures, one kind for each hop of every topic.

A look-up is asked for a short answer, or with four options and a letter as the questions are, so that a model learns
both to look and to find its result among the options before it has to chain anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from .canvas import COLOURS
from .glyphs.animals import ANIMALS
from .glyphs.machines import DEVICES
from .glyphs.shapes import SHAPES
from .glyphs.things import PLACES, THINGS
from .samples import LETTERS, SEED, Sample, make_sample
from .scene import Hop

NUMBERS = tuple(str(number) for number in range(1, 19))
# Options for a look-up come from its own picture, then from the family that its answer belongs to.
_FAMILIES = (tuple(COLOURS), ANIMALS, THINGS, PLACES, SHAPES, DEVICES, NUMBERS)


@dataclass(frozen=True, slots=True)
class Choice:
    """A look-up with four options; `answer` is the place of the right one."""

    question: str
    options: tuple[str, ...]
    answer: int

    @property
    def letter(self) -> str:
        return LETTERS[self.answer]


def lookups(index: int, seed: int = SEED) -> tuple[Sample, tuple[Hop, ...]]:
    """Train sample `index` with every look-up of its picture."""
    sample = make_sample("train", index, seed)
    return sample, sample.scene.lookups


def as_choice(hop: Hop, others: tuple[Hop, ...], rng: Random) -> Choice | None:
    """The look-up with four options, or nothing where there are no four to offer (plus or minus).

    Answers of the same kind from the same picture are offered first.
    """
    seen = sorted({other.answer for other in others if other.kind == hop.kind} - {hop.answer})
    family = next((names for names in _FAMILIES if hop.answer in names), ())
    near = [name for name in family if not name.isdigit() or abs(int(name) - int(hop.answer)) <= 3]
    more = [name for name in near if name != hop.answer and name not in seen]
    wrong = rng.sample(seen, min(3, len(seen)))
    if len(wrong) + len(more) < 3:
        return None
    wrong += rng.sample(more, 3 - len(wrong))
    answer = rng.randrange(len(LETTERS))
    return Choice(hop.question, (*wrong[:answer], hop.answer, *wrong[answer:]), answer)


def lookup_rows(sample: Sample) -> Iterator[dict[str, object]]:
    """The sample's look-ups as rows of lookups.jsonl."""
    for number, hop in enumerate(sample.scene.lookups):
        yield {
            "id": f"{sample.sample_id}-{number}",
            "image": f"data/images/{sample.sample_id}.png",
            "kind": hop.kind,
            "question": hop.question,
            "answer": hop.answer,
            "statement": hop.statement,
            "evidence": [{"box": list(place.box), "what": place.what} for place in hop.places],
        }
