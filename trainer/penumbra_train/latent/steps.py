"""The latent steps: prompt once, then each step's positions behind the cache. Shared by training and by decoding.

Paper: arXiv 2510.12603, section 3; order and tie rules as the released code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor

from penumbra_train.backbone.interface import Backbone
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.latent.decoder_pass import KeysValues, PassResult, decoder_pass
from penumbra_train.latent.selection import select_patches
from penumbra_train.latent.settings import LatentSettings


@dataclass(frozen=True)
class LatentState:
    """Where a batch stands: everything up to the last position that was fed."""

    cache: list[KeysValues]
    valid: Tensor  # [B, T] bool: cached columns that hold something
    next_positions: Tensor  # [B]
    query_hidden: Tensor  # [B, D] final hidden state of each row's last position
    scores: Tensor  # [B, J] that position's attention to the image slots
    pool: Tensor  # [B, J] bool: slots that no step has taken
    image_embeds: Tensor  # [B, J, D]
    vision_mass: Tensor  # [B] share of that position's attention that goes to the image slots


class Appended(NamedTuple):
    """What one step appends: C columns, the same for all rows; rows that take no step have none of them valid."""

    embeds: Tensor  # [B, C, D]
    valid: Tensor  # [B, C] bool
    slots: Tensor  # [B, K] the chosen slots
    slots_valid: Tensor  # [B, K] bool


def start(backbone: Backbone, batch: LatentBatch, settings: LatentSettings) -> LatentState:
    """Feeds the prompts."""
    images = backbone.encode_images(batch.images) if batch.images.dtype == torch.uint8 else batch.images
    if not images.is_floating_point():
        images = backbone.embed_tokens(images.long())
    embeds = backbone.embed_tokens(batch.prompt_ids)
    row_index, slot_index = batch.slot_valid.nonzero(as_tuple=True)
    columns = batch.first_slots[row_index] + slot_index
    taken = images[row_index, slot_index].to(embeds.dtype)
    embeds = embeds.index_put((row_index, columns), taken)
    length = batch.prompt_ids.shape[1]
    plain = torch.arange(length, device=embeds.device)
    valid = plain < batch.prompt_lengths[:, None]
    last = batch.prompt_lengths - 1
    result = decoder_pass(
        backbone,
        embeds,
        valid,
        plain.expand(len(last), -1) if batch.positions is None else batch.positions,
        rows=last[:, None],
        attention_row=last,
        checkpointing=settings.checkpointing,
    )
    scores, mass = _image_scores(result, batch)
    return LatentState(
        cache=result.cache,
        valid=valid,
        next_positions=batch.prompt_lengths if batch.next_positions is None else batch.next_positions,
        query_hidden=result.hidden[:, 0],
        scores=scores,
        pool=batch.slot_valid,
        image_embeds=images.to(embeds.dtype),
        vision_mass=mass,
    )


def choose(
    backbone: Backbone, state: LatentState, batch: LatentBatch, settings: LatentSettings, step: int
) -> tuple[Appended, LatentState]:
    """What step `step` (from 0) appends, and the state with the chosen slots out of the pool."""
    active = batch.latent_counts > step
    cut = settings.gradients == "released"
    parts, valids = [], []
    slots = state.scores.new_zeros((len(active), 0), dtype=torch.long)
    slots_valid = slots.bool()
    if settings.patch_columns:
        selection = select_patches(state.scores, state.pool, settings.patch_columns)
        slots, slots_valid = selection.slots, selection.valid & active[:, None]
        state = replace(state, pool=torch.where(active[:, None], selection.pool, state.pool))
        patches = state.image_embeds.gather(1, slots[..., None].expand(-1, -1, state.image_embeds.shape[-1]))
        parts.append(patches.detach() if cut else patches)
        valids.append(slots_valid)
    if settings.latent_text:
        hidden = _latent_text(backbone, state, batch, step)[:, None].to(state.image_embeds.dtype)
        parts.append(hidden.detach() if cut else hidden)
        valids.append(active[:, None])
    if settings.step_layout == "hidden-then-patches":
        parts.reverse()
        valids.reverse()
    return Appended(torch.cat(parts, dim=1), torch.cat(valids, dim=1), slots, slots_valid), state


def _latent_text(backbone: Backbone, state: LatentState, batch: LatentBatch, step: int) -> Tensor:
    """Hidden states [B, D]; where a training asks for it, the newest step's are in part still tokens."""
    hidden = state.query_hidden
    if batch.token_shares is None:
        return hidden
    shares = torch.where(batch.latent_counts - 1 == step, batch.token_shares, 0.0)[:, None].to(hidden.dtype)
    tokens = backbone.embed_tokens(backbone.logits(hidden).argmax(dim=-1))
    return torch.lerp(hidden, tokens.to(hidden.dtype), shares)


def last_valid(valid: Tensor) -> Tensor:
    """The last true column of each row [B, C]; 0 where there is none."""
    return (valid * torch.arange(valid.shape[1], device=valid.device)).argmax(dim=1)


def positions_of(state: LatentState, valid: Tensor) -> Tensor:
    """Positions [B, C] of new columns; those that hold nothing get their neighbour's."""
    return state.next_positions[:, None] + (valid.long().cumsum(dim=1) - 1).clamp_min(0)


def advance(
    backbone: Backbone, state: LatentState, batch: LatentBatch, appended: Appended, settings: LatentSettings
) -> LatentState:
    """Feeds a step's positions; rows without them stay where they are."""
    row = last_valid(appended.valid)
    valid = torch.cat((state.valid, appended.valid), dim=1)
    result = decoder_pass(
        backbone,
        appended.embeds,
        valid,
        positions_of(state, appended.valid),
        past=state.cache,
        rows=row[:, None],
        attention_row=row,
        checkpointing=settings.checkpointing,
    )
    scores, mass = _image_scores(result, batch)
    fed = appended.valid.any(dim=1)
    return replace(
        state,
        cache=result.cache,
        valid=valid,
        next_positions=state.next_positions + appended.valid.sum(dim=1),
        query_hidden=torch.where(fed[:, None], result.hidden[:, 0], state.query_hidden),
        scores=torch.where(fed[:, None], scores, state.scores),
        vision_mass=torch.where(fed, mass, state.vision_mass),
    )


def _image_scores(result: PassResult, batch: LatentBatch) -> tuple[Tensor, Tensor]:
    """The asked row's attention to the image slots [B, J] (0 where there is no slot), and its sum [B]."""
    if result.attention is None:
        raise ValueError("the pass was not asked for attention")
    slots = torch.arange(batch.slot_valid.shape[1], device=batch.slot_valid.device)
    columns = (batch.first_slots[:, None] + slots).clamp_max(batch.prompt_ids.shape[1] - 1)
    scores = result.attention.gather(1, columns).masked_fill(~batch.slot_valid, 0.0)
    return scores, scores.sum(dim=1)
