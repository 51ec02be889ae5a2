"""The training forward: prompt, latent steps and explicit remainder behind one cache, and the loss on the remainder.

The last step's positions and the remainder go through the decoder together, so that N steps cost N + 1 passes, each
position once. Loss: summed cross-entropy over the remainder's tokens, the first of which the last latent position
(or the prompt's last) predicts; never on latent positions.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from penumbra_train.backbone.interface import Backbone
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.latent.decoder_pass import decoder_pass
from penumbra_train.latent.settings import LatentSettings
from penumbra_train.latent.steps import Appended, advance, choose, last_valid, positions_of, start


@dataclass(frozen=True)
class LatentOutput:
    """`loss_sum` over `label_counts` tokens, `settings.alignment` included; the rest carries no gradient."""

    loss_sum: Tensor  # [] float32
    row_losses: Tensor  # [B] cross-entropy summed over each row's tokens
    label_counts: Tensor  # [B]
    slots: list[Tensor]  # of each step: [B, K], -1 where the row took no patch
    vision_mass: list[Tensor]  # of each step: [B], of the position that chose; NaN where the row took no step


def latent_forward(backbone: Backbone, batch: LatentBatch, settings: LatentSettings) -> LatentOutput:
    """Runs a batch; differentiable by `loss_sum`."""
    state = start(backbone, batch, settings)
    step_count = int(batch.latent_counts.max()) if settings.takes_steps else 0
    slots, masses = [], []
    appended: Appended | None = None
    for step in range(step_count):
        if appended is not None:
            state = advance(backbone, state, batch, appended, settings)
        masses.append(state.vision_mass.masked_fill(batch.latent_counts <= step, torch.nan))
        appended, state = choose(backbone, state, batch, settings, step)
        slots.append(appended.slots.masked_fill(~appended.slots_valid, -1))

    # The remainder, each of its tokens but the last fed once, behind the last step's columns.
    fed = batch.target_ids[:, :-1]
    embeds = backbone.embed_tokens(fed)
    fed_valid = torch.arange(fed.shape[1], device=fed.device) < (batch.target_lengths - 1)[:, None]
    step_columns = 0
    if appended is not None:
        step_columns = appended.embeds.shape[1]
        embeds = torch.cat((appended.embeds, embeds), dim=1)
        fed_valid = torch.cat((appended.valid, fed_valid), dim=1)
    first = state.query_hidden[:, None]  # what predicts the first token of the remainder
    if embeds.shape[1] == 0:
        predictors = first
    else:
        # The step's columns that no token is predicted from are left out of the last layer.
        rows = torch.arange(step_columns, embeds.shape[1], device=embeds.device).expand(len(fed), -1)
        if appended is not None:
            rows = torch.cat((last_valid(appended.valid)[:, None], rows), dim=1)
        hidden = decoder_pass(
            backbone,
            embeds,
            torch.cat((state.valid, fed_valid), dim=1),
            positions_of(state, fed_valid),
            past=state.cache,
            rows=rows,
            checkpointing=settings.checkpointing,
        ).hidden
        if appended is not None:
            stepped = appended.valid.any(dim=1)[:, None, None]
            predictors = torch.cat((torch.where(stepped, hidden[:, :1], first), hidden[:, 1:]), dim=1)
        else:
            predictors = torch.cat((first, hidden), dim=1)

    columns = torch.arange(batch.target_ids.shape[1], device=fed.device)
    labelled = (columns >= batch.closing_count) & (columns < batch.target_lengths[:, None])
    said, wanted = predictors[labelled], batch.target_ids[labelled]  # [labels, D], [labels]
    losses = functional.cross_entropy(backbone.logits(said).float(), wanted, reduction="none")
    row_losses = losses.new_zeros(len(fed)).index_add(0, labelled.nonzero()[:, 0], losses.detach())
    loss = losses.sum()
    if settings.alignment > 0:
        cosines = functional.cosine_similarity(said.float(), backbone.embed_tokens(wanted).detach().float(), dim=-1)
        loss = loss + settings.alignment * (1 - cosines).sum()
    return LatentOutput(loss, row_losses, batch.target_lengths - batch.closing_count, slots, masses)
