"""Makes the small random Chameleon checkpoints under test/golden/chameleon.

Everything follows from the seeds below: two runs on the same versions write the same bytes. Nothing is trained, but
each codebook is made from what its encoder gives on the test images, so that one picture shows many
different image tokens, and none of them hangs on less than MIN_MARGIN.

    python trainer/golden/make_chameleon_checkpoints.py
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import save_file
from transformers import ChameleonConfig, ChameleonForConditionalGeneration

from chameleon_reference import SHARED_IMAGES, image_processor, preprocess, vq_latents, vq_margins
from chameleon_tokenizer import EOS, LATENT_TOKENS, image_token, make_chameleon_tokenizer
from make_checkpoints import save_shards, write_json
from released import LATENT_TOKEN_COUNT, State, merge_with_peft, with_adapters

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "test" / "golden" / "chameleon"
IMAGES = ["scene.png", "tall.png", "wide.png", "noise.png", "gray.png", "cutout.png", "small.png", "palette.png", "large.jpg"]
MERGES_AND_BYTES = 400  # a small vocabulary keeps the files small
# Smallest difference of the two nearest entries' squared distances, over all slots of all test images.
MIN_MARGIN = 1e-3


@dataclass(frozen=True)
class Shape:
    """Dimensions of one checkpoint; J = (resolution / 2^(levels - 1))^2 image slots."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    intermediate: int
    rope_theta: float
    codebook: int
    resolution: int
    multipliers: tuple[int, ...]
    blocks: int
    attention_at: tuple[int, ...] | None
    latent_channels: int = 24
    embed: int = 16
    base_channels: int = 32  # group normalisation has 32 groups, whatever the width

    @property
    def slot_count(self) -> int:
        return (self.resolution >> (len(self.multipliers) - 1)) ** 2


def config_of(shape: Shape, vocabulary: dict[str, int]) -> dict[str, Any]:
    """config.json as facebook/chameleon-7b has it: flat decoder settings, `vq_config`, `vocabulary_map`.

    `bos_token_id` 1 is transformers' default for Chameleon although the tokenizer's `<s>` is 0: nothing may read it.
    """
    return {
        "architectures": ["ChameleonForConditionalGeneration"],
        "attention_bias": False,
        "attention_dropout": 0.0,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "hidden_act": "silu",
        "hidden_size": shape.hidden,
        "initializer_range": 0.02,
        "intermediate_size": shape.intermediate,
        "max_position_embeddings": 4096,
        "mlp_bias": False,
        "model_parallel_size": 1,
        "model_type": "chameleon",
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "num_key_value_heads": shape.kv_heads,
        "pretraining_tp": 1,
        "rms_norm_eps": 1e-05,
        "rope_scaling": None,
        "rope_theta": shape.rope_theta,
        "swin_norm": False,
        "tie_word_embeddings": False,
        "torch_dtype": "bfloat16",
        "transformers_version": "4.43.0",
        "use_cache": True,
        "vocab_size": len(vocabulary),
        "vocabulary_map": vocabulary,
        "vq_config": {
            "attn_resolutions": None if shape.attention_at is None else list(shape.attention_at),
            "attn_type": "vanilla",
            "base_channels": shape.base_channels,
            "channel_multiplier": list(shape.multipliers),
            "double_latent": False,
            "dropout": 0.0,
            "embed_dim": shape.embed,
            "in_channels": 3,
            "latent_channels": shape.latent_channels,
            "model_type": "chameleon_vqgan",
            "num_embeddings": shape.codebook,
            "num_res_blocks": shape.blocks,
            "resolution": shape.resolution,
        },
    }


def write_preprocessor(folder: Path, shape: Shape) -> None:
    """preprocessor_config.json and processor_config.json with Chameleon's fields; `resample` 1 is Lanczos."""
    write_json(
        folder / "preprocessor_config.json",
        {
            "crop_size": {"height": shape.resolution, "width": shape.resolution},
            "do_center_crop": True,
            "do_convert_rgb": True,
            "do_normalize": True,
            "do_rescale": True,
            "do_resize": True,
            "image_mean": [1.0, 1.0, 1.0],
            "image_processor_type": "ChameleonImageProcessor",
            "image_std": [1.0, 1.0, 1.0],
            "processor_class": "ChameleonProcessor",
            "resample": 1,
            "rescale_factor": 0.0078,
            "size": {"shortest_edge": shape.resolution},
        },
    )
    write_json(
        folder / "processor_config.json",
        {"image_seq_length": shape.slot_count, "image_token": "<image>", "processor_class": "ChameleonProcessor"},
    )


def random_state(model: torch.nn.Module, vocabulary: dict[str, int], shape: Shape, seed: int) -> State:
    """Random weights in bfloat16, drawn in sorted key order; the codebook comes later (`fit_codebook`).

    Queries and keys are normalised per head, so their norms' weights (about 1.6) make attention uneven, not the
    projections. Image tokens are louder in the head than words, so that their suppression shows.
    """
    generator = torch.Generator().manual_seed(seed)
    state: State = {}
    for key, parameter in sorted(model.state_dict().items()):
        size = parameter.shape
        noise = torch.randn(size, generator=generator, dtype=torch.float32)
        is_norm = "norm" in key.rsplit(".", 2)[-2]
        if key == "model.embed_tokens.weight":
            value = noise
        elif key == "lm_head.weight":
            value = noise * 3.0 / math.sqrt(shape.hidden)
            value[vocabulary[EOS]] *= 1.6
            value[vocabulary[image_token(0)]] *= 2.0
        elif key.endswith(("q_norm.weight", "k_norm.weight")):
            value = 1.6 * (1.0 + 0.2 * noise)
        elif key.endswith(".bias"):
            value = noise * 0.2
        elif is_norm:
            value = 1.0 + 0.2 * noise
        else:
            value = noise * math.sqrt(1.5 / math.prod(size[1:]))
        state[key] = value.to(torch.bfloat16).contiguous()
    return state


