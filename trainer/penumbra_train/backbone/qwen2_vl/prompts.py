"""Qwen2-VL's prompts: the chat template around image and question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from penumbra_train.backbone.prompts import PromptIds
from penumbra_train.data.sample import Sample
from penumbra_train.problem import Problem
from penumbra_train.prompts import PromptFormat, question_text

IMAGE_TOKEN, END_TOKEN = "<|image_pad|>", "<|im_end|>"


class Qwen2VLPrompts:
    """A transformers tokenizer with Qwen2-VL's special tokens."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self.image_id = self._required(IMAGE_TOKEN)
        self.end_id = self._required(END_TOKEN)

    def _required(self, token: str) -> int:
        found = self._tokenizer.convert_tokens_to_ids(token)
        if not isinstance(found, int) or found == self._tokenizer.unk_token_id:
            raise Problem(f"The tokenizer has no token {token}.", "Give the folder of a Qwen2-VL model.")
        return found

    def question(self, sample: Sample, prompt_format: PromptFormat, slot_count: int) -> PromptIds:
        content = [{"type": "image"}, {"type": "text", "text": question_text(sample, prompt_format)}]
        prompt = self._tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        if prompt.count(IMAGE_TOKEN) != 1:
            raise Problem(f"Question {sample.sample_id} holds the marker {IMAGE_TOKEN} in its own text.")
        ids = self.ids(prompt.replace(IMAGE_TOKEN, IMAGE_TOKEN * slot_count))
        return PromptIds(ids, ids.index(self.image_id), [])

    def ids(self, text: str) -> list[int]:
        return list(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def decode(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))

    def token_count(self) -> int:
        return len(self._tokenizer)

    def save(self, folder: Path) -> None:
        self._tokenizer.save_pretrained(folder)
