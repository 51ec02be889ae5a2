"""What a training reports: a line of JSON for each entry, TensorBoard scalars, and progress on the terminal."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class Metrics:
    """Owns the metrics file and the TensorBoard writer of the main process; `close` ends both."""

    def __init__(self, folder: Path, *, tensorboard: bool, resumed_step: int | None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "metrics.jsonl"
        if resumed_step is None:
            self._path.unlink(missing_ok=True)
        else:
            self._cut(resumed_step)
        self._file = self._path.open("a", encoding="utf-8")
        self._writer: Any = None
        if tensorboard:
            from torch.utils.tensorboard.writer import SummaryWriter

            purge = {} if resumed_step is None else {"purge_step": resumed_step + 1}
            self._writer = SummaryWriter(str(folder / "tensorboard"), **purge)

    def _cut(self, step: int) -> None:
        """Entries behind the checkpoint come again."""
        if self._path.is_file():
            lines = [line for line in self._path.read_text(encoding="utf-8").splitlines() if json.loads(line)["step"] <= step]
            self._path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def write(self, kind: str, step: int, values: Mapping[str, Any]) -> None:
        """`step` counts optimiser steps of the whole training; nested numbers become scalars of their own."""
        self._file.write(json.dumps({"kind": kind, "step": step, **values}) + "\n")
        self._file.flush()
        if self._writer is not None:
            for name, value in _scalars(values, kind):
                self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        self._file.close()
        if self._writer is not None:
            self._writer.close()


def _scalars(values: Mapping[str, Any], prefix: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            found += _scalars(value, f"{prefix}/{name}")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            found.append((f"{prefix}/{name}", float(value)))
    return found


class Progress:
    """Time left, from the steps of the current stage that this process has done."""

    def __init__(self, total_steps: int, done: int) -> None:
        self.total = total_steps
        self._done = done
        self._started = time.monotonic()
        self._first = done

    def line(self, done: int, stage: str, loss: float, samples_per_second: float) -> str:
        self._done = done
        spent = time.monotonic() - self._started
        left = spent / max(1, done - self._first) * (self.total - done)
        return (
            f"{stage}  step {done}/{self.total}  loss {loss:.4f}  {samples_per_second:.1f} samples/s  "
            f"{clock(left)} left"
        )


def clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
