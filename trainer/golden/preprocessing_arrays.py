"""Where golden arrays are kept: one file, entries by offset and shape; or only their hash."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Blob:
    """Arrays one after another in a file, named by offset and shape."""

    def __init__(self) -> None:
        self.data = bytearray()

    def add(self, array: np.ndarray) -> dict[str, Any]:
        entry = {"offset": len(self.data), "dtype": str(array.dtype), "shape": list(array.shape)}
        raw = np.ascontiguousarray(array).tobytes()
        self.data += raw + b"\0" * (-len(raw) % 4)
        return entry
