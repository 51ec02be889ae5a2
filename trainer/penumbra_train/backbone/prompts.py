"""What an encoder of samples needs of a family's tokenizer: its prompts, with their image slots, and its end token."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from penumbra_train.data.sample import Sample
from penumbra_train.prompts import PromptFormat


@dataclass(frozen=True)
class PromptIds:
    """A question up to where latent steps begin, and what is fed after them, before the answer."""

    ids: list[int]
    first_slot: int
    closing_ids: list[int]


class Prompts(Protocol):
    """A family's tokenizer."""

    @property
    def end_id(self) -> int:
        """Ends an answer."""
        ...

    def question(self, sample: Sample, prompt_format: PromptFormat, slot_count: int) -> PromptIds:
        """Raises Problem where the question's own text would become a slot."""
        ...

    def ids(self, text: str) -> list[int]:
        """Plain text, without special tokens around it."""
        ...

    def decode(self, ids: list[int]) -> str:
        """Without special tokens."""
        ...

    def token_count(self) -> int:
        """Ids that the tokenizer can give, added ones included."""
        ...

    def save(self, folder: Path) -> None:
        """Writes the tokenizer's files."""
        ...
