"""Qwen2-VL behind the backbone's interface, on transformers' modules (plain, or with peft's LoRA layers inside).

Only modules are called, never weights, so that adapters take part. What is added to transformers' own forward is a
vision tower that takes a batch of images of one size at once (its own loops over images).
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from transformers import Qwen2VLForConditionalGeneration
from transformers.models.qwen2_vl.modeling_qwen2_vl import (
    Qwen2VisionTransformerPretrainedModel,
    Qwen2VLDecoderLayer,
    Qwen2VLTextModel,
)

from penumbra_train.backbone.interface import Grid, Rotary, rotate
from penumbra_train.backbone.pixel_scale import PixelScale
from penumbra_train.backbone.qwen2_vl.vision import encode_batch
from penumbra_train.problem import Problem


class Qwen2VLBackbone:
    """Holds references to the modules of `model`; owns no parameter of its own."""

    lora_scope = r".*language_model\..*"
    has_row_positions = True

    def __init__(self, model: Qwen2VLForConditionalGeneration, pixel_scale: PixelScale) -> None:
        self.model = model
        self.pixel_scale = pixel_scale
        self._text = cast(Qwen2VLTextModel, model.model.language_model)
        self._visual = cast(Qwen2VisionTransformerPretrainedModel, model.model.visual)
        self._layers = [cast(Qwen2VLDecoderLayer, layer) for layer in self._text.layers]
        self._head_size = self._layers[0].self_attn.head_dim

    @property
    def layer_count(self) -> int:
        return len(self._layers)

    @property
    def hidden_size(self) -> int:
        return int(self.model.config.text_config.hidden_size)

    @property
    def max_positions(self) -> int:
        return int(self.model.config.text_config.max_position_embeddings)

    @property
    def image_encoder(self) -> nn.Module:
        return cast(nn.Module, self._visual)

    def embed_tokens(self, ids: Tensor) -> Tensor:
        return cast(Tensor, self._text.embed_tokens(ids))

    def encode_images(self, pixels: Tensor) -> Tensor:
        return encode_batch(self._visual, pixels, self.pixel_scale)

    def slot_grid(self, height: int, width: int) -> Grid:
        side = self.model.config.vision_config.patch_size * self.model.config.vision_config.spatial_merge_size
        if height % side or width % side:
            raise Problem(
                f"data.image_width and image_height are {width} x {height}.", f"This model needs multiples of {side}."
            )
        return Grid(height // side, width // side)

    def rotary(self, positions: Tensor) -> Rotary:
        rows = positions if positions.dim() == 3 else positions[None].expand(3, -1, -1)
        cos, sin = self._text.rotary_emb(self._text.norm.weight.new_zeros(0, dtype=torch.float32), rows)
        return Rotary(cos, sin)

    def attention_input(self, layer: int, hidden: Tensor) -> Tensor:
        return cast(Tensor, self._layers[layer].input_layernorm(hidden))

    def queries(self, layer: int, attention_input: Tensor, rotary: Rotary) -> Tensor:
        return rotate(self._heads(self._layers[layer].self_attn.q_proj, attention_input), rotary)

    def keys_values(self, layer: int, attention_input: Tensor, rotary: Rotary) -> tuple[Tensor, Tensor]:
        attention = self._layers[layer].self_attn
        keys = rotate(self._heads(attention.k_proj, attention_input), rotary)
        return keys, self._heads(attention.v_proj, attention_input)

    def finish_layer(self, layer: int, hidden: Tensor, context: Tensor) -> Tensor:
        module = self._layers[layer]
        hidden = hidden + module.self_attn.o_proj(context.transpose(1, 2).flatten(2))
        return cast(Tensor, hidden + module.mlp(module.post_attention_layernorm(hidden)))

    def final_norm(self, hidden: Tensor) -> Tensor:
        return cast(Tensor, self._text.norm(hidden))

    def logits(self, final_hidden: Tensor) -> Tensor:
        return cast(Tensor, self.model.lm_head(final_hidden))

    @staticmethod
    def published_name(key: str) -> str:
        if key.startswith("model.visual."):
            return key.removeprefix("model.")
        return key.replace("model.language_model.", "model.")

    def _heads(self, projection: nn.Module, hidden: Tensor) -> Tensor:
        projected: Tensor = projection(hidden)  # [B, S, heads * Dh]
        return projected.view(*projected.shape[:2], -1, self._head_size).transpose(1, 2)
