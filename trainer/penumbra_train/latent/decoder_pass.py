"""One pass of the decoder over new positions behind a key-value cache, batched over rows of different lengths.

Columns that hold nothing in a row (padding, a step that the row does not take) are never attended to; what is
computed there is never read. The attention of one row per question over all its keys is computed explicitly, without
gradients; everything else goes through PyTorch's fused attention.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from penumbra_train.backbone.interface import Backbone, Rotary


class KeysValues(NamedTuple):
    """One layer's cache, each [B, Hkv, T, Dh]."""

    keys: Tensor
    values: Tensor


class PassResult(NamedTuple):
    hidden: Tensor  # [B, n, D] after the final norm, at the wanted rows
    cache: list[KeysValues]
    attention: Tensor | None  # [B, T] float32, mean over layers and heads; None when no row was asked for


def rows_of(columns: Tensor, rows: Tensor) -> Tensor:
    """Picks positions [B, n] out of [B, S, D], giving [B, n, D]."""
    return columns.gather(1, rows[..., None].expand(-1, -1, columns.shape[-1]))


def decoder_pass(
    backbone: Backbone,
    embeds: Tensor,
    valid: Tensor,
    positions: Tensor,
    *,
    past: Sequence[KeysValues] = (),
    rows: Tensor,
    attention_row: Tensor | None = None,
    checkpointing: bool = False,
) -> PassResult:
    """Feeds `embeds` [B, S, D]; `valid` [B, T] says which columns, cached ones included, hold something.

    `rows` [B, n]: the new columns whose final hidden states are wanted; the last layer computes nothing for the
    others but their keys and values. `attention_row` [B]: the column whose attention is wanted; it must then be the
    first of `rows`.
    """
    rotary = backbone.rotary(positions)
    cached = valid.shape[1] - embeds.shape[1]
    new_columns = torch.arange(embeds.shape[1], device=embeds.device)
    mask = _causal_mask(valid, cached, new_columns) if cached else None
    last_mask = _causal_mask(valid, cached, rows)
    row_rotary = Rotary(rows_of(rotary.cos, rows), rows_of(rotary.sin, rows))
    watched = None
    if attention_row is not None:
        watched = _Watched(attention_row, _causal_mask(valid, cached, attention_row[:, None])[:, 0, 0])
    hidden, cache, attentions = embeds, [], []
    for layer in range(backbone.layer_count):
        layer_past = past[layer] if past else None
        if layer < backbone.layer_count - 1:
            reads = _Reads(rotary, rotary, None, mask, watched)
        else:
            first = None if watched is None else watched._replace(query=torch.zeros_like(watched.query))
            reads = _Reads(rotary, row_rotary, rows, last_mask, first)
        if checkpointing and torch.is_grad_enabled():
            hidden, keys, values, attention = checkpoint(
                _layer, backbone, layer, hidden, layer_past, reads, use_reentrant=False
            )
        else:
            hidden, keys, values, attention = _layer(backbone, layer, hidden, layer_past, reads)
        cache.append(KeysValues(keys, values))
        if attention is not None:
            attentions.append(attention)
    mean = torch.stack(attentions).mean(dim=0) if attentions else None
    return PassResult(backbone.final_norm(hidden), cache, mean)


class _Watched(NamedTuple):
    """The query whose attention is wanted."""

    query: Tensor  # [B], among the layer's queries
    allowed: Tensor  # [B, T] bool: the keys that it sees


class _Reads(NamedTuple):
    """What a layer's queries are: their rotation, which columns they stand for (None: all), and what they see."""

    key_rotary: Rotary
    query_rotary: Rotary
    rows: Tensor | None  # [B, n]
    mask: Tensor | None  # [B, 1, n, T] bool; None: the new columns alone, causal
    watched: _Watched | None


def _causal_mask(valid: Tensor, cached: int, rows: Tensor) -> Tensor:
    """True where a query may look, [B, 1, n, T]; `rows` [B, n] or [n] counts new columns."""
    columns = torch.arange(valid.shape[1], device=valid.device)
    return (columns <= rows[..., None] + cached).expand(valid.shape[0], -1, -1)[:, None] & valid[:, None, None, :]


def _layer(
    backbone: Backbone, layer: int, hidden: Tensor, past: KeysValues | None, reads: _Reads
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Returns the layer's output, all keys and values so far, and the watched query's mean attention [B, T]."""
    normed = backbone.attention_input(layer, hidden)
    keys, values = backbone.keys_values(layer, normed, reads.key_rotary)
    if past is not None:
        keys, values = torch.cat((past.keys, keys), dim=2), torch.cat((past.values, values), dim=2)
    if reads.rows is not None:
        hidden, normed = rows_of(hidden, reads.rows), rows_of(normed, reads.rows)
    queries = backbone.queries(layer, normed, reads.query_rotary)
    attention = None if reads.watched is None else _watched_attention(queries, keys, reads.watched)
    context = functional.scaled_dot_product_attention(
        queries,
        _for_each_head(keys, queries),
        _for_each_head(values, queries),
        attn_mask=reads.mask,
        is_causal=reads.mask is None,
    )
    return backbone.finish_layer(layer, hidden, context), keys, values, attention


@torch.no_grad()
def _watched_attention(queries: Tensor, keys: Tensor, watched: _Watched) -> Tensor:
    """Softmax attention [B, T] of one query per question, mean over heads, in float32."""
    batch, heads, _, size = queries.shape
    index = watched.query.view(batch, 1, 1, 1).expand(-1, heads, 1, size)
    query = queries.gather(2, index).view(batch, keys.shape[1], -1, size)  # [B, Hkv, group, Dh]
    scores = (query @ keys.transpose(2, 3)).float() * size**-0.5
    attention: Tensor = scores.masked_fill(~watched.allowed[:, None, None, :], -torch.inf).softmax(dim=-1)
    return attention.mean(dim=(1, 2))


def _for_each_head(shared: Tensor, queries: Tensor) -> Tensor:
    """Keys or values [B, Hkv, T, Dh] repeated for the heads that share them."""
    group = queries.shape[1] // shared.shape[1]
    return shared if group == 1 else shared.repeat_interleave(group, dim=1)
