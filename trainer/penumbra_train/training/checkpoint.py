"""A checkpoint: all that is needed to go on as if nothing had happened.

A folder `step-N` with the trained weights, the optimiser, the place in the schedule, the loss guard and the random
states of every process. Written beside and renamed, so that it is whole or not there; older ones go only afterwards.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from penumbra_train.config.schema import TrainingConfig
from penumbra_train.problem import Problem

FORMAT = 1
_NAME = re.compile(r"step-(\d+)")


@dataclass(frozen=True)
class Place:
    """Where a training stands: `step` optimiser steps of stage number `stage_index` are done, `total` in all."""

    stage_index: int
    step: int
    total: int


def config_identity(config: TrainingConfig) -> dict[str, Any]:
    """What must not change between a checkpoint and its continuation."""
    found = asdict(config)
    found["run"] = {key: found["run"][key] for key in ("seed", "global_batch", "precision")}
    found["data"] = {key: value for key, value in found["data"].items() if key not in ("cache", "validation")}
    return found


def random_states() -> dict[str, Any]:
    states: dict[str, Any] = {
        "python": random.getstate(),
        "numpy": np.random.get_state(),
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        states["cuda"] = torch.cuda.get_rng_state()
    return states


def set_random_states(states: dict[str, Any]) -> None:
    random.setstate(states["python"])
    np.random.set_state(states["numpy"])
    torch.set_rng_state(states["torch"])
    if "cuda" in states and torch.cuda.is_available():
        torch.cuda.set_rng_state(states["cuda"])


def checkpoints(folder: Path) -> list[Path]:
    """Whole checkpoints, oldest first."""
    found = [(int(match[1]), path) for path in folder.glob("step-*") if (match := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(found)]


def save_checkpoint(
    folder: Path,
    place: Place,
    config: TrainingConfig,
    trained: dict[str, Tensor],
    parts: dict[str, Any],
    process_states: list[dict[str, Any]],
    keep: int,
) -> Path:
    """Writes `folder`/step-N; `parts` is what torch.save can hold (optimiser, guard). The main process calls it."""
    target, partial = folder / f"step-{place.total}", folder / f"step-{place.total}.partial"
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        save_file({name: tensor.contiguous() for name, tensor in trained.items()}, partial / "trained.safetensors")
        torch.save(parts, partial / "state.pt")
        torch.save(process_states, partial / "random.pt")
        about = {"format": FORMAT, "place": asdict(place), "config": config_identity(config)}
        (partial / "checkpoint.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
        for file in partial.iterdir():
            _flush(file)
        shutil.rmtree(target, ignore_errors=True)
        partial.replace(target)
    # A full disk comes as OSError, or wrapped by the libraries that write.
    except Exception as error:
        shutil.rmtree(partial, ignore_errors=True)
        older = [path for path in checkpoints(folder) if path != target]
        survives = f"The checkpoint before, {older[-1]}, is whole." if older else "There is no checkpoint before it."
        raise Problem(f"{target} could not be saved: {error}.", f"{survives} Make room and go on with --resume.") from error
    for path in checkpoints(folder)[: -max(1, keep)]:
        shutil.rmtree(path, ignore_errors=True)
    return target


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


@dataclass(frozen=True)
class Restored:
    place: Place
    trained: dict[str, Tensor]
    parts: dict[str, Any]
    random_states: dict[str, Any]


def load_checkpoint(path: Path, config: TrainingConfig, process: int) -> Restored:
    """Reads a checkpoint of this very training. Fails for one of another configuration, and for a damaged one."""
    try:
        about = json.loads((path / "checkpoint.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise Problem(f"{path} has format {about['format']}; this trainer reads {FORMAT}.")
        differing = _differences(about["config"], json.loads(json.dumps(config_identity(config))))
        if differing:
            raise Problem(
                f"{path} is of another configuration: {'; '.join(differing[:4])}.",
                "Set these back, or start anew with another run.output.",
            )
        # Our own files: random states and optimisers are more than tensors.
        states = torch.load(path / "random.pt", map_location="cpu", weights_only=False)
        if process >= len(states):
            raise Problem(f"{path} was written by {len(states)} processes, not {process + 1} or more.")
        with safe_open(path / "trained.safetensors", "pt") as file:
            trained = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        parts = torch.load(path / "state.pt", map_location="cpu", weights_only=False)
        return Restored(Place(**about["place"]), trained, parts, states[process])
    except Problem:
        raise
    except Exception as error:
        raise Problem(f"{path} cannot be read: {error}.", "Remove it to go on from the one before.") from error


def _differences(stored: Any, now: Any, place: str = "") -> list[str]:
    if isinstance(stored, dict) and isinstance(now, dict):
        keys = sorted({*stored, *now})
        return [line for key in keys for line in _differences(stored.get(key), now.get(key), f"{place}.{key}".strip("."))]
    return [] if stored == now else [f"{place} was {stored!r}, is {now!r}"]
