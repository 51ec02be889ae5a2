"""Stops a training whose loss is no number or explodes, and says what to change."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from penumbra_train.config.schema import RunConfig
from penumbra_train.problem import Problem

SETTLING_STEPS = 20
FLOOR = 0.2  # nats a token; below it a jump by the factor is noise


@dataclass
class LossGuard:
    """A running mean of the loss within one stage (stages start anew: each is harder than the one before)."""

    factor: float
    patience: int = 1  # steps in a row above the factor that are an explosion
    mean: float = 0.0
    steps: int = 0
    high: int = 0  # steps in a row above the factor

    def check(self, loss: float, gradient_norm: float, place: str) -> None:
        """Call before the optimiser's step. Fails where going on would waste the checkpoint."""
        if not (math.isfinite(loss) and math.isfinite(gradient_norm)):
            what = "loss" if not math.isfinite(loss) else "gradient"
            raise Problem(
                f"The {what} is not a finite number at {place}.",
                "Lower optimiser.lr or optimiser.clip, or train with run.precision = \"no\"; "
                "the last checkpoint is from before.",
            )
        self.high = self.high + 1 if self.steps >= SETTLING_STEPS and loss > self.factor * max(self.mean, FLOOR) else 0
        if self.high == self.patience:
            raise Problem(
                f"The loss exploded at {place}: {loss:.3f}, against {self.mean:.3f} before.",
                "Lower optimiser.lr, add optimiser.warmup_steps, or raise run.exploding_factor; "
                "the last checkpoint is from before.",
            )
        if self.high:
            return
        self.mean = loss if self.steps == 0 else 0.95 * self.mean + 0.05 * loss
        self.steps += 1


def out_of_memory(error: BaseException, run: RunConfig) -> Problem | None:
    """What to lower, where the error is one of memory; else None."""
    is_memory = isinstance(error, (torch.OutOfMemoryError, MemoryError)) or "can't allocate memory" in str(error)
    if not is_memory:
        return None
    advice = [f"lower run.micro_batch (now {run.micro_batch}; the global batch stays)"]
    if not run.gradient_checkpointing:
        advice.append("set run.gradient_checkpointing = true")
    advice.append("smaller images (data.image_width, data.image_height)")
    return Problem("Out of memory.", f"In this order: {'; '.join(advice)}.")
