"""Makes the small random Qwen2-VL checkpoints that tests, golden values and the demo use.

Everything follows from the seeds below: two runs on the same versions write the same bytes. Nothing here is
trained. Weights are scaled so that attention is clearly uneven and patch scores are well apart, while
activations stay finite. Layouts differ on purpose (see README.md): an importer has to read all of them.

    python trainer/golden/make_checkpoints.py
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

from corpus import many_scripts_text, picture_question_text
from released import LATENT_TOKEN_COUNT, merge_with_peft, with_adapters

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from penumbra_train.hub_folder import (  # noqa: E402
    train_tokenizer,
    write_generation_config,
    write_json,
    write_latent_config,
    write_preprocessor,
    write_tokenizer,
)

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test" / "golden" / "qwen2-vl"

SMALL_MAX_PIXELS = 28 * 28 * 64


@dataclass(frozen=True)
class Shape:
    """Dimensions of one checkpoint; `vocabulary` is the padded row count of the embedding table."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    intermediate: int
    mrope_section: tuple[int, int, int]
    vision_depth: int
    vision_dim: int
    vision_heads: int
    tied: bool
    vocabulary: int
    max_positions: int = 4096
    end_gain: float = 1.6  # how much louder the end-of-sequence row of the head is than the others


def padded(count: int) -> int:
    """The next multiple of 64 that is larger than `count` (Qwen pads its vocabulary too)."""
    return (count // 64 + 1) * 64


def flat_config(shape: Shape, tokenizer: Tokenizer, dtype: str) -> dict[str, Any]:
    """config.json as Qwen2-VL has it on the Hub: text settings at the top level."""
    token = tokenizer.token_to_id
    return {
        "architectures": ["Qwen2VLForConditionalGeneration"],
        "attention_dropout": 0.0,
        "bos_token_id": token("<|endoftext|>"),
        "eos_token_id": token("<|im_end|>"),
        "vision_start_token_id": token("<|vision_start|>"),
        "vision_end_token_id": token("<|vision_end|>"),
        "vision_token_id": token("<|vision_pad|>"),
        "image_token_id": token("<|image_pad|>"),
        "video_token_id": token("<|video_pad|>"),
        "hidden_act": "silu",
        "hidden_size": shape.hidden,
        "initializer_range": 0.02,
        "intermediate_size": shape.intermediate,
        "max_position_embeddings": shape.max_positions,
        "max_window_layers": shape.layers,
        "model_type": "qwen2_vl",
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.kv_heads,
        "rms_norm_eps": 1e-06,
        "rope_theta": 1000000.0,
        "sliding_window": 32768,
        "tie_word_embeddings": shape.tied,
        "torch_dtype": dtype,
        "transformers_version": "4.41.2",
        "use_cache": True,
        "use_sliding_window": False,
        "vision_config": {
            "depth": shape.vision_depth,
            "embed_dim": shape.vision_dim,
            "mlp_ratio": 4,
            "num_heads": shape.vision_heads,
            "in_chans": 3,
            "hidden_size": shape.hidden,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "spatial_patch_size": 14,
            "temporal_patch_size": 2,
        },
        "rope_scaling": {"type": "mrope", "mrope_section": list(shape.mrope_section)},
        "vocab_size": shape.vocabulary,
    }


def random_state(model: torch.nn.Module, shape: Shape, tokenizer: Tokenizer, seed: int) -> dict[str, torch.Tensor]:
    """Random float32 weights under transformers' in-memory keys, drawn in sorted key order.

    Queries and keys get std sqrt(2.5 / fan_in): attention logits then have a spread of about 2.5, so a few
    positions hold most of the mass. Rows above the tokenizer's size stay near zero, so no padding row is ever
    the greedy choice.
    """
    generator = torch.Generator().manual_seed(seed)
    used = tokenizer.get_vocab_size()
    state: dict[str, torch.Tensor] = {}
    for key, parameter in sorted(model.state_dict().items()):
        size = parameter.shape
        noise = torch.randn(size, generator=generator, dtype=torch.float32)
        is_norm = any(part in key for part in ("norm", "ln_q"))
        if key.endswith("embed_tokens.weight") or key == "lm_head.weight":
            std = (0.5 if shape.tied else 1.0) if "embed" in key else 3.0 / math.sqrt(shape.hidden)
            value = noise * std
            value[used:] *= 0.02
            if key == "lm_head.weight" or shape.tied:
                # A louder end-of-sequence row, so that some answers end before the token limit.
                value[tokenizer.token_to_id("<|im_end|>")] *= shape.end_gain
        elif key.endswith(".bias"):
            value = noise * (0.1 if is_norm else 0.2)
        elif is_norm:
            value = 1.0 + 0.2 * noise
        else:
            fan_in = math.prod(size[1:])
            gain = 2.5 if any(name in key for name in ("q_proj", "k_proj", "attn.qkv")) else 1.5
            value = noise * math.sqrt(gain / fan_in)
        state[key] = value.contiguous()
    if shape.tied:
        state["lm_head.weight"] = state["model.language_model.embed_tokens.weight"]
    return state


def old_layout(key: str) -> str:
    """In-memory key -> key of published Qwen2-VL checkpoints."""
    if key.startswith("model.visual."):
        return key.removeprefix("model.")
    return key.replace("model.language_model.", "model.")


def build_config(shape: Shape, tokenizer: Tokenizer, dtype: str) -> Qwen2VLConfig:
    return Qwen2VLConfig.from_dict(flat_config(shape, tokenizer, dtype))


def save_shards(folder: Path, tensors: dict[str, torch.Tensor], shard_count: int) -> None:
    """Writes `tensors` as one file, or as shards of about equal size with an index.

    Each layer's tensors may be split between shards, as in real ones.
    """
    total = sum(t.numel() * t.element_size() for t in tensors.values())
    if shard_count == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return
    shards: list[dict[str, torch.Tensor]] = [{} for _ in range(shard_count)]
    written = 0
    for key, tensor in sorted(tensors.items()):
        shards[min(shard_count - 1, written * shard_count // total)][key] = tensor
        written += tensor.numel() * tensor.element_size()
    weight_map = {}
    for index, shard in enumerate(shards):
        name = f"model-{index + 1:05d}-of-{shard_count:05d}.safetensors"
        save_file(shard, folder / name, metadata={"format": "pt"})
        weight_map.update({key: name for key in shard})
    write_json(
        folder / "model.safetensors.index.json",
        {"metadata": {"total_size": total}, "weight_map": dict(sorted(weight_map.items()))},
    )


def check_loads_back(folder: Path, expected: dict[str, torch.Tensor]) -> None:
    """Fails unless transformers reads exactly `expected` (in-memory keys) from the folder, in float32."""
    model, info = Qwen2VLForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    for name in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if info[name]:
            raise ValueError(f"{folder.name}: {name}: {info[name]}")
    for key, tensor in model.state_dict().items():
        if not torch.equal(tensor, expected[key].float()):
            raise ValueError(f"{folder.name}: {key} differs after loading")


def make_tiny_tied() -> None:
    """Sharded float32, tied embeddings, new key layout, nested configuration, latent_config.json."""
    folder = GOLDEN / "tiny-tied"
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(many_scripts_text(seed=11, lines=600), base_vocabulary=600)
    shape = Shape(64, 3, 4, 2, 128, (2, 3, 3), 2, 32, 2, True, padded(tokenizer.get_vocab_size()))
    config = build_config(shape, tokenizer, "float32")
    config.architectures = ["Qwen2VLForConditionalGeneration"]
    write_json(folder / "config.json", json.loads(config.to_json_string()))
    write_tokenizer(folder, tokenizer, "chat_template.jinja")
    write_preprocessor(folder, SMALL_MAX_PIXELS, "edges")
    write_generation_config(folder, tokenizer)
    write_latent_config(folder, 4, 112, "random weights, for tests")
    state = random_state(Qwen2VLForConditionalGeneration(config), shape, tokenizer, seed=21)
    save_shards(folder, {k: v for k, v in state.items() if k != "lm_head.weight"}, 3)
    check_loads_back(folder, state)


def make_old_layout(
    folder: Path, tokenizer: Tokenizer, shape: Shape, max_pixels: int, seed: int
) -> dict[str, torch.Tensor]:
    """Single bfloat16 file with the keys and the flat configuration of published checkpoints."""
    folder.mkdir(parents=True, exist_ok=True)
    config = build_config(shape, tokenizer, "bfloat16")
    write_json(folder / "config.json", flat_config(shape, tokenizer, "bfloat16"))
    write_tokenizer(folder, tokenizer, "chat_template.json")
    write_preprocessor(folder, max_pixels, "pixels")
    write_generation_config(folder, tokenizer)
    drawn = random_state(Qwen2VLForConditionalGeneration(config), shape, tokenizer, seed)
    state = {key: value.to(torch.bfloat16) for key, value in drawn.items()}
    save_shards(folder, {old_layout(key): value for key, value in state.items()}, 1)
    check_loads_back(folder, state)
    return state


def make_tiny_untied_and_released() -> None:
    tokenizer = train_tokenizer(many_scripts_text(seed=12, lines=600), base_vocabulary=620)
    shape = Shape(96, 2, 6, 2, 160, (2, 3, 3), 1, 48, 3, False, padded(tokenizer.get_vocab_size()))
    state = make_old_layout(GOLDEN / "tiny-untied", tokenizer, shape, SMALL_MAX_PIXELS, seed=22)
    make_released(GOLDEN / "tiny-released", tokenizer, shape, state, seed=23)


def make_released(
    folder: Path, tokenizer: Tokenizer, shape: Shape, base: dict[str, torch.Tensor], seed: int
) -> None:
    """model.pth in the layout of the published IVT-LR checkpoints, and what peft makes of it when merged."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(seed)
    rows = tokenizer.get_vocab_size() + LATENT_TOKEN_COUNT
    frozen = dict(base)
    for key, std in (("model.language_model.embed_tokens.weight", 1.0), ("lm_head.weight", 3.0 / math.sqrt(shape.hidden))):
        value = torch.randn(rows, shape.hidden, generator=generator) * std
        if key == "lm_head.weight":
            value[tokenizer.token_to_id("<|im_end|>")] *= shape.end_gain
            value[tokenizer.get_vocab_size() :] *= 0.02
        frozen[key] = value.to(torch.bfloat16)

    released, adapters = with_adapters(frozen, old_layout, generator)
    torch.save(released, folder / "model.pth")
    # The whole merged model is not stored: reference.py merges again from model.pth on its own.
    config = build_config(shape, tokenizer, "float32")
    config.text_config.vocab_size = rows
    model = Qwen2VLForConditionalGeneration(config).float()
    model.load_state_dict({key: value.float() for key, value in frozen.items()})
    merged = {old_layout(key): value for key, value in merge_with_peft(model, adapters).items()}
    save_file(merged, folder / "merged.safetensors")


def make_demo_sized() -> None:
    """For tests of the program around a model: sizes like the demo's, picture questions tokenise well, answers are noise."""
    folder = GOLDEN / "demo-sized"
    tokenizer = train_tokenizer(picture_question_text(seed=13, lines=4000), base_vocabulary=1000)
    shape = Shape(128, 4, 4, 2, 320, (4, 6, 6), 2, 64, 4, False, padded(tokenizer.get_vocab_size()), end_gain=5.0)
    make_old_layout(folder, tokenizer, shape, 28 * 28 * 256, seed=24)
    write_latent_config(folder, 8, 224, "random weights, for tests")


if __name__ == "__main__":
    torch.set_num_threads(2)
    torch.set_grad_enabled(False)
    make_tiny_tied()
    make_tiny_untied_and_released()
    make_demo_sized()
