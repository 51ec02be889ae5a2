"""The curriculum before the questions: look-ups about the same pictures, one kind for each hop of every topic.

A look-up is asked for a short answer, or with four options and a letter as the questions are, so that a model learns
both to look and to find its result among the options before it has to chain anything. A caption is a look-up with
options whose rationale reads much else in the picture first, so that one pass over a picture teaches many readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from .canvas import COLOURS
from .glyphs.animals import ANIMALS
from .glyphs.machines import DEVICES
from .glyphs.shapes import SHAPES
from .glyphs.things import PLACES, THINGS
from .numbers import NUMBERS, value_of
from .samples import LETTERS, SEED, Sample, choice_statement, make_sample
from .scene import Box, Hop, Scene

# Options for a look-up come from its own picture, then from the family that its answer belongs to.
FAMILIES = (tuple(COLOURS), ANIMALS, THINGS, PLACES, SHAPES, DEVICES, tuple(NUMBERS[1:]))


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
    family = next((names for names in FAMILIES if hop.answer in names), ())
    near = [name for name in family if _is_near(name, hop.answer)]
    more = [name for name in near if name != hop.answer and name not in seen]
    wrong = rng.sample(seen, min(3, len(seen)))
    if len(wrong) + len(more) < 3:
        return None
    wrong += rng.sample(more, 3 - len(wrong))
    answer = rng.randrange(len(LETTERS))
    return Choice(hop.question, (*wrong[:answer], hop.answer, *wrong[answer:]), answer)


def _is_near(name: str, answer: str) -> bool:
    """Numbers are offered beside numbers that are at most three away."""
    number, right = value_of(name), value_of(answer)
    return number is None or right is None or abs(number - right) <= 3


# A caption must not give a reading away that it has already written the other way round.
_NAMES = frozenset((*(name for family in FAMILIES for name in family), *"KLMNPRST"))


LONGEST = 12


@dataclass(frozen=True, slots=True)
class Caption:
    """`hops` in the order in which the rationale states them; the last one is asked."""

    choice: Choice
    hops: tuple[Hop, ...]

    @property
    def rationale(self) -> str:
        """What is read, and which option the last reading is."""
        return " ".join((*(hop.statement for hop in self.hops), choice_statement(self.hops[-1].answer, self.choice.letter)))


def sparse(scene: Scene, rng: Random, count: int) -> Scene:
    """The picture with only what `count` look-ups need, in its own place: names and numbers are learnt there first."""
    placed = [hop for hop in scene.lookups if hop.places]
    kept = rng.sample(placed, min(count, len(placed)))
    hulls = [_hull([place.box for place in hop.places]) for hop in kept]
    first, *rest = scene.drawn
    drawn = (first, *(part for part in rest if any(_meet((part.x, part.y, part.x + part.width, part.y + part.height), hull) for hull in hulls)))
    return replace(scene, drawn=drawn, lookups=tuple(kept))


def _hull(boxes: list[Box]) -> Box:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return min(x0), min(y0), max(x1), max(y1)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def caption(scene: Scene, rng: Random, *, ordered: bool) -> Caption | None:
    """At most twelve look-ups of a picture, none of which repeats what another one names.

    Ordered ones go row by row over the places, one kind after the other: what comes next then follows from the picture
    alone, and a model learns to see before it learns to search. The others come in random order.
    """
    hops = rng.sample(scene.lookups, len(scene.lookups))
    if ordered:
        kinds = list(dict.fromkeys(hop.kind for hop in hops if hop.places))
        hops = sorted((hop for hop in hops if hop.places), key=lambda hop: (kinds.index(hop.kind), hop.places[0].box[1::-1], hop.question))
    chosen: list[Hop] = []
    named: set[frozenset[str]] = set()
    for hop in hops:
        names = frozenset(re.findall(r"\w+", hop.statement)) & _NAMES
        if len(chosen) < LONGEST and names not in named:
            chosen.append(hop)
            named.add(names)
    for place in range(len(chosen) - 1, -1, -1):
        choice = as_choice(chosen[place], scene.lookups, rng)
        if choice is not None:
            return Caption(choice, (*chosen[:place], *chosen[place + 1 :], chosen[place]))
    return None


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
