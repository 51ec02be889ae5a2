"""Chameleon's prompts, as the released scripts build them (for inference and for training; src/main/backbones/chameleon/prompts.ts).

`released-inference`: `<s>`, the image between its marks, the question; latent steps; the separator; the answer.
`released-training`: the image's slots inside the question's braces, no `<s>`, no marks, no separator.
"""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

from penumbra_train.backbone.prompts import PromptIds
from penumbra_train.data.sample import Sample
from penumbra_train.problem import Problem
from penumbra_train.prompts import PromptFormat

BEGIN, END, SEPARATOR = "<s>", "</s>", "<reserved08706>"
IMAGE_START, IMAGE, IMAGE_END = "<racm3:break>", "<image>", "<eoss>"


def _options(sample: Sample) -> list[str]:
    return [f"({letter}).{{{choice.strip()}}}" for letter, choice in zip(string.ascii_uppercase, sample.choices, strict=False)]


class ChameleonPrompts:
    """The tokenizer.json as it stands (transformers' Llama class would rebuild its pipeline)."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.begin_id, self.end_id, self.separator_id = map(self._required, (BEGIN, END, SEPARATOR))
        self.start_id, self.image_id, self.image_end_id = map(self._required, (IMAGE_START, IMAGE, IMAGE_END))
        vocabulary: dict[str, int] = tokenizer.get_vocab()
        self._markers = {
            *(vocabulary[token] for token in tokenizer.all_special_tokens if token in vocabulary),
            *(token_id for token, token_id in vocabulary.items() if token.startswith("IMGIMG")),
            *(self.begin_id, self.end_id, self.separator_id, self.start_id, self.image_id, self.image_end_id),
        }

    def _required(self, token: str) -> int:
        found = self._tokenizer.get_vocab().get(token)
        if found is None:
            raise Problem(f"The tokenizer has no token {token}.", "Give the folder of a Chameleon model.")
        return int(found)

    def question(self, sample: Sample, prompt_format: PromptFormat, slot_count: int) -> PromptIds:
        slots = [self.image_id] * slot_count
        if prompt_format == "released-training":
            head = self._own("[Question]:{", sample)
            text = f"{sample.question.rstrip()}}}\n[Options]:\n" + "\n".join(_options(sample))
            return PromptIds([*head, *slots, *self._own(text, sample)], len(head), [])
        lines = [f"[Context]:{{{sample.context.strip()}}}"] if prompt_format == "with-context" and sample.context.strip() else []
        lines.append(f"[Question]:{{{sample.question.strip()}}}")
        lines += ["[Options]:", *_options(sample)] if sample.choices else []
        text = "\n".join([*lines, "Answer:"])
        head = [self.begin_id, self.start_id]
        return PromptIds([*head, *slots, self.image_end_id, *self._own(text, sample)], len(head), [self.separator_id])

    def _own(self, text: str, sample: Sample) -> list[int]:
        ids = self.ids(text)
        marker = next((token_id for token_id in ids if token_id in self._markers), None)
        if marker is not None:
            name = self._tokenizer.convert_ids_to_tokens(marker)
            raise Problem(f"Question {sample.sample_id} holds the marker {name} in its own text.")
        return ids

    def ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def decode(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode([token_id for token_id in ids if token_id not in self._markers]))

    def token_count(self) -> int:
        return len(self._tokenizer)

    def save(self, folder: Path) -> None:
        """tokenizer.json alone; its configuration is the base model's."""
        self._tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
