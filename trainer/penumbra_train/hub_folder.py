"""Writes the parts of a Hugging Face Qwen2-VL folder that are not weights: tokenizer, template, configurations.

Ids always come from the tokenizer that was just trained, never from Qwen's own constants, so that a program
which hard-codes 151,6xx fails on these folders.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

# Qwen2-VL's order; their ids follow the base vocabulary.
SPECIAL_TOKENS = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
]

# Renders what Qwen2-VL's template renders (default system line, image and video markers, generation prompt).
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
    "{% endif %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' or 'image' in part or 'image_url' in part %}"
    "<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif part['type'] == 'video' or 'video' in part %}"
    "<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in part %}{{ part['text'] }}"
    "{% endif %}"
    "{% endfor %}"
    "{% endif %}"
    "<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def write_json(path: Path, value: Any) -> None:
    """Writes stable, readable JSON with a final newline."""
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def train_tokenizer(lines: Iterable[str], base_vocabulary: int) -> Tokenizer:
    """Trains a byte-level BPE with Qwen2's normalizer, pre-tokenizer, post-processor and decoder."""
    tokenizer = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="", fuse_unk=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
        ]
    )
    tokenizer.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    trainer = trainers.BpeTrainer(
        vocab_size=base_vocabulary,
        min_frequency=2,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[],
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.add_special_tokens(
        [AddedToken(t, special=True, normalized=False, single_word=False) for t in SPECIAL_TOKENS]
    )
    return tokenizer


def write_tokenizer(folder: Path, tokenizer: Tokenizer, template_file: str) -> None:
    """Writes tokenizer.json, tokenizer_config.json and the template as `template_file` (.jinja or .json)."""
    tokenizer.save(str(folder / "tokenizer.json"))
    added = {
        str(tokenizer.token_to_id(t)): {
            "content": t,
            "lstrip": False,
            "normalized": False,
            "rstrip": False,
            "single_word": False,
            "special": True,
        }
        for t in SPECIAL_TOKENS
    }
    write_json(
        folder / "tokenizer_config.json",
        {
            "add_prefix_space": False,
            "added_tokens_decoder": added,
            "additional_special_tokens": SPECIAL_TOKENS[1:],
            "bos_token": None,
            "chat_template": CHAT_TEMPLATE,
            "clean_up_tokenization_spaces": False,
            "eos_token": "<|im_end|>",
            "errors": "replace",
            "model_max_length": 32768,
            "pad_token": "<|endoftext|>",
            "padding_side": "left",
            "split_special_tokens": False,
            "tokenizer_class": "Qwen2Tokenizer",
            "unk_token": None,
        },
    )
    if template_file.endswith(".json"):
        write_json(folder / template_file, {"chat_template": CHAT_TEMPLATE})
    else:
        (folder / template_file).write_text(CHAT_TEMPLATE, encoding="utf-8")


def write_preprocessor(folder: Path, max_pixels: int, size_style: str) -> None:
    """Writes preprocessor_config.json; `size_style` is `pixels` (as on the Hub) or `edges` (as newer files)."""
    limits: dict[str, Any] = (
        {"min_pixels": 56 * 56, "max_pixels": max_pixels}
        if size_style == "pixels"
        else {"size": {"shortest_edge": 56 * 56, "longest_edge": max_pixels}}
    )
    write_json(
        folder / "preprocessor_config.json",
        {
            **limits,
            "patch_size": 14,
            "temporal_patch_size": 2,
            "merge_size": 2,
            "image_mean": list(OPENAI_CLIP_MEAN),
            "image_std": list(OPENAI_CLIP_STD),
            "image_processor_type": "Qwen2VLImageProcessor",
            "processor_class": "Qwen2VLProcessor",
        },
    )


def write_generation_config(folder: Path, tokenizer: Tokenizer) -> None:
    """As Qwen2-VL's: two end tokens, and sampling switched on (greedy runs must override it)."""
    end_of_text = tokenizer.token_to_id("<|endoftext|>")
    write_json(
        folder / "generation_config.json",
        {
            "bos_token_id": end_of_text,
            "do_sample": True,
            "eos_token_id": [tokenizer.token_to_id("<|im_end|>"), end_of_text],
            "pad_token_id": end_of_text,
            "temperature": 0.01,
            "top_k": 1,
            "top_p": 0.001,
        },
    )


def write_latent_config(
    folder: Path,
    patches_per_step: int,
    side: int | tuple[int, int],
    note: str,
    *,
    trained: bool = False,
    method: str = "ivt-lr",
    latent_steps: int = 3,
    step_layout: str = "patches-then-hidden",
    prompt_format: str = "released-inference",
) -> None:
    """Writes the latent defaults that an import reads beside config.json; `side`: of a square, or width and height."""
    width, height = side if isinstance(side, tuple) else (side, side)
    write_json(
        folder / "latent_config.json",
        {
            "format_version": 1,
            "method": method,
            "trained": trained,
            "latent_steps": latent_steps,
            "patches_per_step": patches_per_step,
            "step_layout": step_layout,
            "prompt_format": prompt_format,
            "image_size": {"width": width, "height": height},
            "note": note,
        },
    )
