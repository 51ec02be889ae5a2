"""What the checks of the golden files share: PyTorch without gradients on one thread, and the two plain tiny checkpoints."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from make_golden import GOLDEN
from reference import Checkpoint, load_checkpoint


@pytest.fixture(scope="module", autouse=True)
def _no_gradients() -> Any:
    torch.set_num_threads(1)
    with torch.no_grad():
        yield


@pytest.fixture(scope="module")
def checkpoints() -> dict[str, Checkpoint]:
    return {name: load_checkpoint(GOLDEN / name) for name in ("tiny-tied", "tiny-untied")}
