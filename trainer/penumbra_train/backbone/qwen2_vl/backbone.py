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
)

from penumbra_train.backbone.decoder_layers import DecoderLayers
from penumbra_train.backbone.interface import Grid, Rotary, rotate
from penumbra_train.backbone.pixel_scale import PixelScale
from penumbra_train.backbone.qwen2_vl.vision import encode_batch
from penumbra_train.problem import Problem


class Qwen2VLBackbone(DecoderLayers):
    """Holds references to the modules of `model`; owns no parameter of its own."""

    lora_scope = r".*language_model\..*"
    has_row_positions = True

    def __init__(self, model: Qwen2VLForConditionalGeneration, pixel_scale: PixelScale) -> None:
        super().__init__(model.model.language_model)
        self.model = model
        self.pixel_scale = pixel_scale
        self._visual = cast(Qwen2VisionTransformerPretrainedModel, model.model.visual)

    @property
    def image_encoder(self) -> nn.Module:
        return cast(nn.Module, self._visual)

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

    def queries(self, layer: int, attention_input: Tensor, rotary: Rotary) -> Tensor:
        return rotate(self._heads(self._layers[layer].self_attn.q_proj, attention_input).transpose(1, 2), rotary)

    def keys_values(self, layer: int, attention_input: Tensor, rotary: Rotary) -> tuple[Tensor, Tensor]:
        attention = self._layers[layer].self_attn
        keys = rotate(self._heads(attention.k_proj, attention_input).transpose(1, 2), rotary)
        return keys, self._heads(attention.v_proj, attention_input).transpose(1, 2)

    def logits(self, final_hidden: Tensor) -> Tensor:
        return cast(Tensor, self.model.lm_head(final_hidden))

    @staticmethod
    def published_name(key: str) -> str:
        if key.startswith("model.visual."):
            return key.removeprefix("model.")
        return key.replace("model.language_model.", "model.")
