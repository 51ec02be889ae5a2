"""Samples as token ids, once for the whole training, and batches of them as tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from penumbra_train.backbone.interface import Grid
from penumbra_train.backbone.prompts import Prompts
from penumbra_train.data.sample import Sample
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.prompts import AnswerForm, PromptFormat, answer_text
from penumbra_train.rationale import rationale_steps
from penumbra_train.stages import StageView


@dataclass(frozen=True)
class EncodedSample:
    sample: Sample
    image_index: int
    prompt_ids: list[int]
    first_slot: int
    step_ids: list[list[int]]  # each rationale step, a newline at its end
    answer_ids: list[int]  # the answer's sentence and end of sequence
    closing_ids: list[int]  # fed after the latent steps; no loss is on them


class Encoder:
    """A family's prompts, for one prompt format and one image size."""

    def __init__(self, prompts: Prompts, prompt_format: PromptFormat, answer_form: AnswerForm, slot_count: int) -> None:
        self._prompts = prompts
        self._prompt_format: PromptFormat = prompt_format
        self.answer_form: AnswerForm = answer_form
        self.slot_count = slot_count
        self.end_id = prompts.end_id
        self.decode = prompts.decode

    def encode(self, sample: Sample, image_index: int, step_count: int) -> EncodedSample:
        prompt, ids = self._prompts.question(sample, self._prompt_format, self.slot_count), self._prompts.ids
        return EncodedSample(
            sample=sample,
            image_index=image_index,
            prompt_ids=prompt.ids,
            first_slot=prompt.first_slot,
            step_ids=[ids(step + "\n") for step in rationale_steps(sample.rationale, step_count)],
            answer_ids=[*ids(answer_text(sample, self.answer_form)), self.end_id],
            closing_ids=prompt.closing_ids,
        )


def target_ids(encoded: EncodedSample, view: StageView) -> list[int]:
    """What stays explicit, and the answer; the prompt's closing tokens, which are fed and not learnt, are apart."""
    replaced = encoded.step_ids[: len(encoded.step_ids) - len(view.explicit_steps)]
    last = replaced[-1] if replaced else []
    # The latent step stands for the first token at once.
    tail = last[len(last) - math.ceil(view.last_share * (len(last) - 1)) :]
    return tail + [token for step in view.explicit_steps for token in encoded.step_ids[step]] + encoded.answer_ids


def padded(rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Ids [B, longest], zeros on the right, and lengths [B]."""
    lengths = torch.tensor([len(row) for row in rows])
    ids = torch.zeros(len(rows), int(lengths.max()), dtype=torch.long)
    for index, row in enumerate(rows):
        ids[index, : len(row)] = torch.tensor(row)
    return ids, lengths


def collate(
    samples: Sequence[EncodedSample],
    views: Sequence[StageView],
    images_of: Callable[[list[int]], Tensor],
    grid: Grid,
    *,
    mrope: bool,
) -> LatentBatch:
    """One batch; `images_of` gives pixels or embeddings for image indices."""
    prompt_ids, prompt_lengths = padded([sample.prompt_ids for sample in samples])
    targets = [sample.closing_ids + target_ids(sample, view) for sample, view in zip(samples, views, strict=True)]
    ids, lengths = padded(targets)
    first_slots = torch.tensor([sample.first_slot for sample in samples])
    positions, next_positions = None, None
    if mrope:
        positions = mrope_positions(prompt_ids.shape[1], first_slots, grid)
        next_positions = prompt_lengths - grid.rows * grid.columns + max(grid.rows, grid.columns)
    return LatentBatch(
        prompt_ids=prompt_ids,
        prompt_lengths=prompt_lengths,
        first_slots=first_slots,
        slot_valid=torch.ones(len(samples), grid.rows * grid.columns, dtype=torch.bool),
        images=images_of([sample.image_index for sample in samples]),
        target_ids=ids,
        target_lengths=lengths,
        latent_counts=torch.tensor([view.latent_count for view in views]),
        closing_count=len(samples[0].closing_ids),
        positions=positions,
        next_positions=next_positions,
        token_shares=torch.tensor([view.token_share for view in views]) if any(view.token_share for view in views) else None,
    )


def mrope_positions(length: int, first_slots: Tensor, grid: Grid) -> Tensor:
    """Qwen2-VL's positions of prompts with one image, [3, B, S]: time, row and column."""
    columns = torch.arange(length).expand(len(first_slots), -1)  # [B, S]
    slot = columns - first_slots[:, None]
    count = grid.rows * grid.columns
    after = slot >= count
    text = torch.where(after, columns - count + max(grid.rows, grid.columns), columns)
    inside = (slot >= 0) & ~after
    first = first_slots[:, None]
    rows = torch.where(inside, first + slot.clamp(0, count) // grid.columns, text)
    across = torch.where(inside, first + slot.clamp(0, count) % grid.columns, text)
    return torch.stack((torch.where(inside, first, text), rows, across))
