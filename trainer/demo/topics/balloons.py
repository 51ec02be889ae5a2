"""Mathematics, arithmetic: add the digits on three balloons, or on two. Look-ups in any order; each sum needs the one before."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from random import Random

from ..canvas import COLOURS
from ..numbers import in_words
from ..scene import Hop, Place, Scene, Step, drawn_in, ground, scattered, that_is_all
from .choose import all_in_words, first_addend, number_options, sum_hop

DIGITS = range(1, 7)


@lru_cache(maxsize=None)
def _addends(count: int, total: int) -> tuple[tuple[int, ...], ...]:
    return tuple(digits for digits in product(DIGITS, repeat=count) if sum(digits) == total)


def make(rng: Random) -> Scene:
    colours = rng.sample(list(COLOURS), 8)
    boxes = dict(zip(colours, scattered(rng, len(colours)), strict=True))
    count = 3 if rng.random() < 0.65 else 2
    right, wrong = number_options(rng, 8, 13, 5) if count == 3 else number_options(rng, 5, 9, 5)
    first_digit = first_addend(rng, [right, *wrong], range(count - 1, 6 * (count - 1) + 1))
    digits = [first_digit, *rng.choice(_addends(count - 1, right - first_digit))]
    digits += [rng.choice(DIGITS) for _ in range(8 - count)]

    def hop(index: int) -> Hop:
        colour, digit = colours[index], digits[index]
        return Hop(
            "arithmetic: digit",
            f"What is on the {colour} balloon?",
            in_words(digit),
            f"The {colour} balloon shows {in_words(digit)}.",
            (Place(boxes[colour], f"{colour} balloon"),),
        )

    def step(index: int) -> Step:
        """Its result is the sum so far."""
        task = f"{'add' if index > 0 else 'look at'} the {colours[index]} balloon"
        return Step(task, in_words(sum(digits[: index + 1])), hop(index).places)

    first = sum_hop(digits[0], digits[1])
    sums = (first, sum_hop(digits[0] + digits[1], digits[2])) if count == 3 else (first,)
    named = [f"the {colour}" for colour in colours[:count]]
    return Scene(
        category=f"sums of {count}",
        drawn=(ground("sky"), *(drawn_in("balloon", boxes[colour], colour, str(digit), 1) for colour, digit in zip(colours, digits, strict=True))),
        question=f"Add the digits on {', '.join(named[:-1])} and {named[-1]} balloon. What is the sum?",
        answer=in_words(right),
        distractors=all_in_words(wrong),
        chain=(step(0), step(1), step(2) if count == 3 else that_is_all(in_words(right))),
        lookups=(*(hop(index) for index in range(8)), *sums),
    )
