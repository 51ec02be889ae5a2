"""What the latent forward needs of a vision-language model: its decoder taken apart at the attention.

The latent forward owns the key-value cache, the masks and the attention itself; a backbone owns weights, rotation of
queries and keys, and everything around the attention. A second backbone is a second implementation of this.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from torch import Tensor


class Rotary(NamedTuple):
    """Cosines and sines for positions, each [B, S, Dh]."""

    cos: Tensor
    sin: Tensor


class Backbone(Protocol):
    """A decoder of `layer_count` layers behind an image encoder."""

    @property
    def layer_count(self) -> int: ...

    def embed_tokens(self, ids: Tensor) -> Tensor:
        """Token ids [...] to input embeddings [..., D]."""
        ...

    def encode_images(self, pixels: Tensor) -> Tensor:
        """Images of one size, uint8 [B, 3, height, width], to input embeddings [B, J, D]."""
        ...

    def slot_count(self, height: int, width: int) -> int:
        """J for an image of that many pixels."""
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
