"""Mathematics, arithmetic: add the digits on three balloons, or on two. Look-ups in any order; the running sum needs the one before."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from random import Random

from ..canvas import COLOURS
from ..scene import Hop, Place, Scene, drawn_in, ground, scattered
from .choose import first_addend, number_options, sum_hop

DIGITS = range(1, 7)


@lru_cache(maxsize=None)
def _addends(count: int, total: int) -> tuple[tuple[int, ...], ...]:
    return tuple(digits for digits in product(DIGITS, repeat=count) if sum(digits) == total)


def make(rng: Random) -> Scene:
    colours = rng.sample(list(COLOURS), 8)
    boxes = dict(zip(colours, scattered(rng, len(colours)), strict=True))
    count = 3 if rng.random() < 0.65 else 2
    right, wrong = number_options(rng, 8, 13, 5) if count == 3 else number_options(rng, 5, 9, 5)
    first_digit = first_addend(rng, [right, *map(int, wrong)], range(count - 1, 6 * (count - 1) + 1))
    digits = [first_digit, *rng.choice(_addends(count - 1, right - first_digit))]
    digits += [rng.choice(DIGITS) for _ in range(8 - count)]

    def hop(index: int) -> Hop:
        colour, digit = colours[index], digits[index]
        return Hop(
            "arithmetic: digit",
            f"What is on the {colour} balloon?",
            str(digit),
            f"The {colour} balloon shows {digit}.",
            (Place(boxes[colour], f"{colour} balloon"),),
        )

    def running(index: int) -> Hop:
        """The hop with the sum so far in its statement."""
        plain, total = hop(index), sum(digits[: index + 1])
        return Hop(plain.kind, plain.question, plain.answer, f"{plain.statement[:-1]}, which makes {total}.", plain.places)

    first = sum_hop(digits[0], digits[1])
    sums = (first, sum_hop(digits[0] + digits[1], digits[2])) if count == 3 else (first,)
    named = [f"the {colour}" for colour in colours[:count]]
    return Scene(
        category=f"sums of {count}",
        drawn=(ground("sky"), *(drawn_in("balloon", boxes[colour], colour, str(digit), 1) for colour, digit in zip(colours, digits, strict=True))),
        question=f"Add the digits on {', '.join(named[:-1])} and {named[-1]} balloon. What is the sum?",
        answer=str(right),
        distractors=wrong,
        chain=(hop(0), running(1), running(2)) if count == 3 else (hop(0), hop(1), first),
        lookups=(*(hop(index) for index in range(8)), *sums),
    )
