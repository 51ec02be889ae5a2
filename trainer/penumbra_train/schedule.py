"""Which stages a training goes through, and how long each is."""

from __future__ import annotations

from dataclasses import dataclass

from penumbra_train.config.schema import TrainingConfig
from penumbra_train.problem import Problem


@dataclass(frozen=True)
class StagePlan:
    stage: int
    epochs: int
    steps: int  # optimiser steps; 0: by epochs

    def step_count(self, sample_count: int, global_batch: int) -> int:
        """Optimiser steps; the last batch of an epoch may be smaller."""
        return self.steps or self.epochs * -(-sample_count // global_batch)


def stage_plans(config: TrainingConfig) -> list[StagePlan]:
    """Explicit and direct supervision are one stage, numbered 0."""
    schedule = config.schedule
    stages = [0]
    if config.method.supervision == "latent":
        last = config.method.stages if schedule.last_stage is None else schedule.last_stage
        stages = list(range(schedule.first_stage, last + 1))
    epochs, steps = (_each(value, len(stages), name) for value, name in ((schedule.epochs, "epochs"), (schedule.steps, "steps")))
    return [StagePlan(*plan) for plan in zip(stages, epochs, steps, strict=True)]


def _each(value: list[int] | int, count: int, name: str) -> list[int]:
    values = value if isinstance(value, list) else [value] * count
    if len(values) != count or any(number < 0 for number in values):
        raise Problem(f"schedule.{name} is {value}.", f"Expected one number, or {count} of them, for stages in order.")
    return values
