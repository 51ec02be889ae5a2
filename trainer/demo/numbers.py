"""Numbers as the demo's texts have them: in words, each of which is one token."""

from __future__ import annotations

NUMBERS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
).split()


def in_words(number: int) -> str:
    return NUMBERS[number]


def value_of(word: str) -> int | None:
    """The number that a word stands for, if it is one."""
    return NUMBERS.index(word) if word in NUMBERS else None
