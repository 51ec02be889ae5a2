"""A dataset of a few drawn pictures and a model with random weights, small enough that a step takes milliseconds."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from penumbra_train.config.reader import build, check
from penumbra_train.config.schema import Source, TrainingConfig
from penumbra_train.scratch import ScratchConfig, Shape, make_scratch
from small_dataset import ConfigOf, write_dataset


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    return write_dataset(tmp_path_factory.mktemp("data") / "set", {"train": 11, "dev": 4})


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory, dataset: Path) -> Path:
    folder = tmp_path_factory.mktemp("base") / "model"
    shape = Shape(
        hidden=32, layers=2, heads=4, intermediate=48, vision_depth=1, vision_dim=16, vision_heads=2, vision_mlp_ratio=2
    )
    make_scratch(ScratchConfig([Source(str(dataset), "train")], shape=shape, vocabulary=300, seed=1), folder)
    return folder


@pytest.fixture
def config_of(tmp_path: Path, dataset: Path, base: Path) -> ConfigOf:
    """A small training; keyword arguments replace keys of tables (`run={"seed": 3}`)."""

    def make(**changes: dict[str, object]) -> TrainingConfig:
        document: dict[str, dict[str, object]] = {
            "model": {"path": str(base)},
            "data": {"train": [{"path": str(dataset), "split": "train"}], "image_width": 56, "image_height": 56},
            "method": {"stages": 2, "patches_per_step": 1},
            "schedule": {"epochs": 1, "mixing": 0.5},
            "optimiser": {"lr": 3e-3},
            "run": {
                "output": str(tmp_path / "out"),
                "global_batch": 4,
                "micro_batch": 2,
                "tensorboard": False,
                "log_every": 1,
                "save_every": 0,
                "threads": 1,
                "validation_tokens": 4,
            },
        }
        for table, values in changes.items():
            document[table] = {**document[table], **values}
        config: TrainingConfig = build(TrainingConfig, document, "test", "")
        check(config, "test")
        return config

    return make
