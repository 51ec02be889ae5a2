"""The dry run of the 7B configuration, and the benchmark's claim."""

from __future__ import annotations

from pathlib import Path

import torch

from penumbra_train.bench import bench
from penumbra_train.config.reader import read_config
from penumbra_train.plan import plan

CONFIGS = Path(__file__).resolve().parents[1] / "configs"


def test_the_7b_configuration_on_paper() -> None:
    """Qwen2-VL-7B-Instruct has 8,291,375,616 parameters (its model card's index: 16,582,751,232 bytes of bfloat16)."""
    config = read_config(CONFIGS / "qwen2-vl-7b-m3cot.toml")
    found = plan(config, CONFIGS / "qwen2-vl-7b.json", text_tokens=200, target_tokens=150)
    in_layer = 64 * (2 * (3584 + 3584) + 2 * (3584 + 512) + 3 * (3584 + 18944))
    assert found.trained_parameters == 28 * in_layer
    assert found.parameters - found.trained_parameters == 8_291_375_616
    assert found.weights == 2 * 8_291_375_616 + 4 * found.trained_parameters
    assert (found.prompt_length, found.step_columns) == (300, 33)
    assert found.per_gpu(1, zero2=False) < 48
    assert found.per_gpu(4, zero2=True) < found.per_gpu(4, zero2=False)
    twice = plan(
        read_config(CONFIGS / "qwen2-vl-7b-m3cot.toml", ["run.micro_batch=8"]),
        CONFIGS / "qwen2-vl-7b.json",
        text_tokens=200,
        target_tokens=150,
    )
    assert 1.8 < twice.activations / found.activations < 2.2


def test_the_cache_trains_at_least_twice_as_fast() -> None:
    """Three rounds of one size, so that a busy machine does not decide; the benchmark proper is `penumbra-train bench`."""
    torch.set_num_threads(1)
    assert bench("tiny", 8, 3)["ratio"] >= 2  # type: ignore[operator]
