"""Science, measurement: read two of six dials, then add or subtract. Two look-ups in any order, then a sum."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..scene import Hop, Place, Scene, drawn_in, ground, scattered
from .choose import difference_hop, first_addend, number_options, sum_hop

VALUES = range(1, 9)


def make(rng: Random) -> Scene:
    colours = rng.sample(list(COLOURS), 6)
    adding = rng.random() < 0.5
    if adding:
        right, wrong = number_options(rng, 5, 12, 5)
        first_value = first_addend(rng, [right, *map(int, wrong)], VALUES)
        pair = (first_value, right - first_value)
    else:
        right, wrong = number_options(rng, 1, 5, 4)
        first_value = rng.randint(max(right, *map(int, wrong)) + 1, VALUES[-1])
        pair = (first_value, first_value - right)
    values = [*pair, *(rng.choice(VALUES) for _ in range(4))]
    boxes = dict(zip(colours, scattered(rng, len(colours)), strict=True))

    def hop(index: int) -> Hop:
        colour, value = colours[index], values[index]
        return Hop(
            "measurement: read",
            f"What does the {colour} dial show?",
            str(value),
            f"The {colour} dial shows {value}.",
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
        answer=str(right),
        distractors=wrong,
        chain=(hops[0], hops[1], last),
        lookups=(*hops, last),
    )
