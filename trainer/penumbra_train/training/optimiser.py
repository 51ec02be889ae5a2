"""AdamW over what is trained, and its learning rate as a function of the step."""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch
from torch import nn

from penumbra_train.config.schema import OptimiserConfig


def make_optimiser(parameters: Iterable[nn.Parameter], config: OptimiserConfig) -> torch.optim.AdamW:
    return torch.optim.AdamW(
        list(parameters), lr=config.lr, betas=(config.beta1, config.beta2), weight_decay=config.weight_decay
    )


def learning_rate(config: OptimiserConfig, step: int, total: int) -> float:
    """At optimiser step `step` (from 0) of `total`."""
    if step < config.warmup_steps:
        return config.lr * (step + 1) / (config.warmup_steps + 1)
    done = (step - config.warmup_steps) / max(1, total - config.warmup_steps)
    if config.scheduler == "linear":
        return config.lr * (1 - done)
    if config.scheduler == "cosine":
        return config.lr * 0.5 * (1 + math.cos(math.pi * done))
    return config.lr
