"""The layout of the published IVT-LR checkpoints: one state dict with LoRA adapters beside frozen weights.

Writes such a state dict from plain weights, merges it plainly, and lets peft merge the same for comparison.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model

LORA_RANK, LORA_ALPHA = 8, 2
LORA_TARGETS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
LATENT_TOKEN_COUNT = 3  # <|start-latent|>, <|end-latent|>, <|latent|>
RELEASED_PREFIX = "base_causallm.base_model.model."
State = dict[str, torch.Tensor]


def with_adapters(frozen: State, layout: Callable[[str], str], generator: torch.Generator) -> tuple[State, State]:
    """Random adapters on every target of `frozen`: the released state dict, and the adapters under peft's own keys.

    `layout` turns a key of `frozen` into the key of published files.
    """
    released: State = {}
    adapters: State = {}
    for key, value in frozen.items():
        module, _, kind = key.rpartition(".")
        if module.rpartition(".")[2] not in LORA_TARGETS:
            released[RELEASED_PREFIX + layout(key)] = value
            continue
        released[f"{RELEASED_PREFIX}{layout(module)}.base_layer.{kind}"] = value
        if kind == "weight":
            out_features, in_features = value.shape
            pair = {
                "lora_A": torch.randn(LORA_RANK, in_features, generator=generator) / math.sqrt(in_features),
                "lora_B": torch.randn(out_features, LORA_RANK, generator=generator) * 0.7,
            }
            for name, tensor in pair.items():
                released[f"{RELEASED_PREFIX}{layout(module)}.{name}.default.weight"] = tensor
                adapters[f"base_model.model.{module}.{name}.default.weight"] = tensor
    # The published files name the token embeddings a second time; both names share one storage.
    released["embedding.weight"] = released[f"{RELEASED_PREFIX}model.embed_tokens.weight"]
    return released, adapters


def merge_released(weights: Path) -> State:
    """W + (alpha / r) B A in float32 for every adapted projection of a model.pth, under the keys of published files."""
    state = torch.load(weights, map_location="cpu", weights_only=True)
    merged: State = {}
    for key, value in state.items():
        name = key.removeprefix("module.")
        if name == "embedding.weight" or ".lora_" in name:
            continue
        if not name.startswith(RELEASED_PREFIX):
            raise ValueError(f"unexpected key: {key}")
        value = value.float()
        if name.endswith(".base_layer.weight"):
            stem = key.removesuffix("base_layer.weight")
            # alpha / r = 2 / 8 here, 16 / 64 in the published files: 0.25 in both.
            value = value + 0.25 * (state[f"{stem}lora_B.default.weight"] @ state[f"{stem}lora_A.default.weight"])
        merged[name.removeprefix(RELEASED_PREFIX).replace(".base_layer.", ".")] = value
    return merged


def merge_with_peft(model: torch.nn.Module, adapters: State) -> State:
    """All merged projections of `model` as peft computes them, under the model's own keys."""
    wrapped = get_peft_model(
        model, LoraConfig(r=LORA_RANK, lora_alpha=LORA_ALPHA, lora_dropout=0.05, target_modules=LORA_TARGETS)
    )
    found = {key for key in wrapped.state_dict() if ".lora_" in key}
    if found != set(adapters):
        raise ValueError(f"peft expects other adapters: {sorted(found ^ set(adapters))[:4]}")
    wrapped.load_state_dict(adapters, strict=False)
    return {
        key: value.contiguous()
        for key, value in wrapped.merge_and_unload().state_dict().items()
        if key.split(".")[-2] in LORA_TARGETS and key.endswith(".weight")
    }
