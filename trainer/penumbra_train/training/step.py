"""One optimiser step's gradients: a global batch, its share of this process in micro batches, and what it measured."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedType
from torch import Tensor, nn

from penumbra_train.encoding import EncodedSample, target_ids
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.latent.forward import LatentOutput
from penumbra_train.stages import StageView
from penumbra_train.training.sampler import share

Collate = Callable[[list[EncodedSample], list[StageView]], LatentBatch]


@dataclass(frozen=True)
class Shown:
    """A sample as this step shows it."""

    sample: EncodedSample
    stage: int
    view: StageView
    label_count: int

    @classmethod
    def of(cls, sample: EncodedSample, stage: int, view: StageView) -> Shown:
        return cls(sample, stage, view, len(target_ids(sample, view)))


@dataclass(frozen=True)
class Measured:
    """Over the whole global batch, the same in every process."""

    loss: float
    loss_by_stage: dict[int, float]
    vision_mass: list[float]  # mean share of attention on the image, for each latent step
    stop_signal: int


def accumulate_gradients(
    accelerator: Accelerator,
    model: nn.Module,
    shown: list[Shown],
    collate: Collate,
    *,
    micro_batch: int,
    stages: int,
    latent_steps: int,
    stop_signal: int,
) -> Measured:
    """Adds the gradients of the mean loss over the batch's label tokens to the model's."""
    device = accelerator.device
    total_labels = sum(item.label_count for item in shown)
    order = sorted(range(len(shown)), key=lambda i: len(shown[i].sample.prompt_ids) + shown[i].label_count)
    mine = [shown[index] for index in share(order, accelerator.process_index, accelerator.num_processes)]
    # A process without a sample takes part in the exchange all the same.
    weight = 1.0 if mine else 0.0
    mine = mine or shown[:1]
    sums = torch.zeros(2 * (stages + 1) + 2 * max(1, latent_steps) + 1, dtype=torch.float64)
    sizes = [stages + 1, stages + 1, max(1, latent_steps), max(1, latent_steps), 1]
    loss_sums, label_counts, mass_sums, mass_counts, stop = torch.split(sums, sizes)
    stop += stop_signal
    chunks = [mine[start : start + micro_batch] for start in range(0, len(mine), micro_batch)]
    for index, chunk in enumerate(chunks):
        is_last = index == len(chunks) - 1
        batch = collate([item.sample for item in chunk], [item.view for item in chunk]).to(device)
        with contextlib.nullcontext() if is_last else accelerator.no_sync(model):
            output: LatentOutput = model(batch)
            # Processes average their gradients; the loss is a sum.
            _backward(accelerator, output.loss_sum * (weight * accelerator.num_processes / total_labels), is_last)
        if weight:
            stage_of = torch.tensor([item.stage for item in chunk])
            loss_sums.index_add_(0, stage_of, output.row_losses.double().cpu())
            label_counts.index_add_(0, stage_of, output.label_counts.double().cpu())
            for step, mass in enumerate(output.vision_mass):
                taken = mass[~mass.isnan()].double().cpu()
                mass_sums[step] += taken.sum()
                mass_counts[step] += len(taken)
    if accelerator.num_processes > 1:
        sums.copy_(_reduced(accelerator, sums))
    by_stage = {i: float(loss_sums[i] / label_counts[i]) for i in range(stages + 1) if label_counts[i] > 0}
    masses = [float(mass_sums[i] / mass_counts[i]) for i in range(latent_steps) if mass_counts[i] > 0]
    return Measured(float(loss_sums.sum() / label_counts.sum()), by_stage, masses, int(stop.item()))


def _backward(accelerator: Accelerator, loss: Tensor, is_last: bool) -> None:
    if accelerator.distributed_type == DistributedType.DEEPSPEED:
        # Its engine steps by itself at the last micro batch.
        accelerator.deepspeed_engine_wrapped.backward(loss, sync_gradients=is_last)
    else:
        accelerator.backward(loss)


def _reduced(accelerator: Accelerator, sums: Tensor) -> Tensor:
    found: Tensor = accelerator.reduce(sums.to(accelerator.device), reduction="sum")
    return found.cpu()
