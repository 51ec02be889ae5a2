"""The module that is trained: a backbone's weights behind the latent forward, so that DDP and DeepSpeed can wrap it."""

from __future__ import annotations

import torch
from peft import LoraConfig as PeftLoraConfig
from peft import get_peft_model
from torch import nn

from penumbra_train.backbone.interface import Backbone
from penumbra_train.config.schema import LoraConfig
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.latent.forward import LatentOutput, latent_forward
from penumbra_train.latent.settings import LatentSettings


class LatentModel(nn.Module):
    """`whole` is the backbone's model, wrapped by peft where it has LoRA; `backbone` calls the modules inside."""

    def __init__(
        self,
        backbone: Backbone,
        settings: LatentSettings,
        *,
        lora: LoraConfig | None,
        train_vision: bool,
    ) -> None:
        super().__init__()
        self.whole: nn.Module = backbone.model
        if lora is not None:
            # Adapters stay float32 over bfloat16 weights, as in the released checkpoints.
            self.whole = get_peft_model(
                backbone.model,
                PeftLoraConfig(
                    r=lora.r,
                    lora_alpha=lora.alpha,
                    lora_dropout=lora.dropout,
                    target_modules=backbone.lora_scope + r"\.(" + "|".join(lora.targets) + ")",
                ),
            )
        backbone.image_encoder.requires_grad_(train_vision)
        self.settings = settings
        self.backbone = backbone

    def forward(self, batch: LatentBatch) -> LatentOutput:
        return latent_forward(self.backbone, batch, self.settings)

    def trained_parameters(self) -> dict[str, nn.Parameter]:
        """What training changes, by name; tied weights once."""
        return {name: parameter for name, parameter in self.whole.named_parameters() if parameter.requires_grad}

    def load_trained(self, state: dict[str, torch.Tensor]) -> None:
        """Copies a checkpoint's values in; names and shapes must be exactly those of `trained_parameters`."""
        parameters = self.trained_parameters()
        if parameters.keys() != state.keys():
            raise ValueError(f"other parameters: {sorted(parameters.keys() ^ state.keys())[:3]}")
        with torch.no_grad():
            for name, parameter in parameters.items():
                parameter.copy_(state[name])
