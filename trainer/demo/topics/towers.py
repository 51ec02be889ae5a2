"""Mathematics, charts: read one tower, reckon a height, find the tower of that height. Three steps, each needs the one before."""

from __future__ import annotations

from random import Random

from ..canvas import COLOURS
from ..numbers import in_words
from ..scene import Hop, Place, Scene, Step, drawn_in, ground, scattered
from .choose import difference_hop, reckoning, sum_hop

TALLEST = 7


def make(rng: Random) -> Scene:
    colours = rng.sample(list(COLOURS), 6)
    higher, apart = rng.random() < 0.5, rng.choice((1, 2))
    possible = range(1 + apart, TALLEST + 1) if higher else range(1, TALLEST + 1 - apart)
    # The first tower is named, the second is the answer; the three other options have heights that an answer could have
    # and no two options are alike, nor like the named tower.
    height = rng.choice(possible)
    named = height - apart if higher else height + apart
    heights = [named, height, *rng.sample([h for h in possible if h not in (height, named)], 3)]
    heights.append(rng.choice([h for h in range(1, TALLEST + 1) if h not in heights]))
    boxes = scattered(rng, len(colours))
    drawn = [ground("building-site")]
    drawn += [drawn_in("tower", box, colour, str(tall)) for box, colour, tall in zip(boxes, colours, heights, strict=True)]

    def height_hop(index: int) -> Hop:
        colour, tall = colours[index], heights[index]
        return Hop(
            "charts: height",
            f"How high is the {colour} tower?",
            in_words(tall),
            f"The {colour} tower is {in_words(tall)} high.",
            (Place(boxes[index], f"{colour} tower"),),
        )

    def finding_hop(index: int) -> Hop:
        colour, tall = colours[index], heights[index]
        return Hop(
            "charts: find",
            f"Which tower is {in_words(tall)} high?",
            colour,
            f"At height {in_words(tall)} is the {colour} tower.",
            (Place(boxes[index], f"{colour} tower"),),
        )

    change = sum_hop(named, apart) if higher else difference_hop(named, apart)
    return Scene(
        category="heights of towers",
        drawn=tuple(drawn),
        question=f"Which tower is {in_words(apart)} {'higher' if higher else 'lower'} than the {colours[0]} tower?",
        answer=colours[1],
        distractors=(colours[2], colours[3], colours[4]),
        chain=(
            Step(f"look at the {colours[0]} tower", in_words(named), height_hop(0).places),
            Step(reckoning(named, change.kind, apart), in_words(height)),
            Step(f"look for height {in_words(height)}", colours[1], finding_hop(1).places),
        ),
        lookups=(
            *(height_hop(index) for index in range(6)),
            *(finding_hop(index) for index in range(6)),
            change,
        ),
    )
