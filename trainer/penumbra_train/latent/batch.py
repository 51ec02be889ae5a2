"""One batch of questions as tensors: prompts and continuations padded on the right, images apart."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import torch
from torch import Tensor


@dataclass(frozen=True)
class LatentBatch:
    """`images` are embeddings [B, J, D] or token ids [B, J] where the image encoder ran before, else uint8 pixels
    [B, 3, height, width]. The first `closing_count` targets are the prompt's: fed after the latent steps, without a loss.

    Rows with fewer than J slots leave the last ones invalid. `positions` of the prompt, [3, B, S], only where image
    rows and columns have their own; `next_positions` then says where each row goes on.
    """

    prompt_ids: Tensor  # [B, S]
    prompt_lengths: Tensor  # [B]
    first_slots: Tensor  # [B] column of the first image slot
    slot_valid: Tensor  # [B, J] bool
    images: Tensor
    target_ids: Tensor  # [B, R] what is left explicit, and the answer
    target_lengths: Tensor  # [B]
    latent_counts: Tensor  # [B] latent steps of each row
    closing_count: int = 0
    positions: Tensor | None = None
    next_positions: Tensor | None = None  # [B]
    token_shares: Tensor | None = None  # [B] of the last latent step's text: so much is the embedding of the likeliest token

    def to(self, device: torch.device) -> Self:
        moved: dict[str, Any] = {
            field.name: value.to(device, non_blocking=True)
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), Tensor)
        }
        return replace(self, **moved)

    @property
    def label_count(self) -> int:
        return int((self.target_lengths - self.closing_count).sum())
