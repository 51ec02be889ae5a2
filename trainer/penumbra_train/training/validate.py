"""Accuracy on a validation slice, by domain: latent greedy decoding as at inference, then a strict reading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

from penumbra_train.backbone.interface import Grid
from penumbra_train.encoding import EncodedSample, Encoder, collate
from penumbra_train.latent.decode import decode_greedily
from penumbra_train.latent.settings import LatentSettings
from penumbra_train.prompts import AnswerForm, answer_name
from penumbra_train.stages import stage_view
from penumbra_train.training.image_source import ImagesOf
from penumbra_train.training.latent_model import LatentModel

_CLAIM = {"letter": re.compile(r"answer is \(?([A-Z])\b"), "index": re.compile(r"answer is \(?(\d+)\b")}


def claimed(output: str, form: AnswerForm) -> str | None:
    """The last explicit claim of an output."""
    found = _CLAIM[form].findall(output)
    return str(found[-1]) if found else None


@dataclass
class Accuracy:
    """Right and all, by domain; `tokens` generated and `steps` taken in all (their sum: the autoregressive steps)."""

    right: Counter[str] = field(default_factory=Counter)
    count: Counter[str] = field(default_factory=Counter)
    unparsed: int = 0
    autoregressive_steps: int = 0

    def add(self, domain: str, is_right: bool) -> None:
        self.count[domain] += 1
        self.right[domain] += int(is_right)

    def summary(self) -> dict[str, object]:
        total = sum(self.count.values())
        return {
            "accuracy": sum(self.right.values()) / total,
            "count": total,
            "unparsed": self.unparsed,
            "autoregressive_steps": self.autoregressive_steps / total,
            "by_domain": {domain: self.right[domain] / count for domain, count in sorted(self.count.items())},
        }


def joined(parts: Sequence[Accuracy]) -> Accuracy:
    """Of several processes."""
    whole = Accuracy()
    for part in parts:
        whole.right.update(part.right)
        whole.count.update(part.count)
        whole.unparsed += part.unparsed
        whole.autoregressive_steps += part.autoregressive_steps
    return whole


class Answers(NamedTuple):
    """Outputs and chosen slots (of each latent step) in the samples' order."""

    accuracy: Accuracy
    outputs: list[str]
    slots: list[list[list[int]]]


@torch.no_grad()
def validate(
    model: LatentModel,
    encoder: Encoder,
    samples: Sequence[EncodedSample],
    images_of: ImagesOf,
    grid: Grid,
    *,
    latent_count: int,
    batch_size: int,
    max_tokens: int,
    mrope: bool,
    device: torch.device,
    settings: LatentSettings | None = None,
) -> Answers:
    """Answers all samples with `latent_count` latent steps."""
    was_training = model.training
    model.eval()
    accuracy = Accuracy()
    outputs = [""] * len(samples)
    selected: list[list[list[int]]] = [[] for _ in samples]
    order = sorted(range(len(samples)), key=lambda index: len(samples[index].prompt_ids))
    steps = latent_count if (settings or model.settings).takes_steps else 0
    for start in range(0, len(order), batch_size):
        chosen = order[start : start + batch_size]
        rows = [samples[index] for index in chosen]
        views = [stage_view(latent_count, 0, 1)] * len(rows)
        batch = collate(rows, views, images_of, grid, mrope=mrope).to(device)
        decoded = decode_greedily(
            model.backbone, batch, settings or model.settings, end_id=encoder.end_id, max_tokens=max_tokens
        )
        for index, row, (ids, slots) in zip(chosen, rows, decoded, strict=True):
            outputs[index], selected[index] = encoder.decode(ids), slots
            claim = claimed(outputs[index], encoder.answer_form) if row.sample.choices else outputs[index].strip()
            accuracy.unparsed += int(claim is None)
            accuracy.autoregressive_steps += steps + len(ids)
            accuracy.add(row.sample.domain, claim == answer_name(row.sample, encoder.answer_form))
    model.train(was_training)
    return Answers(accuracy, outputs, selected)


