"""What the families' decoders share: pre-norm layers of transformers' Llama kind, called module by module."""

from __future__ import annotations

from typing import Any, cast

from torch import Tensor, nn


class DecoderLayers:
    """Holds references to the modules of `text`, a decoder without its head; owns no parameter of its own."""

    def __init__(self, text: Any) -> None:
        self._text = text
        self._layers: list[Any] = list(text.layers)
        self._head_size: int = self._layers[0].self_attn.head_dim

    @property
    def layer_count(self) -> int:
        return len(self._layers)

    @property
    def hidden_size(self) -> int:
        return int(self._text.config.hidden_size)

    @property
    def max_positions(self) -> int:
        return int(self._text.config.max_position_embeddings)

    def embed_tokens(self, ids: Tensor) -> Tensor:
        return cast(Tensor, self._text.embed_tokens(ids))

    def attention_input(self, layer: int, hidden: Tensor) -> Tensor:
        return cast(Tensor, self._layers[layer].input_layernorm(hidden))

    def finish_layer(self, layer: int, hidden: Tensor, context: Tensor) -> Tensor:
        module = self._layers[layer]
        hidden = hidden + module.self_attn.o_proj(context.transpose(1, 2).flatten(2))
        return cast(Tensor, hidden + module.mlp(module.post_attention_layernorm(hidden)))

    def final_norm(self, hidden: Tensor) -> Tensor:
        return cast(Tensor, self._text.norm(hidden))

    def _heads(self, projection: nn.Module, hidden: Tensor) -> Tensor:
        """[B, S, D] to [B, S, heads, Dh]."""
        projected: Tensor = projection(hidden)
        return projected.view(*projected.shape[:2], -1, self._head_size)
