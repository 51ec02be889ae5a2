"""Opens a Hugging Face folder for training: model, tokenizer with the latent tokens, pixel scale."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, Qwen2VLForConditionalGeneration
from transformers.utils import logging as transformers_logging

from penumbra_train.backbone.qwen2_vl_vision import PixelScale
from penumbra_train.encoding import LATENT_TOKENS
from penumbra_train.problem import Problem

CLIP = PixelScale((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))


@dataclass(frozen=True)
class LoadedModel:
    model: Qwen2VLForConditionalGeneration
    tokenizer: Any
    pixel_scale: PixelScale
    folder: Path


def load_model(folder: Path, dtype: torch.dtype, *, with_weights: bool = True) -> LoadedModel:
    """Reads the folder. Without weights the model lies on the meta device: shapes alone."""
    config_path = folder / "config.json"
    if not config_path.is_file():
        raise Problem(f"{folder} holds no config.json.", "Give the folder of a Hugging Face checkpoint.")
    kind = json.loads(config_path.read_text(encoding="utf-8")).get("model_type")
    if kind != "qwen2_vl":
        raise Problem(f"{folder} holds a {kind} model; this trainer knows qwen2_vl.")
    transformers_logging.disable_progress_bar()
    if with_weights:
        model, info = Qwen2VLForConditionalGeneration.from_pretrained(
            folder, dtype=dtype, attn_implementation="sdpa", output_loading_info=True
        )
        wrong = {name: found for name in ("missing_keys", "unexpected_keys", "mismatched_keys") if (found := info[name])}
        if wrong:
            named = "; ".join(f"{name}: {sorted(map(str, keys))[:3]}" for name, keys in wrong.items())
            raise Problem(f"{folder}: the weights do not fit config.json ({named}).", "Is it another model's config?")
    else:
        from transformers import Qwen2VLConfig

        with torch.device("meta"):
            model = Qwen2VLForConditionalGeneration._from_config(
                Qwen2VLConfig.from_pretrained(folder), dtype=dtype, attn_implementation="sdpa"
            )
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(list(LATENT_TOKENS), special_tokens=True)
    if len(tokenizer) > model.get_input_embeddings().weight.shape[0]:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    return LoadedModel(model, tokenizer, pixel_scale(folder), folder)


def pixel_scale(folder: Path) -> PixelScale:
    """Mean and deviation of preprocessor_config.json; CLIP's where there is none."""
    path = folder / "preprocessor_config.json"
    if not path.is_file():
        return CLIP
    found = json.loads(path.read_text(encoding="utf-8"))
    return PixelScale(tuple(found.get("image_mean", CLIP.mean)), tuple(found.get("image_std", CLIP.std)))
