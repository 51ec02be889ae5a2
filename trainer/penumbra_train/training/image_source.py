"""Images as the forward takes them: embeddings computed once where the vision tower is frozen, else pixels."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from penumbra_train.backbone.interface import Backbone
from penumbra_train.data.images import PixelCache
from penumbra_train.problem import Problem

ImagesOf = Callable[[list[int]], Tensor]


def pixels_source(cache: PixelCache) -> ImagesOf:
    """uint8 [B, 3, height, width]"""
    return lambda indices: torch.from_numpy(np.array(cache.pixels[indices]))


def embedding_source(cache: PixelCache, backbone: Backbone, folder: Path, device: torch.device, *, build: bool) -> ImagesOf:
    """[B, J, D] in the encoder's own precision, or token ids [B, J], from a file in `folder` that is written on the first use."""
    tower = backbone.image_encoder
    path = folder / f"embeddings-{cache.key}-{_fingerprint(tower)}.npy"
    if build and not path.is_file():
        _encode(cache, backbone, path, device)
    stored = np.load(path, mmap_mode="r")

    def images_of(indices: list[int]) -> Tensor:
        rows = torch.from_numpy(np.array(stored[indices]))
        # NumPy knows no bfloat16: its bits are stored.
        return rows.view(torch.bfloat16) if rows.dtype == torch.int16 else rows

    return images_of


@torch.no_grad()
def _encode(cache: PixelCache, backbone: Backbone, path: Path, device: torch.device) -> None:
    partial = path.with_suffix(f".{os.getpid()}.partial")
    count = len(cache.pixels)
    stored: np.memmap | None = None
    try:
        for start in range(0, count, 16):
            pixels = torch.from_numpy(np.array(cache.pixels[start : start + 16])).to(device)
            encoded = backbone.encode_images(pixels).cpu()
            if encoded.is_floating_point():
                rows = encoded.view(torch.int16) if encoded.dtype == torch.bfloat16 else encoded.float()
            else:
                rows = encoded.int()
            if stored is None:
                shape = (count, *rows.shape[1:])
                stored = np.lib.format.open_memmap(partial, mode="w+", dtype=rows.numpy().dtype, shape=shape)
            stored[start : start + 16] = rows.numpy()
        if stored is None:
            raise Problem("There is no image to encode.")
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
