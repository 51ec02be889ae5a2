"""The oracle of the latent forward: no cache, the whole sequence anew at each step, transformers' own eager forward.

It follows the method's text on lists of rows and shares with the fast forward nothing but the batch. The benchmark
measures it too: this is how the released code trains.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedModel

from penumbra_train.latent.batch import LatentBatch
from penumbra_train.latent.settings import LatentSettings


def recompute_loss(
    model: PreTrainedModel, batch: LatentBatch, images: Tensor, settings: LatentSettings
) -> tuple[Tensor, list[list[list[int]]]]:
    """Summed loss over the remainders, and the slots of each step of each row.

    `model` must attend eagerly. `images` [B, J, D]: its own embeddings of the batch's images.
    """
    embed = model.get_input_embeddings()
    sequences: list[Tensor] = []
    pools: list[set[int]] = []
    for row, length in enumerate(batch.prompt_lengths.tolist()):
        sequence = embed(batch.prompt_ids[row, :length])
        first, count = int(batch.first_slots[row]), int(batch.slot_valid[row].sum())
        sequences.append(torch.cat((sequence[:first], images[row, :count].to(sequence.dtype), sequence[first + count :])))
        pools.append(set(range(count)))

    taken: list[list[list[int]]] = [[] for _ in sequences]
    cut = settings.gradients == "released"
    for step in range(int(batch.latent_counts.max()) if settings.takes_steps else 0):
        hidden, attention = _last_rows(model, sequences)
        for row, sequence in enumerate(sequences):
            if int(batch.latent_counts[row]) <= step:
                continue
            first, count = int(batch.first_slots[row]), int(batch.slot_valid[row].sum())
            slots = _best(attention[row][first : first + count].tolist(), pools[row], settings.patch_columns)
            pools[row] -= set(slots)
            taken[row].append(slots)
            parts = [images[row, slots].to(sequence.dtype)]
            if settings.latent_text:
                text = hidden[row]
                if batch.token_shares is not None and int(batch.latent_counts[row]) == step + 1:
                    share = batch.token_shares[row]
                    text = (1 - share) * text + share * embed(model.lm_head(text).argmax())
                parts.append(text[None])
            if settings.step_layout == "hidden-then-patches":
                parts.reverse()
            added = torch.cat(parts)
            sequences[row] = torch.cat((sequence, added.detach() if cut else added))

    targets = [batch.target_ids[row, :length] for row, length in enumerate(batch.target_lengths.tolist())]
    whole = [torch.cat((sequence, embed(target[:-1]))) for sequence, target in zip(sequences, targets, strict=True)]
    output = _forward(model, whole, attentions=False)
    loss = output["logits"].new_zeros(())
    closing = batch.closing_count
    for row, (sequence, target) in enumerate(zip(sequences, targets, strict=True)):
        predictors = slice(len(sequence) - 1 + closing, len(sequence) - 1 + len(target))
        target = target[closing:]
        loss = loss + functional.cross_entropy(output["logits"][row, predictors].float(), target, reduction="sum")
        if settings.alignment > 0:
            said, wanted = output["hidden_states"][-1][row, predictors], embed(target).detach()
            cosines = (said * wanted).sum(-1) / said.norm(dim=-1) / wanted.norm(dim=-1)
            loss = loss + settings.alignment * (1 - cosines).sum()
    return loss, taken


def _best(scores: list[float], pool: set[int], count: int) -> list[int]:
    """Slots above the count-th score ascending, then those at it, lowest first."""
    if count == 0:
        return []
    if count > len(pool):
        return sorted(pool)
    limit = sorted((scores[slot] for slot in pool), reverse=True)[count - 1]
    above = sorted(slot for slot in pool if scores[slot] > limit)
    return above + sorted(slot for slot in pool if scores[slot] == limit)[: count - len(above)]


def _last_rows(model: PreTrainedModel, sequences: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
    """Final hidden state [D] and mean attention [T] of each row's last position."""
    output = _forward(model, sequences, attentions=True)
    hidden, attention = [], []
    for row, sequence in enumerate(sequences):
        last = len(sequence) - 1
        hidden.append(output["hidden_states"][-1][row, last])
        layers = [layer[row, :, last, : last + 1] for layer in output["attentions"]]  # each [H, T]
        attention.append(torch.stack(layers).detach().float().mean(dim=(0, 1)))
    return hidden, attention


def _forward(model: PreTrainedModel, sequences: list[Tensor], *, attentions: bool) -> dict[str, Tensor]:
    embeds = pad_sequence(sequences, batch_first=True)
    batch, length = embeds.shape[:2]
    columns = torch.arange(length, device=embeds.device)
    lengths = torch.tensor([len(sequence) for sequence in sequences], device=embeds.device)
    return cast(
        dict[str, Tensor],
        model(
            inputs_embeds=embeds,
            attention_mask=(columns < lengths[:, None]).long(),
            position_ids=columns.expand(*((3, batch) if model.config.model_type == "qwen2_vl" else (batch,)), -1),
            use_cache=False,
            output_attentions=attentions,
            output_hidden_states=True,
        ),
    )
