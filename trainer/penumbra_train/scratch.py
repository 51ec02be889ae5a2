"""Makes a small Qwen2-VL model with random weights and a tokenizer of its own, to be trained from nothing.

`penumbra-train new SHAPE.toml --out FOLDER` writes a Hugging Face folder that any training takes as `model.path`.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import torch
from tokenizers import Tokenizer
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

from penumbra_train.config.schema import Source
from penumbra_train.data.survey import Survey, read_split
from penumbra_train.hub_folder import (
    train_tokenizer,
    write_generation_config,
    write_preprocessor,
    write_tokenizer,
)
from penumbra_train.problem import Problem
from penumbra_train.prompts import PromptFormat, answer_text, question_text
from penumbra_train.rationale import sentences

TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.json", "chat_template.jinja")


# Of `_make_mimetic`: lengths of the biases' pairs, and of the projections' rows.
BACK, BACK_SOFTLY, LIKENESS = 6.0, 3.0, 0.7


@dataclass(frozen=True)
class Shape:
    """Sizes of the decoder and of the vision tower (`vision_*`)."""

    hidden: int = 128
    layers: int = 4
    heads: int = 4
    kv_heads: int = 2
    intermediate: int = 320
    vision_depth: int = 2
    vision_dim: int = 64
    vision_heads: int = 4
    vision_mlp_ratio: int = 4
    tied: bool = True
    max_positions: int = 4096
    rope_theta: float = 1_000_000.0
    initializer_range: float = 0.02
    attention: Literal["random", "mimetic"] = "random"  # mimetic: see `_make_mimetic`
    residual_scale: float = 1.0  # of the decoder's weights that write into the residual stream; GPT-2: 1 / sqrt(2 layers)


@dataclass(frozen=True)
class ScratchConfig:
    """`tokenizer`: a folder to take it from; else it learns from the questions and rationales of `texts`."""

    texts: list[Source] = field(default_factory=list)
    tokenizer: str | None = None
    shape: Shape = field(default_factory=Shape)
    vocabulary: int = 1000  # before the special tokens
    prompt_format: PromptFormat = "released-inference"
    max_pixels: int = 28 * 28 * 256
    seed: int = 0


@torch.no_grad()
def _scale_residuals(model: Qwen2VLForConditionalGeneration, scale: float) -> None:
    for layer in model.model.language_model.layers:
        layer.self_attn.o_proj.weight *= scale
        layer.mlp.down_proj.weight *= scale


@torch.no_grad()
def _make_mimetic(model: Qwen2VLForConditionalGeneration, shape: Shape) -> None:
    """Attention that begins as pretrained decoders' does, which a tiny one would need very many texts to find.

    First layer: the query heads of the first key head look one, two, ... tokens back (biases under RoPE; the other heads stay
    random); last layer: the same, more softly. Layers above the first: queries equal keys, so a token looks at those like itself
    (W_Q W_K^T near the identity, after Trockman and Kolter 2023, "Mimetic initialization of self-attention layers").
    """
    head_size, group = shape.hidden // shape.heads, shape.heads // shape.kv_heads
    first, *above = (layer.self_attn for layer in model.model.language_model.layers)
    for attention in above:
        for key_head in range(shape.kv_heads):
            rows = LIKENESS * torch.linalg.qr(torch.randn(shape.hidden, head_size))[0].T
            attention.k_proj.weight[key_head * head_size :][:head_size] = rows
            for head in range(key_head * group, (key_head + 1) * group):
                attention.q_proj.weight[head * head_size :][:head_size] = rows + 0.02 * torch.randn_like(rows)
    half, near = head_size // 2, 3 * head_size // 16
    frequencies = shape.rope_theta ** (-torch.arange(near) / half)
    for attention, bias in ((first, BACK), *((each, BACK_SOFTLY) for each in above[-1:])):
        attention.k_proj.bias[:near] = bias
        for head in range(group):
            turn = (head + 1) * frequencies
            attention.q_proj.bias[head * head_size :][:near] = bias * torch.cos(turn)
            attention.q_proj.bias[head * head_size + half :][:near] = -bias * torch.sin(turn)


def make_scratch(config: ScratchConfig, out: Path) -> int:
    """Writes the folder; returns the number of parameters. Latent tokens are in the vocabulary from the start."""
    if out.exists() and any(out.iterdir()):
        raise Problem(f"{out} is not empty.", "Give another folder.")
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(config)
    shape, token = config.shape, tokenizer.token_to_id
    head_size = shape.hidden // shape.heads
    pairs = head_size // 2
    # Qwen2-VL's proportions of time, rows and columns: 16, 24, 24 of 64.
    sections = [pairs - 2 * (3 * pairs // 8), 3 * pairs // 8, 3 * pairs // 8]
    model_config = Qwen2VLConfig(
        text_config={
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.kv_heads,
            "intermediate_size": shape.intermediate,
            # Room for the three latent tokens.
            "vocab_size": -(-(tokenizer.get_vocab_size() + 3) // 64) * 64,
            "max_position_embeddings": shape.max_positions,
            "rope_parameters": {"rope_type": "default", "rope_theta": shape.rope_theta, "mrope_section": sections},
            "initializer_range": shape.initializer_range,
            "tie_word_embeddings": shape.tied,
            "bos_token_id": token("<|endoftext|>"),
            "eos_token_id": token("<|im_end|>"),
            "pad_token_id": None,
        },
        vision_config={
            "depth": shape.vision_depth,
            "embed_dim": shape.vision_dim,
            "num_heads": shape.vision_heads,
            "mlp_ratio": shape.vision_mlp_ratio,
            "hidden_size": shape.hidden,
            "initializer_range": shape.initializer_range,
        },
        tie_word_embeddings=shape.tied,
        image_token_id=token("<|image_pad|>"),
        video_token_id=token("<|video_pad|>"),
        vision_start_token_id=token("<|vision_start|>"),
        vision_end_token_id=token("<|vision_end|>"),
    )
    torch.manual_seed(config.seed)
    model = Qwen2VLForConditionalGeneration._from_config(model_config)
    _scale_residuals(model, shape.residual_scale)
    if shape.attention == "mimetic":
        _make_mimetic(model, shape)
    model.save_pretrained(out)
    if config.tokenizer is None:
        write_tokenizer(out, tokenizer, "chat_template.json")
    else:
        for name in TOKENIZER_FILES:
            if (Path(config.tokenizer) / name).is_file():
                shutil.copyfile(Path(config.tokenizer) / name, out / name)
    write_preprocessor(out, config.max_pixels, "pixels")
    write_generation_config(out, tokenizer)
    return sum(parameter.numel() for parameter in model.parameters())


def _tokenizer(config: ScratchConfig) -> Tokenizer:
    if config.tokenizer is None:
        if not config.texts:
            raise Problem("A tokenizer needs texts to learn from.", "Set texts, or tokenizer to a folder that holds one.")
        return train_tokenizer(_texts(config), config.vocabulary)
    path = Path(config.tokenizer) / "tokenizer.json"
    if not path.is_file():
        raise Problem(f"{path}: there is no such file.")
    return Tokenizer.from_file(str(path))


def _texts(config: ScratchConfig) -> Iterator[str]:
    survey = Survey()
    for source in config.texts:
        for sample in read_split(Path(source.path), source.split, survey, rationale=False)[: source.limit or None]:
            yield question_text(sample, config.prompt_format)
            for sentence in sentences(sample.rationale):
                yield sentence + "\n"
            yield answer_text(sample, "letter")
