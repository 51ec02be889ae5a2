"""Images as the forward takes them: embeddings computed once where the vision tower is frozen, else pixels."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from penumbra_train.backbone.qwen2_vl import Qwen2VLBackbone
from penumbra_train.data.images import PixelCache
from penumbra_train.problem import Problem

ImagesOf = Callable[[list[int]], Tensor]


def pixels_source(cache: PixelCache) -> ImagesOf:
    """uint8 [B, 3, height, width]"""
    return lambda indices: torch.from_numpy(np.array(cache.pixels[indices]))


def embedding_source(cache: PixelCache, backbone: Qwen2VLBackbone, folder: Path, device: torch.device, *, build: bool) -> ImagesOf:
    """[B, J, D] in the tower's own precision, from a file in `folder` that is written on the first use."""
    tower = backbone.model.model.visual
    dtype = tower.get_dtype()
    path = folder / f"embeddings-{cache.key}-{_fingerprint(tower)}.npy"
    if build and not path.is_file():
        _encode(cache, backbone, path, device)
    stored = np.load(path, mmap_mode="r")

    def images_of(indices: list[int]) -> Tensor:
        rows = torch.from_numpy(np.array(stored[indices]))
        return rows.view(dtype) if dtype == torch.bfloat16 else rows

    return images_of


@torch.no_grad()
def _encode(cache: PixelCache, backbone: Qwen2VLBackbone, path: Path, device: torch.device) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    count, _, height, width = cache.pixels.shape
    size = backbone.model.config.text_config.hidden_size
    wide = backbone.model.model.visual.get_dtype() != torch.bfloat16
    # NumPy knows no bfloat16: its bits are stored.
    dtype = np.float32 if wide else np.int16
    try:
        stored = np.lib.format.open_memmap(
            partial, mode="w+", dtype=dtype, shape=(count, backbone.slot_count(height, width), size)
        )
        for start in range(0, count, 16):
            pixels = torch.from_numpy(np.array(cache.pixels[start : start + 16])).to(device)
            embeds = backbone.encode_images(pixels).cpu()
            stored[start : start + 16] = (embeds.float() if wide else embeds.view(torch.int16)).numpy()
        stored.flush()
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise Problem(f"{path} cannot be written: {error.strerror}.", "Make room, or set data.cache to another folder.") from error


def _fingerprint(tower: torch.nn.Module) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(tower.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()[:16]
