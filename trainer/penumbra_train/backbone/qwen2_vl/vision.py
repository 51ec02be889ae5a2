"""Qwen2-VL's vision tower over a batch of still images of one size.

The same arithmetic as transformers' tower, with a batch axis in place of a loop over images. A still image is shown
to the tower as two equal frames; summing the patch kernel over the frames gives the same for half the work.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers.models.qwen2_vl.modeling_qwen2_vl import Qwen2VisionTransformerPretrainedModel

from penumbra_train.backbone.pixel_scale import PixelScale


def patches_of(pixels: Tensor, scale: PixelScale, patch: int, merge: int) -> Tensor:
    """uint8 [B, 3, height, width] to normalised patches [B, P, 3 * patch * patch], in blocks of merge x merge."""
    image = scale(pixels)
    batch, colours, height, width = image.shape
    block = patch * merge
    if height % block or width % block:
        raise ValueError(f"{width} x {height} pixels do not divide into slots of {block}")
    image = image.view(batch, colours, height // block, merge, patch, width // block, merge, patch)
    return image.permute(0, 2, 5, 3, 6, 1, 4, 7).reshape(batch, -1, colours * patch * patch)


def patch_coordinates(rows: int, columns: int, merge: int) -> Tensor:
    """Row and column of each of rows x columns patches in the tower's order, [2, P]."""
    grid = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij"))
    blocks = grid.view(2, rows // merge, merge, columns // merge, merge)
    return blocks.transpose(2, 3).reshape(2, -1)


def encode_batch(tower: Qwen2VisionTransformerPretrainedModel, pixels: Tensor, scale: PixelScale) -> Tensor:
    """uint8 [B, 3, height, width] to embeddings [B, J, D]."""
    projection = tower.patch_embed.proj
    patch, merge = projection.kernel_size[-1], tower.spatial_merge_size
    kernel = projection.weight.sum(dim=2).flatten(1)  # [E, 3 * patch * patch]
    patches = patches_of(pixels, scale, patch, merge)
    hidden = functional.linear(patches.to(kernel.dtype), kernel)  # [B, P, E]
    coordinates = patch_coordinates(pixels.shape[-2] // patch, pixels.shape[-1] // patch, merge)
    cos, sin = tower.rotary_pos_emb(hidden, coordinates.T.to(hidden.device))  # each [P, Eh]
    for block in tower.blocks:
        normed = block.norm1(hidden)
        qkv = block.attn.qkv(normed).unflatten(-1, (3, block.attn.num_heads, -1))  # [B, P, 3, heads, Eh]
        queries, keys, values = qkv.permute(2, 0, 3, 1, 4)  # each [B, heads, P, Eh]
        queries, keys = _rotate(queries, cos, sin), _rotate(keys, cos, sin)
        context = functional.scaled_dot_product_attention(queries, keys, values)
        hidden = hidden + block.attn.proj(context.transpose(1, 2).flatten(2))
        hidden = hidden + block.mlp(block.norm2(hidden))
    merger = tower.merger
    merged = merger.ln_q(hidden).reshape(hidden.shape[0], -1, merger.hidden_size)
    return cast(Tensor, cast(nn.Module, merger.mlp)(merged))


def _rotate(heads: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """In float32, as transformers does it: [B, heads, P, Eh] with cosines and sines [P, Eh]."""
    wide = heads.float()
    first, second = wide.chunk(2, dim=-1)
    return (wide * cos.float() + torch.cat((-second, first), dim=-1) * sin.float()).to(heads.dtype)
