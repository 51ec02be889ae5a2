"""A model folder after a lesson: new weights, and everything else as it was."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any


def write_taught(model: Any, model_folder: Path, out: Path) -> None:
    """Writes weights and configuration; tokenizer and preprocessor come from `model_folder`."""
    model.save_pretrained(out)
    for path in model_folder.iterdir():
        if not (out / path.name).exists():
            shutil.copyfile(path, out / path.name)
