"""Rows about the options: which letter stands for what. A picture is there, and only the last statement is about it.

An answer needs the letter of a value among the options. From questions alone that is not learnt, and neither from drills in which
words stand between value and letter (docs/reproduction.md). `letters`: the letter right after its value ("red C. the
pink A."). `options`: sometimes words between them, as between a rationale's last value and the answer.
"""

from __future__ import annotations

from random import Random

from .lookups import as_choice
from .samples import LETTERS, Sample, choice_statement

KINDS = ("letters", "options")
_DIRECT = ("{value} {letter}.", "the {value} {letter}.")
_BETWEEN = (
    "the {value} is {letter}.",
    "the {value}, so it is {letter}.",
    "the {value}. It is {letter}.",
    "the {value}. The answer is {letter}.",
    "the {value}. Therefore, the answer is {letter}.",
)
_STATEMENTS = {"letters": _DIRECT, "options": (*_DIRECT * 2, *_BETWEEN)}
# With the last two at most thirteen sentences, however they fall.
_LENGTHS = {"letters": 11, "options": 5}


def drill(sample: Sample, rng: Random, kind: str) -> dict[str, object]:
    """Columns of a row: question, choices, answer, rationale. The last statements are a look-up's, or the question's own, and the letter of its answer."""
    question, choices, answer, asked = sample.scene.question, list(sample.options), sample.letter, sample.rationale[-2:]
    if rng.random() < 0.5:
        hop = rng.choice(sample.scene.lookups)
        choice = as_choice(hop, sample.scene.lookups, rng)
        if choice is not None:
            question, choices, answer = choice.question, list(choice.options), choice.letter
            asked = (hop.statement, choice_statement(hop.answer, choice.letter))
    stated = [rng.randrange(len(LETTERS)) for _ in range(_LENGTHS[kind])]
    said = [rng.choice(_STATEMENTS[kind]).format(value=choices[i], letter=LETTERS[i]) for i in stated]
    return {"question": question, "choices": choices, "answer": answer, "rationale": " ".join((*said, *asked))}
