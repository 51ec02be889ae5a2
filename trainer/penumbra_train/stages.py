"""What each stage of the progressive training asks of a sample.

Stage 0 is explicit chain-of-thought. At stage s the first s rationale steps are replaced by latent steps, c for each
stage; what stays explicit, and the answer, carries the loss. A sample with fewer rationale steps takes as many latent
steps as the others: inference gives every question the same number.
"""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class StageView:
    """One sample at one stage."""

    latent_count: int
    explicit_steps: tuple[int, ...]  # indices of the rationale steps that stay
    last_share: float = 0.0  # of the last replaced step's tokens: so many at its end stay, too
    token_share: float = 0.0  # of the newest latent text: so much of it is a token's embedding


def stage_view(
    stage: int, rationale_step_count: int, latent_steps_per_stage: int, last_share: float = 0.0, token_share: float = 0.0
) -> StageView:
    explicit_steps = tuple(range(min(stage, rationale_step_count), rationale_step_count))
    # A sample with fewer steps than the stage has none that goes now.
    last_share = last_share if 0 < stage <= rationale_step_count else 0.0
    return StageView(stage * latent_steps_per_stage, explicit_steps, last_share, token_share if stage > 0 else 0.0)


def remaining_share(step: int, step_count: int, gradual: float) -> float:
    """What is left at optimiser step `step` (from 0) of a stage's `step_count`: all at first, nothing after the share `gradual` of the stage."""
    return max(0.0, 1 - step / (gradual * step_count)) if gradual > 0 else 0.0


def drawn_stage(stage: int, mixing: float, seed: int, epoch: int, sample_id: str) -> int:
    """The stage that a sample is shown at: with the chance `mixing` one of 0..`stage`, all alike, else `stage`.

    A draw of its own for each sample and epoch, so that it depends neither on the batch nor on the process.
    """
    if mixing <= 0 or stage == 0:
        return stage
    rng = random.Random(f"{seed}:{stage}:{epoch}:{sample_id}")
    return rng.randint(0, stage) if rng.random() < mixing else stage
