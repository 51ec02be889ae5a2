"""A row's fields, checked and made a sample: the same rules for every format, and the app's.

What breaks a rule is left out and reported with its file and place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from penumbra_train.data.sample import ImageReference, Sample

AnswerRule = Literal["letter", "index", "text", "any"]
SPLIT_NAMES = {"dev": "validation", "val": "validation", "valid": "validation", "training": "train"}


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be used, and why."""

    place: str
    reason: str


def normal_split(name: str) -> str:
    lower = name.strip().lower()
    return SPLIT_NAMES.get(lower, lower)


def text_of(value: Any) -> str | None:
    """Text, and numbers as text; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value == value:
        return str(value)
    return None


def sample_of(
    row: Mapping[str, Any],
    split: str,
    image: ImageReference | None,
    place: str,
    rule: AnswerRule,
    first_index: int = 0,
    *,
    short_answers: bool = False,
) -> Sample | BadRow:
    """`row` has the names id, question, choices, answer, context, rationale, domain, topic.

    With `short_answers` a row without choices is a question whose answer is text.
    """
    sample_id, question = text_of(row.get("id")), text_of(row.get("question"))
    if not sample_id or not sample_id.strip():
        return BadRow(place, "no id")
    if question is None:
        return BadRow(place, "no question")
    listed = row.get("choices")
    short = text_of(row.get("answer")) if short_answers and listed is None else None
    if short:
        listed = []
    elif not isinstance(listed, (list, tuple)) or not 2 <= len(listed) <= 26:
        return BadRow(place, "no list of 2 to 26 choices")
    choices = [text_of(choice) for choice in listed]
    if any(choice is None for choice in choices):
        return BadRow(place, "a choice that is not text")
    texts = tuple(choice for choice in choices if choice is not None)
    answer = -1 if short else read_answer(row.get("answer"), texts, rule, first_index)
    if answer is None:
        return BadRow(place, f"the answer {row.get('answer')!r} is none of the {len(texts)} choices")
    return Sample(
        sample_id=sample_id,
        split=split,
        question=question,
        choices=texts,
        answer_index=answer,
        context=text_of(row.get("context")) or "",
        rationale=(text_of(row.get("rationale")) or "").strip(),
        domain=text_of(row.get("domain")) or "",
        topic=text_of(row.get("topic")) or "",
        image=image,
        answer_text=short or "",
    )


def read_answer(value: Any, choices: tuple[str, ...], rule: AnswerRule, first_index: int) -> int | None:
    """The gold choice from 0; None where the row names none of them."""
    found = -1
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if rule == "text":
            found = choices.index(str(value)) if str(value) in choices else -1
        elif rule != "letter" and int(value) == value:
            found = int(value) - first_index
    elif isinstance(value, str):
        found = _read_text(value.strip(), choices, rule, first_index)
    return found if 0 <= found < len(choices) else None


def _read_text(text: str, choices: tuple[str, ...], rule: AnswerRule, first_index: int) -> int:
    letter = ord(text.upper()) - 65 if len(text) == 1 and text.isascii() and text.isalpha() else -1
    if rule == "letter":
        return letter
    if rule == "any" and text.isupper() and 0 <= letter < len(choices):
        return letter
    if rule in ("text", "any"):
        if text in choices:
            return choices.index(text)
        same = [i for i, choice in enumerate(choices) if choice.strip().lower() == text.lower()]
        if len(same) == 1:
            return same[0]
        if rule == "text":
            return -1
    if text.lstrip("-").isdigit():
        return int(text) - first_index
    return letter if rule == "any" else -1
