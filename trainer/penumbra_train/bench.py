"""Training samples a second: the cached latent forward against the one that recomputes everything.

Both run in this process, in turns, forward and backward over the same batch with the same gradients wanted; the
vision tower is left out of both. Prints one JSON document with the machine's name in it.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from statistics import median

import torch
from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

from penumbra_train.backbone.pixel_scale import CLIP
from penumbra_train.backbone.qwen2_vl.backbone import Qwen2VLBackbone
from penumbra_train.latent.batch import LatentBatch
from penumbra_train.latent.forward import latent_forward
from penumbra_train.latent.recompute import recompute_loss
from penumbra_train.latent.settings import LatentSettings

SIZES = {"tiny": (128, 4, 4, 2, 320), "middle": (384, 8, 6, 2, 1024)}


def bench(size: str, batch_size: int, rounds: int, *, slots: int = 64, patches: int = 8, text: int = 90) -> dict[str, object]:
    """Stage 3, nothing but the answer explicit, as in most of a training's last stage."""
    hidden, layers, heads, kv_heads, intermediate = SIZES[size]
    models = [_model(hidden, layers, heads, kv_heads, intermediate, attention) for attention in ("sdpa", "eager")]
    models[1].load_state_dict(models[0].state_dict())
    generator = torch.Generator().manual_seed(0)
    lengths = slots + text - torch.randint(0, text // 3, (batch_size,), generator=generator)
    batch = LatentBatch(
        prompt_ids=torch.randint(0, 1000, (batch_size, int(lengths.max())), generator=generator),
        prompt_lengths=lengths,
        first_slots=torch.full((batch_size,), 20),
        slot_valid=torch.ones(batch_size, slots, dtype=torch.bool),
        images=torch.randn(batch_size, slots, hidden, generator=generator),
        target_ids=torch.randint(0, 1000, (batch_size, 7), generator=generator),
        target_lengths=torch.full((batch_size,), 7),
        latent_counts=torch.full((batch_size,), 3),
    )
    settings = LatentSettings(patches)
    backbone = Qwen2VLBackbone(models[0], CLIP)
    sides: dict[str, Callable[[], torch.Tensor]] = {
        "cached": lambda: latent_forward(backbone, batch, settings).loss_sum,
        "recompute": lambda: recompute_loss(models[1], batch, batch.images, settings)[0],
    }
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds + 1):
        for name, loss in sides.items():
            started = time.perf_counter()
            torch.autograd.backward(loss())
            if turn:
                seconds[name].append(time.perf_counter() - started)
    rates = {name: batch_size / median(times) for name, times in seconds.items()}
    return {
        "size": size,
        "batch": batch_size,
        "latentSteps": 3,
        "patchesPerStep": patches,
        "imageSlots": slots,
        "samplesPerSecond": {name: round(rate, 2) for name, rate in rates.items()},
        "ratio": round(rates["cached"] / rates["recompute"], 2),
        "ratioByRound": [round(slow / fast, 2) for fast, slow in zip(seconds["cached"], seconds["recompute"], strict=True)],
        "threads": torch.get_num_threads(),
        "machine": platform.processor() or platform.machine(),
        "torch": torch.__version__,
    }


def _model(hidden: int, layers: int, heads: int, kv: int, intermediate: int, attention: str) -> Qwen2VLForConditionalGeneration:
    torch.manual_seed(0)
    pairs = hidden // heads // 2
    config = Qwen2VLConfig(
        text_config={
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": kv,
            "intermediate_size": intermediate,
            "vocab_size": 1024,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": [pairs - 2 * (pairs // 3), pairs // 3, pairs // 3]},
        },
        vision_config={"depth": 1, "embed_dim": 32, "num_heads": 2, "hidden_size": hidden},
    )
    model: Qwen2VLForConditionalGeneration = Qwen2VLForConditionalGeneration._from_config(config, attn_implementation=attention)
    model.model.visual.requires_grad_(False)
    return model


def report(found: dict[str, object]) -> str:
    return json.dumps(found, indent=1)
