"""What a latent forward varies: the method's two numbers, its order, its ablations and where gradients are cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

StepLayout = Literal["patches-then-hidden", "hidden-then-patches"]
Gradients = Literal["full", "released"]


@dataclass(frozen=True)
class LatentSettings:
    """`gradients`: `full` lets them flow from step to step through the hidden states; `released` cuts them there, as
    the released code's writes through `.data` do.

    `alignment`: weight of a second loss, 1 - cosine between the hidden state that predicts a token and that token's embedding, which
    is left where it is. Ours: a small model trained with it can read its own hidden states as if they were tokens.

    `latent_text` and `latent_vision`: the trained ablations leave one out; a model without both takes no steps.
    """

    patches_per_step: int
    step_layout: StepLayout = "patches-then-hidden"
    latent_text: bool = True
    latent_vision: bool = True
    gradients: Gradients = "full"
    alignment: float = 0.0
    checkpointing: bool = False

    @property
    def takes_steps(self) -> bool:
        return self.latent_text or (self.latent_vision and self.patches_per_step > 0)

    @property
    def patch_columns(self) -> int:
        return self.patches_per_step if self.latent_vision else 0

    @property
    def step_columns(self) -> int:
        """Positions that one step appends."""
        return self.patch_columns + (1 if self.latent_text else 0)
