"""Chameleon behind the backbone's interface, on transformers' modules (plain, or with peft's LoRA layers inside).

A picture is 2^(2n) words of the vocabulary: the nearest codebook entry of each place, mapped to a token. Queries and keys
are normalised per head before they are rotated (the 7B's order of norms; the 34B's swin norm is refused when the model is opened).
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from transformers import ChameleonForConditionalGeneration

from penumbra_train.backbone.decoder_layers import DecoderLayers
from penumbra_train.backbone.interface import Grid, Rotary, rotate
from penumbra_train.backbone.pixel_scale import PixelScale
from penumbra_train.problem import Problem


class ChameleonBackbone(DecoderLayers):
    """Holds references to the modules of `model`; owns no parameter of its own."""

    lora_scope = r".*model\.layers\..*"
    has_row_positions = False

    def __init__(self, model: ChameleonForConditionalGeneration, pixel_scale: PixelScale) -> None:
        super().__init__(model.model)
        self.model = model
        self.pixel_scale = pixel_scale

    @property
    def image_encoder(self) -> nn.Module:
        return cast(nn.Module, self._text.vqmodel)

    def slot_grid(self, height: int, width: int) -> Grid:
        vision = self.model.config.vq_config
        if (height, width) != (vision.resolution, vision.resolution):
            raise Problem(
                f"data.image_width and image_height are {width} x {height}.",
                f"This model sees {vision.resolution} x {vision.resolution}.",
            )
        side = vision.resolution >> (len(vision.channel_multiplier) - 1)
        return Grid(side, side)

    @torch.no_grad()
    def encode_images(self, pixels: Tensor) -> Tensor:
        values = self.pixel_scale(pixels).to(next(self.image_encoder.parameters()).dtype)
        return cast(Tensor, self._text.get_image_tokens(values)).long()

    def rotary(self, positions: Tensor) -> Rotary:
        cos, sin = self._text.rotary_emb(self._text.norm.weight.new_zeros(0, dtype=torch.float32), positions)
        return Rotary(cos, sin)

    def queries(self, layer: int, attention_input: Tensor, rotary: Rotary) -> Tensor:
        attention = self._layers[layer].self_attn
        heads = self._heads(attention.q_proj, attention_input)
        return rotate(attention.q_norm(heads).transpose(1, 2), rotary)

    def keys_values(self, layer: int, attention_input: Tensor, rotary: Rotary) -> tuple[Tensor, Tensor]:
        attention = self._layers[layer].self_attn
        keys = attention.k_norm(self._heads(attention.k_proj, attention_input)).transpose(1, 2)
        return rotate(keys, rotary), self._heads(attention.v_proj, attention_input).transpose(1, 2)

    def logits(self, final_hidden: Tensor) -> Tensor:
        """Image tokens are never said: their scores are the lowest number."""
        scores: Tensor = self.model.lm_head(final_hidden)
        said = torch.zeros(scores.shape[-1], dtype=torch.bool, device=scores.device)
        said[self._text.vocabulary_mapping.image_tokens] = True
        return scores.masked_fill(said, torch.finfo(scores.dtype).min)

    @staticmethod
    def published_name(key: str) -> str:
        return key
