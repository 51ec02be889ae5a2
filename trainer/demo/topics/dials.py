"""Science, measurement: read two of six dials, then add or subtract. Two look-ups in any order, then a sum."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..numbers import in_words
from ..scene import Hop, Place, Scene, Step, drawn_in, ground, scattered
from .choose import all_in_words, difference_hop, first_addend, number_options, reckoning, sum_hop

VALUES = range(1, 9)


def make(rng: Random) -> Scene:
    colours = rng.sample(list(COLOURS), 6)
    adding = rng.random() < 0.5
    if adding:
        right, wrong = number_options(rng, 5, 12, 5)
        first_value = first_addend(rng, [right, *wrong], VALUES)
        pair = (first_value, right - first_value)
    else:
        right, wrong = number_options(rng, 1, 5, 4)
        first_value = rng.randint(max(right, *wrong) + 1, VALUES[-1])
        pair = (first_value, first_value - right)
    values = [*pair, *(rng.choice(VALUES) for _ in range(4))]
    boxes = dict(zip(colours, scattered(rng, len(colours)), strict=True))

    def hop(index: int) -> Hop:
        colour, value = colours[index], values[index]
        return Hop(
            "measurement: read",
            f"What does the {colour} dial show?",
            in_words(value),
            f"The {colour} dial shows {in_words(value)}.",
            (Place(boxes[colour], f"{colour} dial"),),
        )

    hops = [hop(index) for index in range(6)]
    last = sum_hop(*pair) if adding else difference_hop(*pair)
    first, second = colours[:2]
    return Scene(
        category="sums of readings" if adding else "differences of readings",
        drawn=(
            ground("boiler-room"),
            *(drawn_in("gauge", boxes[colour], colour, str(value)) for colour, value in zip(colours, values, strict=True)),
        ),
        question=f"What do the {first} dial and the {second} dial show together?"
        if adding
        else f"How much more does the {first} dial show than the {second} dial?",
        answer=in_words(right),
        distractors=all_in_words(wrong),
        chain=(
            *(Step(f"look at the {colour} dial", hop.answer, hop.places) for colour, hop in zip((first, second), hops)),
            Step(reckoning(pair[0], last.kind, pair[1]), last.answer),
        ),
        lookups=(*hops, last),
    )
