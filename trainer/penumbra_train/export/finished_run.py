"""A training's output folder opened again: its configuration, and its weights after a stage or at a checkpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import load_file
from torch import Tensor

from penumbra_train.config.reader import read_stored
from penumbra_train.config.schema import TrainingConfig
from penumbra_train.problem import Problem


@dataclass(frozen=True)
class FinishedRun:
    folder: Path
    config: TrainingConfig
    stage: int
    trained: dict[str, Tensor]

    @property
    def latent_count(self) -> int:
        """Latent steps of a question at this stage."""
        if self.config.method.supervision != "latent":
            return 0
        return self.stage * self.config.method.latent_steps_per_stage


def open_run(folder: Path, stage: int | None) -> FinishedRun:
    """The weights after `stage`; after the last one that was finished when None."""
    config = read_stored(folder / "config.json")
    found = {
        int(match[1]): path
        for path in (folder / "stages").glob("stage-*.safetensors")
        if (match := re.fullmatch(r"stage-(\d+)\.safetensors", path.name))
    }
    if not found:
        raise Problem(f"{folder} has not finished a stage yet.", "Let the training go on with --resume.")
    chosen = max(found) if stage is None else stage
    if chosen not in found:
        raise Problem(f"{folder} holds no stage {chosen}.", f"It holds {', '.join(map(str, sorted(found)))}.")
    return FinishedRun(folder, config, chosen, load_file(found[chosen]))
