"""What a training needs, before a GPU is rented: parameter counts, sequence lengths, and memory by part.

The decoder runs once over tensors that have shapes and no content, in the passes of the last stage; what autograd
keeps of them is added up. Estimates on paper: what the allocator, the libraries and the vision tower take besides is
not in them (leave 4 to 6 GB).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks

from penumbra_train.backbone.load import FAMILIES
from penumbra_train.backbone.pixel_scale import CLIP
from penumbra_train.config.schema import TrainingConfig
from penumbra_train.latent.decoder_pass import KeysValues, decoder_pass
from penumbra_train.training.latent_model import LatentModel
from penumbra_train.training.prepare import DTYPES

GB = 1e9


@dataclass(frozen=True)
class MemoryPlan:
    """Counts, and bytes of one process without sharding."""

    parameters: int
    vision_parameters: int
    trained_parameters: int
    prompt_length: int
    step_columns: int
    target_length: int
    weights: int
    gradients: int
    optimiser: int
    activations: int
    logits: int

    def per_gpu(self, gpus: int, *, zero2: bool) -> float:
        """GB on each GPU; ZeRO-2 shares gradients and optimiser."""
        shared = self.gradients + self.optimiser
        return (self.weights + self.activations + self.logits + shared / (gpus if zero2 else 1)) / GB


def plan(config: TrainingConfig, model_config: Path, *, text_tokens: int, target_tokens: int) -> MemoryPlan:
    """`text_tokens`: of the prompt without its image; `target_tokens`: of the rationale and answer together."""
    settings = replace(config.latent_settings(), checkpointing=False)
    with torch.device("meta"):
        described = json.loads(model_config.read_text(encoding="utf-8"))
        family = FAMILIES[described["model_type"]]
        base = family.model._from_config(
            family.config.from_dict(described), dtype=DTYPES[config.model.dtype], attn_implementation="sdpa"
        )
        backbone = family.backbone(base, CLIP)
        model = LatentModel(backbone, settings, lora=config.model.lora, train_vision=config.model.vision == "trained")
    with FakeTensorMode():
        _pretend_cpu(model)
        slots = backbone.slot_grid(config.data.image_height, config.data.image_width).count
        steps = config.method.stages * config.method.latent_steps_per_stage if settings.takes_steps else 0
        if config.method.supervision != "latent":
            steps = 0
        lengths = [slots + text_tokens, *[settings.step_columns] * steps]
        lengths = [*lengths[:-1], lengths[-1] + target_tokens] if steps else [*lengths, target_tokens]
        activations = _activations(model, config, lengths)
        trained = model.trained_parameters()
        labels = config.run.micro_batch * target_tokens
        vocabulary = base.get_input_embeddings().weight.shape[0]
        return MemoryPlan(
            parameters=sum(p.numel() for p in model.parameters()),
            vision_parameters=sum(p.numel() for p in backbone.image_encoder.parameters()),
            trained_parameters=sum(p.numel() for p in trained.values()),
            prompt_length=slots + text_tokens,
            step_columns=settings.step_columns,
            target_length=target_tokens,
            weights=sum(_bytes(p) for p in model.parameters()),
            gradients=sum(_bytes(p) for p in trained.values()),
            # AdamW's two moments, in the parameters' own precision.
            optimiser=2 * sum(_bytes(p) for p in trained.values()),
            activations=activations,
            # Scores, their float32 copy and its gradient.
            logits=labels * vocabulary * (2 if config.run.precision == "bf16" else 4) + 2 * labels * vocabulary * 4,
        )


def _pretend_cpu(model: nn.Module) -> None:
    """Puts tensors that claim to lie in memory in the place of meta tensors: only for those does PyTorch choose the
    fused attention that a training uses."""
    replaced: dict[int, nn.Parameter] = {}
    for module in model.modules():
        for name, parameter in module._parameters.items():
            if parameter is not None:
                key = id(parameter)
                if key not in replaced:
                    empty = torch.empty(parameter.shape, dtype=parameter.dtype)
                    replaced[key] = nn.Parameter(empty, requires_grad=parameter.requires_grad)
                module._parameters[name] = replaced[key]
        for name, buffer in module._buffers.items():
            if buffer is not None:
                module._buffers[name] = torch.empty(buffer.shape, dtype=buffer.dtype)


def _bytes(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def _activations(model: LatentModel, config: TrainingConfig, lengths: list[int]) -> int:
    """What autograd keeps over the passes; with checkpointing the layers' inputs and caches, and one layer more."""
    backbone, batch = model.backbone, config.run.micro_batch
    weights = {parameter.untyped_storage()._cdata for parameter in model.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in weights:
            kept[storage._cdata] = storage.nbytes()
            alive.append(tensor)
        return tensor

    alive: list[Tensor] = []
    width = backbone.hidden_size
    cache: list[KeysValues] = []
    layer_inputs = 0
    model.train()
    with saved_tensors_hooks(keep, lambda tensor: tensor), torch.autocast(
        "cpu", torch.bfloat16, enabled=config.run.precision == "bf16"
    ):
        for number, length in enumerate(lengths):
            done = sum(lengths[: number + 1])
            embeds = torch.empty(batch, length, width, dtype=DTYPES[config.model.dtype], requires_grad=True)
            rows = torch.arange(length).expand(batch, -1) if number == len(lengths) - 1 else torch.zeros(batch, 1).long()
            positions = torch.arange(done - length, done).expand(batch, -1)
            valid = torch.ones(batch, done, dtype=torch.bool)
            result = decoder_pass(backbone, embeds, valid, positions, past=cache, rows=rows)
            cache = result.cache
            layer_inputs += backbone.layer_count * _bytes(embeds) + sum(_bytes(k) + _bytes(v) for k, v in cache)
    everything = sum(kept.values())
    if not config.run.gradient_checkpointing:
        return everything
    return layer_inputs + everything // backbone.layer_count


def report(found: MemoryPlan, config: TrainingConfig) -> str:
    """For people."""
    lines = [
        f"parameters {found.parameters:,} (vision {found.vision_parameters:,}), trained {found.trained_parameters:,}",
        f"positions: prompt {found.prompt_length}, {found.step_columns} for each latent step, target {found.target_length}",
        f"micro batch {config.run.micro_batch}, gradient checkpointing {'on' if config.run.gradient_checkpointing else 'off'}",
    ]
    parts = ("weights", "gradients", "optimiser", "activations", "logits")
    lines += [f"{name:12} {getattr(found, name) / GB:8.2f} GB" for name in parts]
    lines += [
        f"one 80 GB GPU:             {found.per_gpu(1, zero2=False):6.1f} GB",
        f"four 48 GB GPUs, DDP:      {found.per_gpu(4, zero2=False):6.1f} GB each",
        f"four 48 GB GPUs, ZeRO-2:   {found.per_gpu(4, zero2=True):6.1f} GB each",
    ]
    return "\n".join(lines)


