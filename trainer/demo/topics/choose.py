"""Random choices that keep the options free of hints.

Named options are drawn by permuting names over places, so every name is as likely as any other. Numbers are drawn
the other way round: first four options, then which of them is right, then a picture for which it is; the first number
looked up is one that goes with all four. Either way neither the question with its options nor the first look gives a hint.
"""

from __future__ import annotations

from random import Random

from ..numbers import in_words
from ..scene import Hop

Three = tuple[str, str, str]


def three(rng: Random, names: list[str]) -> Three:
    first, second, third = rng.sample(names, 3)
    return first, second, third


def number_options(rng: Random, low: int, high: int, width: int) -> tuple[int, tuple[int, int, int]]:
    """The right number and three others, all within `width` consecutive numbers from `low` to `high`."""
    start = rng.randint(low, high - width + 1)
    right, first, second, third = rng.sample(range(start, start + width), 4)
    return right, (first, second, third)


def all_in_words(numbers: tuple[int, int, int]) -> Three:
    first, second, third = numbers
    return in_words(first), in_words(second), in_words(third)


def first_addend(rng: Random, offered: list[int], rest: range) -> int:
    """A first number from which every offered sum can be reached with a second in `rest`: seen alone it tells nothing."""
    return rng.choice([n for n in range(1, min(offered)) if all(total - n in rest for total in offered)])


def reckoning(first: int, word: str, second: int) -> str:
    return f"{in_words(first)} {word} {in_words(second)}"


def sum_hop(first: int, second: int) -> Hop:
    return _number_hop(first, "plus", second, first + second)


def difference_hop(first: int, second: int) -> Hop:
    return _number_hop(first, "minus", second, first - second)


def _number_hop(first: int, word: str, second: int, result: int) -> Hop:
    joined = reckoning(first, word, second)
    return Hop(word, f"What is {joined}?", in_words(result), f"{joined.capitalize()} is {in_words(result)}.")
