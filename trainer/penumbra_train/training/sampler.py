"""Which samples each optimiser step sees: a pure function of seed, stage and step, so that a resumed or a differently
distributed training sees the same."""

from __future__ import annotations

import torch


def global_batch(sample_count: int, batch: int, seed: int, stage: int, step: int) -> tuple[int, list[int]]:
    """The epoch (from 0) and the sample indices of a stage's step (from 0); an epoch's last batch may be smaller."""
    per_epoch = -(-sample_count // batch)
    epoch, within = divmod(step, per_epoch)
    generator = torch.Generator().manual_seed((seed * 1_000_003 + stage * 10_007 + epoch) % 2**63)
    order = torch.randperm(sample_count, generator=generator)
    return epoch, order[within * batch : (within + 1) * batch].tolist()


def share(indices: list[int], rank: int, processes: int) -> list[int]:
    """One process's part; parts differ by one sample at most, and may be empty."""
    return indices[rank::processes]


