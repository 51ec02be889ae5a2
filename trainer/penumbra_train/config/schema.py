"""A training as its TOML file states it. Defaults are the method's and the paper's; see trainer/README.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from penumbra_train.latent.settings import Gradients, LatentSettings, StepLayout
from penumbra_train.prompts import AnswerForm, PromptFormat

Supervision = Literal["latent", "explicit", "direct"]


@dataclass(frozen=True)
class LoraConfig:
    r: int = 64
    alpha: int = 16
    dropout: float = 0.05
    targets: list[str] = field(
        default_factory=lambda: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    )


@dataclass(frozen=True)
class ModelConfig:
    """`path`: a Hugging Face folder, or a checkpoint of an earlier training (its `model` folder)."""

    path: str
    dtype: Literal["float32", "bfloat16"] = "float32"
    vision: Literal["frozen", "trained"] = "frozen"
    lora: LoraConfig | None = None


@dataclass(frozen=True)
class Source:
    """One split of a dataset folder (`all`: every row) or of one of its files; `limit` 0: all of it, else a fixed draw of that many."""

    path: str
    split: str
    limit: int = 0


@dataclass(frozen=True)
class DataConfig:
    train: list[Source]
    validation: Source | None = None
    prompt_format: PromptFormat = "released-inference"
    inference_prompt_format: PromptFormat | None = None  # what merge writes; the training's own when absent
    answer_form: AnswerForm = "letter"
    image_width: int = 280
    image_height: int = 280
    cache: str | None = None  # where pixels and image embeddings lie; beside the output when absent


@dataclass(frozen=True)
class MethodConfig:
    """`explicit` trains all rationale steps as text, `direct` the answer alone; both take no latent step.

    `positions`: `mrope` gives image rows and columns positions of their own, as ordinary Qwen2-VL prompting does
    (the app's no-cot); latent training uses `plain`. `alignment`: weight of the loss that draws hidden states to the embeddings
    of the tokens they predict (`LatentSettings`).
    """

    supervision: Supervision = "latent"
    stages: int = 3
    latent_steps_per_stage: int = 1
    patches_per_step: int = 32
    step_layout: StepLayout = "patches-then-hidden"
    latent_text: bool = True
    latent_vision: bool = True
    gradients: Gradients = "full"
    alignment: float = 0.0
    positions: Literal["plain", "mrope"] = "plain"


@dataclass(frozen=True)
class ScheduleConfig:
    """`epochs` and `steps`: one number for every stage from `first_stage`, or a list of one for each.

    `steps` (optimiser steps) wins over `epochs` where it is above 0. `mixing`: the chance that a sample is shown at a
    stage drawn evenly from 0 to the current one. `gradual`: the share of a stage in which the text of the step that it replaces goes,
    token by token from its start, instead of all at once (Deng et al. 2024, "From Explicit CoT to Implicit CoT", arXiv 2405.14838).
    `softening`: the share of a stage in which the newest latent text turns from the embedding of the token that the hidden state
    predicts into the hidden state itself, instead of being it at once. `reset_optimiser`: new moments, and a new warm-up, at each stage.
    """

    first_stage: int = 0
    last_stage: int | None = None
    epochs: list[int] | int = 4
    steps: list[int] | int = 0
    mixing: float = 0.0
    gradual: float = 0.0
    softening: float = 0.0
    reset_optimiser: bool = True


@dataclass(frozen=True)
class OptimiserConfig:
    lr: float = 4e-5
    weight_decay: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    clip: float = 0.7
    scheduler: Literal["constant", "linear", "cosine"] = "constant"
    warmup_steps: int = 0


@dataclass(frozen=True)
class RunConfig:
    output: str
    seed: int = 0
    global_batch: int = 64
    micro_batch: int = 8
    precision: Literal["no", "bf16"] = "no"
    gradient_checkpointing: bool = False
    threads: int = 0  # CPU threads; 0: PyTorch's choice
    log_every: int = 10
    save_every: int = 500
    keep: int = 2
    validate_every: int = 0  # optimiser steps; 0: at the end of each stage only
    validation_batch: int = 32
    validation_tokens: int = 128
    exploding_factor: float = 10.0
    tensorboard: bool = True


@dataclass(frozen=True)
class TrainingConfig:
    model: ModelConfig
    data: DataConfig
    run: RunConfig
    method: MethodConfig = field(default_factory=MethodConfig)
    schedule: ScheduleConfig = field(default_factory=ScheduleConfig)
    optimiser: OptimiserConfig = field(default_factory=OptimiserConfig)

    def latent_settings(self) -> LatentSettings:
        return LatentSettings(
            patches_per_step=self.method.patches_per_step,
            step_layout=self.method.step_layout,
            latent_text=self.method.latent_text,
            latent_vision=self.method.latent_vision,
            gradients=self.method.gradients,
            alignment=self.method.alignment,
            checkpointing=self.run.gradient_checkpointing,
        )
