"""Prompt and target texts (method.md, "Prompts"). The braces around question and options are literal."""

from __future__ import annotations

import string
from typing import Literal

from penumbra_train.data.sample import Sample

PromptFormat = Literal["released-inference", "released-training", "with-context"]
AnswerForm = Literal["letter", "index"]


def question_text(sample: Sample, prompt_format: PromptFormat) -> str:
    """The user's text after the image."""
    training = prompt_format == "released-training"
    lines = []
    if prompt_format == "with-context" and sample.context:
        lines.append("[Context]:{" + sample.context + "}")
    lines.append("[Question]:{" + sample.question + "}")
    if sample.choices:
        lines.append("[Options]:")
    for letter, choice in zip(string.ascii_uppercase, sample.choices, strict=False):
        lines.append((f"({letter})." if training else f"{letter}.") + "{" + choice + "}")
    return "\n".join(lines) + "\nAnswer:" + ("\n" if training else "")


def answer_name(sample: Sample, form: AnswerForm) -> str:
    """What stands for the right choice: a letter, or its number from 0 (ScienceQA); a short question's answer itself."""
    if not sample.choices:
        return sample.answer_text
    return string.ascii_uppercase[sample.answer_index] if form == "letter" else str(sample.answer_index)


def answer_text(sample: Sample, form: AnswerForm) -> str:
    if not sample.choices:
        return sample.answer_text
    return f"Therefore, the answer is {answer_name(sample, form)}"
