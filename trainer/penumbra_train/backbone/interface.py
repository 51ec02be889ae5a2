"""What the latent forward needs of a vision-language model: its decoder taken apart at the attention.

The latent forward owns the key-value cache, the masks and the attention itself; a backbone owns weights, rotation of
queries and keys, and everything around the attention. Each family of models (`qwen2_vl`, `chameleon`) implements this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn


class Rotary(NamedTuple):
    """Cosines and sines for positions, each [B, S, Dh]."""

    cos: Tensor
    sin: Tensor


def rotate(heads: Tensor, rotary: Rotary) -> Tensor:
    """Rotary position embedding of [B, heads, S, Dh]: the two halves of a head are the pairs."""
    cos, sin = rotary.cos.to(heads.dtype)[:, None], rotary.sin.to(heads.dtype)[:, None]
    first, second = heads.chunk(2, dim=-1)
    return heads * cos + torch.cat((-second, first), dim=-1) * sin


@dataclass(frozen=True)
class Grid:
    """Rows and columns of image slots."""

    rows: int
    columns: int

    @property
    def count(self) -> int:
        return self.rows * self.columns


class Backbone(Protocol):
    """A decoder of `layer_count` layers behind an image encoder."""

    @property
    def model(self) -> nn.Module:
        """transformers' module that all others are parts of."""
        ...

    @property
    def image_encoder(self) -> nn.Module: ...

    @property
    def layer_count(self) -> int: ...

    @property
    def hidden_size(self) -> int: ...

    @property
    def max_positions(self) -> int: ...

    @property
    def lora_scope(self) -> str:
        """A pattern of the decoder layers' names: adapters go nowhere else."""
        ...

    @property
    def has_row_positions(self) -> bool:
        """Whether ordinary prompting gives image rows and columns positions of their own (`method.positions` mrope)."""
        ...

    @staticmethod
    def published_name(key: str) -> str:
        """A tensor's name in memory to its name in published checkpoints."""
        ...

    def embed_tokens(self, ids: Tensor) -> Tensor:
        """Token ids [...] to input embeddings [..., D]."""
        ...

    def encode_images(self, pixels: Tensor) -> Tensor:
        """Images of one size, uint8 [B, 3, height, width], to input embeddings [B, J, D], or to the ids [B, J] of tokens
        where a family's images are words."""
        ...

    def slot_grid(self, height: int, width: int) -> Grid:
        """The image slots of that many pixels. Raises Problem for a size that the model does not take."""
        ...

    def rotary(self, positions: Tensor) -> Rotary:
        """Positions [B, S], or [3, B, S] where image rows and columns have their own."""
        ...

    def attention_input(self, layer: int, hidden: Tensor) -> Tensor:
        """The layer's input [B, S, D] as its attention sees it (normalised)."""
        ...

    def queries(self, layer: int, attention_input: Tensor, rotary: Rotary) -> Tensor:
        """[B, S, D] to rotated queries [B, H, S, Dh]."""
        ...

    def keys_values(self, layer: int, attention_input: Tensor, rotary: Rotary) -> tuple[Tensor, Tensor]:
        """[B, S, D] to rotated keys and values, each [B, Hkv, S, Dh]."""
        ...

    def finish_layer(self, layer: int, hidden: Tensor, context: Tensor) -> Tensor:
        """The layer's input [B, S, D] and its attention's result [B, H, S, Dh] to its output [B, S, D]."""
        ...

    def final_norm(self, hidden: Tensor) -> Tensor:
        """The last layer's output [..., D] to the final hidden state [..., D]."""
        ...

    def logits(self, final_hidden: Tensor) -> Tensor:
        """Final hidden states [..., D] to scores of tokens [..., V]."""
        ...