def fit_codebook(model: ChameleonForConditionalGeneration, folder: Path, shape: Shape) -> torch.Tensor:
    """A codebook [entries, E] of noisy encoder outputs: the first of many drawn whose choices are all clear."""
    processor = image_processor(folder)
    pixels = [preprocess(processor, path).pixel_values for path in image_paths()]
    latents = torch.cat([vq_latents(model, values) for values in pixels])  # [images * J, E]
    for seed in range(400):
        generator = torch.Generator().manual_seed(seed)
        picked = latents[torch.randperm(len(latents), generator=generator)[: shape.codebook]]
        noise = torch.randn(picked.shape, generator=generator)
        codebook = (picked + 0.3 * latents.std() * noise).to(torch.bfloat16)
        margin = float(vq_margins(latents, codebook.float()).min())
        if margin >= MIN_MARGIN:
            chosen = [len(set(ids.tolist())) for ids in nearest(latents, codebook.float()).chunk(len(pixels))]
            print(folder.name, "codebook seed", seed, "margin", round(margin, 6), "different tokens in each image", chosen)
            return codebook
    raise ValueError(f"{folder.name}: no codebook decides clearly")


def nearest(latents: torch.Tensor, codebook: torch.Tensor) -> torch.Tensor:
    return torch.cdist(latents.double(), codebook.double()).argmin(1)


def image_paths() -> list[Path]:
    return [*(SHARED_IMAGES / name for name in IMAGES), GOLDEN / "images" / "blend.png"]


def draw_blend(path: Path) -> None:
    """256 x 256 pixels with every pair of alpha (row) and red (column): putting it on white shows every rounding."""
    alpha, red = np.mgrid[0:256, 0:256]
    pixels = np.stack([red, 255 - red, red * 7 % 256, alpha], axis=-1).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def make(folder: Path, shape: Shape, shards: int, seed: int) -> tuple[State, ChameleonConfig]:
    vocabulary = make_chameleon_tokenizer(folder, codebook_size=shape.codebook, latent_tokens=False, merges_and_bytes=MERGES_AND_BYTES)
    write_json(folder / "config.json", config_of(shape, vocabulary))
    write_json(folder / "generation_config.json", {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 1})
    write_preprocessor(folder, shape)
    config = ChameleonConfig.from_pretrained(folder)
    model = ChameleonForConditionalGeneration(config).float().eval()
    state = random_state(model, vocabulary, shape, seed)
    model.load_state_dict({key: value.float() for key, value in state.items()})
    state["model.vqmodel.quantize.embedding.weight"] = fit_codebook(model, folder, shape)
    save_shards(folder, state, shards)
    check_loads_back(folder, state)
    return state, config


def check_loads_back(folder: Path, expected: State) -> None:
    """Fails unless transformers reads exactly `expected` from the folder."""
    model, info = ChameleonForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    for name in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if info[name]:
            raise ValueError(f"{folder.name}: {name}: {info[name]}")
    for key, tensor in model.state_dict().items():
        if not torch.equal(tensor, expected[key].float()):
            raise ValueError(f"{folder.name}: {key} differs after loading")


def make_released(folder: Path, shape: Shape, base: State, config: ChameleonConfig, seed: int) -> None:
    """model.pth as published, the tokenizer with three more tokens, and peft's merge of the first layer."""
    make_chameleon_tokenizer(folder, codebook_size=shape.codebook, latent_tokens=True, merges_and_bytes=MERGES_AND_BYTES)
    generator = torch.Generator().manual_seed(seed)
    frozen = dict(base)
    for key in ("model.embed_tokens.weight", "lm_head.weight"):
        # As loud as the words' rows: the tokens may be said like any other.
        extra = torch.randn(len(LATENT_TOKENS), shape.hidden, generator=generator) * base[key].float().std()
        frozen[key] = torch.cat([base[key], extra.to(torch.bfloat16)]).contiguous()
    released, adapters = with_adapters(frozen, lambda key: key, generator)
    torch.save(released, folder / "model.pth")
    config.vocab_size += LATENT_TOKEN_COUNT
    model = ChameleonForConditionalGeneration(config).float()
    model.load_state_dict({key: value.float() for key, value in frozen.items()})
    merged = merge_with_peft(model, adapters)
    save_file({key: value for key, value in merged.items() if ".layers.0." in key}, folder / "merged.safetensors")


def main() -> None:
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    draw_blend(GOLDEN / "images" / "blend.png")
    make(GOLDEN / "tiny", Shape(64, 2, 4, 4, 112, 10000.0, 128, 64, (1, 2, 1), 1, None), 1, seed=51)
    grouped = Shape(48, 2, 6, 2, 96, 20000.0, 72, 32, (1, 1, 1), 2, (16,))
    state, config = make(GOLDEN / "tiny-attention", grouped, 2, seed=52)
    make_released(GOLDEN / "tiny-released", grouped, state, config, seed=53)


if __name__ == "__main__":
    main()
