"""Opens a Hugging Face folder for training: model, its family's backbone and prompts, the latent tokens added."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoTokenizer,
    ChameleonConfig,
    ChameleonForConditionalGeneration,
    PreTrainedTokenizerFast,
    Qwen2VLConfig,
    Qwen2VLForConditionalGeneration,
)
from transformers.utils import logging as transformers_logging

from penumbra_train.backbone.chameleon.backbone import ChameleonBackbone
from penumbra_train.backbone.chameleon.prompts import ChameleonPrompts
from penumbra_train.backbone.interface import Backbone
from penumbra_train.backbone.pixel_scale import read_pixel_scale
from penumbra_train.backbone.prompts import Prompts
from penumbra_train.backbone.qwen2_vl.backbone import Qwen2VLBackbone
from penumbra_train.backbone.qwen2_vl.prompts import Qwen2VLPrompts
from penumbra_train.data.images import Fit
from penumbra_train.problem import Problem

LATENT_TOKENS = ("<|start-latent|>", "<|end-latent|>", "<|latent|>")


@dataclass(frozen=True)
class LoadedModel:
    """`fit`: how a picture gets to the size that the training shows."""

    model: Any
    tokenizer: Any
    backbone: Backbone
    prompts: Prompts
    fit: Fit
    folder: Path


@dataclass(frozen=True)
class Family:
    """transformers' classes of a `model_type`, and ours around them."""

    config: Any
    model: Any
    backbone: Any
    prompts: Any
    fit: Fit


FAMILIES = {
    "qwen2_vl": Family(Qwen2VLConfig, Qwen2VLForConditionalGeneration, Qwen2VLBackbone, Qwen2VLPrompts, "stretch"),
    "chameleon": Family(ChameleonConfig, ChameleonForConditionalGeneration, ChameleonBackbone, ChameleonPrompts, "crop"),
}


def family_of(folder: Path) -> tuple[str, Family]:
    """Raises Problem for a folder without config.json, and for a model that no family covers."""
    config_path = folder / "config.json"
    if not config_path.is_file():
        raise Problem(f"{folder} holds no config.json.", "Give the folder of a Hugging Face checkpoint.")
    config = json.loads(config_path.read_text(encoding="utf-8"))
    kind = config.get("model_type")
    if kind not in FAMILIES:
        raise Problem(f"{folder} holds a {kind} model; this trainer knows {' and '.join(FAMILIES)}.")
    if kind == "chameleon" and config.get("swin_norm"):
        raise Problem(f"{folder}: swin_norm is true, the order of norms of Chameleon-34B.", "This trainer knows the 7B's.")
    return kind, FAMILIES[kind]


def load_model(folder: Path, dtype: torch.dtype, *, with_weights: bool = True) -> LoadedModel:
    """Reads the folder. Without weights the model lies on the meta device: shapes alone."""
    kind, family = family_of(folder)
    transformers_logging.disable_progress_bar()
    if with_weights:
        model, info = family.model.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa", output_loading_info=True)
        wrong = {name: found for name in ("missing_keys", "unexpected_keys", "mismatched_keys") if (found := info[name])}
        if wrong:
            named = "; ".join(f"{name}: {sorted(map(str, keys))[:3]}" for name, keys in wrong.items())
            raise Problem(f"{folder}: the weights do not fit config.json ({named}).", "Is it another model's config?")
    else:
        with torch.device("meta"):
            model = family.model._from_config(family.config.from_pretrained(folder), dtype=dtype, attn_implementation="sdpa")
    # transformers' Llama tokenizer, which Chameleon's folder names, would rebuild the pipeline of tokenizer.json.
    tokenizer = (
        PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
        if kind == "chameleon"
        else AutoTokenizer.from_pretrained(folder)
    )
    tokenizer.add_tokens(list(LATENT_TOKENS), special_tokens=True)
    if len(tokenizer) > model.get_input_embeddings().weight.shape[0]:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    backbone = family.backbone(model, read_pixel_scale(folder))
    return LoadedModel(model, tokenizer, backbone, family.prompts(tokenizer), family.fit, folder)
