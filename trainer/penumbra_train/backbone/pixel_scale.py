"""How bytes of a picture become a vision encoder's input."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor


@dataclass(frozen=True)
class PixelScale:
    """(byte * rescale - mean) / std, of each colour (preprocessor_config.json)."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    rescale: float = 1 / 255

    def __call__(self, pixels: Tensor) -> Tensor:
        """uint8 [B, 3, height, width] to float32 of the same shape."""
        mean = torch.tensor(self.mean, device=pixels.device)[:, None, None] / self.rescale
        std = torch.tensor(self.std, device=pixels.device)[:, None, None] / self.rescale
        return (pixels.float() - mean) / std


CLIP = PixelScale((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))


def read_pixel_scale(folder: Path) -> PixelScale:
    """What preprocessor_config.json says; CLIP's numbers where it does not."""
    path = folder / "preprocessor_config.json"
    if not path.is_file():
        return CLIP
    found = json.loads(path.read_text(encoding="utf-8"))
    return PixelScale(
        tuple(found.get("image_mean", CLIP.mean)),
        tuple(found.get("image_std", CLIP.std)),
        float(found.get("rescale_factor", CLIP.rescale)),
    )
