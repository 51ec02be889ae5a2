"""Greedy answers of a batch: latent steps, then token after token behind the same cache."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from penumbra_train.backbone.interface import Backbone
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.latent.decoder_pass import decoder_pass
from penumbra_train.latent.settings import LatentSettings
from penumbra_train.latent.steps import advance, choose, start


class Decoded(NamedTuple):
    """One row's answer."""

    tokens: list[int]  # end of sequence included, where it came
    slots: list[list[int]]  # of each latent step


@torch.no_grad()
def decode_greedily(
    backbone: Backbone, batch: LatentBatch, settings: LatentSettings, *, end_id: int, max_tokens: int
) -> list[Decoded]:
    """Answers every row; of the batch's targets nothing but the prompt's closing tokens is looked at."""
    chosen: list[list[list[int]]] = [[] for _ in range(len(batch.prompt_ids))]
    state = start(backbone, batch, settings)
    for step in range(int(batch.latent_counts.max()) if settings.takes_steps else 0):
        appended, state = choose(backbone, state, batch, settings, step)
        for row, (slots, valid_slots) in enumerate(zip(appended.slots, appended.slots_valid, strict=True)):
            if step < int(batch.latent_counts[row]):
                chosen[row].append(slots[valid_slots].tolist())
        state = advance(backbone, state, batch, appended, settings)
    hidden, cache, valid, next_positions = state.query_hidden, state.cache, state.valid, state.next_positions
    rows = len(hidden)
    tokens = torch.zeros(rows, 0, dtype=torch.long, device=hidden.device)
    ended = torch.zeros(rows, dtype=torch.bool, device=hidden.device)
    first_column = torch.zeros(rows, 1, dtype=torch.long, device=hidden.device)

    def feed(token: Tensor) -> None:
        nonlocal hidden, cache, valid, next_positions
        valid = torch.cat((valid, torch.ones_like(first_column, dtype=torch.bool)), dim=1)
        result = decoder_pass(
            backbone, backbone.embed_tokens(token[:, None]), valid, next_positions[:, None], past=cache, rows=first_column
        )
        hidden, cache = result.hidden[:, 0], result.cache
        next_positions = next_positions + 1

    for column in range(batch.closing_count):
        feed(batch.target_ids[:, column])
    while tokens.shape[1] < max_tokens:
        token = backbone.logits(hidden).argmax(dim=-1)  # [B]
        tokens = torch.cat((tokens, token[:, None]), dim=1)
        ended |= token == end_id
        if bool(ended.all()):
            break
        feed(token)
    return [Decoded(_until_end(row, end_id), slots) for row, slots in zip(tokens, chosen, strict=True)]


def _until_end(row: Tensor, end_id: int) -> list[int]:
    ids: list[int] = row.tolist()
    return ids[: ids.index(end_id) + 1] if end_id in ids else ids

