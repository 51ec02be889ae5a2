"""Rows about the options alone: which letter stands for what. A picture is there and says nothing.

A question's answer needs the letter of a value among the options. Rationales state two other letters with their values, the
letter first (in the options' order, or any) or the value first, and end with the value that is asked for.
"""

from __future__ import annotations

from random import Random

from .lookups import FAMILIES
from .samples import LETTERS

FORMS = ("in order", "by letter", "by value")


def drill(rng: Random, form: str) -> dict[str, object]:
    """Columns of a row: question, choices, answer, rationale."""
    choices = rng.sample(rng.choice(FAMILIES), len(LETTERS))
    # The asked one is not among those stated: its letter has to come from the options.
    answer, *order = rng.sample(range(len(LETTERS)), 3)
    if form == "in order":
        order.sort()
    said = [f"The {choices[i]} is {LETTERS[i]}." if form == "by value" else f"{LETTERS[i]} is {choices[i]}." for i in order]
    return {
        "question": f"Which option is the {choices[answer]}?",
        "choices": choices,
        "answer": LETTERS[answer],
        "rationale": " ".join((*said, f"It is {choices[answer]}.")),
    }
