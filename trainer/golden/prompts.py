"""Prompt texts of method.md, section "Prompts". The braces in them are literal."""

from __future__ import annotations

import string
from dataclasses import dataclass

PROMPT_FORMATS = ("released-inference", "released-training", "with-context")


@dataclass(frozen=True)
class Sample:
    """One multiple-choice question about one image; `image` is relative to the folder that the cases say."""

    sampleId: str
    question: str
    choices: tuple[str, ...]
    context: str
    image: str


def question_text(sample: Sample, prompt_format: str) -> str:
    """The user's text after the image."""
    if prompt_format not in PROMPT_FORMATS:
        raise ValueError(f"unknown prompt format: {prompt_format}")
    training = prompt_format == "released-training"
    lines = []
    if prompt_format == "with-context" and sample.context:
        lines.append("[Context]:{" + sample.context + "}")
    lines.append("[Question]:{" + sample.question + "}")
    lines.append("[Options]:")
    for letter, choice in zip(string.ascii_uppercase, sample.choices, strict=False):
        lines.append((f"({letter})." if training else f"{letter}.") + "{" + choice + "}")
    return "\n".join(lines) + "\nAnswer:" + ("\n" if training else "")
