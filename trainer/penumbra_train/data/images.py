"""Images decoded once: a file of uint8 pixels that every epoch and every process reads back without copying it whole.

Each image is made RGB (what is transparent becomes white) and fitted to the training's size, as the released code and the app
do: `stretch` with Pillow's bicubic filter (Qwen2-VL), `crop` the middle with its Lanczos filter (Chameleon).
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from penumbra_train.data.sample import ImageFile, ImageReference
from penumbra_train.problem import Problem

Fit = Literal["stretch", "crop"]


def read_rgb(data: bytes) -> Image.Image:
    """Raises OSError, ValueError or SyntaxError for what cannot be decoded."""
    with Image.open(io.BytesIO(data)) as opened:
        if "A" not in opened.getbands() and "transparency" not in opened.info:
            return opened.convert("RGB")
        image = opened.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image).convert("RGB")


def fitted(data: bytes, width: int, height: int, fit: Fit) -> npt.NDArray[np.uint8]:
    """[3, height, width]"""
    return resized(read_rgb(data), width, height) if fit == "stretch" else cropped(read_rgb_blended(data), width)


def read_rgb_blended(data: bytes) -> Image.Image:
    """As Chameleon's image processor: alpha / 255 * colour + (1 - alpha / 255) * 255, whole numbers below."""
    with Image.open(io.BytesIO(data)) as opened:
        image = opened.convert("RGBA")
    bytes_ = np.asarray(image)
    if (bytes_[:, :, 3] == 255).all():
        return image.convert("RGB")
    alpha = bytes_[:, :, 3:] / 255.0
    return Image.fromarray(((1 - alpha) * 255 + alpha * bytes_[:, :, :3]).astype(np.uint8))


def cropped(image: Image.Image, side: int) -> npt.NDArray[np.uint8]:
    """The middle square of an RGB image whose shortest edge was made `side`, [3, side, side]."""
    width, height = image.size
    longer = side * max(width, height) // min(width, height)
    size = (side, longer) if width <= height else (longer, side)
    resized_image = image.resize(size, Image.Resampling.LANCZOS)
    left, top = (size[0] - side) // 2, (size[1] - side) // 2
    return np.asarray(resized_image, dtype=np.uint8)[top : top + side, left : left + side].transpose(2, 0, 1)


def resized(image: Image.Image, width: int, height: int) -> npt.NDArray[np.uint8]:
    """An RGB image as [3, height, width]."""
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.uint8).transpose(2, 0, 1)


@dataclass(frozen=True)
class PixelCache:
    """Pixels of distinct images; `unreadable`: index -> why, and its pixels are zeros."""

    pixels: npt.NDArray[np.uint8]  # [images, 3, height, width], mapped from the file
    unreadable: dict[int, str]
    key: str


def open_pixel_cache(
    images: list[ImageReference], width: int, height: int, folder: Path, *, build: bool, fit: Fit = "stretch"
) -> PixelCache:
    """Decodes the images into `folder`, or finds them there. With `build` false another process has done it."""
    key = _key(images, width, height, fit)
    path, notes = folder / f"pixels-{key}.npy", folder / f"pixels-{key}.json"
    if build and not (path.is_file() and notes.is_file()):
        folder.mkdir(parents=True, exist_ok=True)
        unreadable = _decode(images, width, height, fit, path)
        notes.write_text(json.dumps({str(index): why for index, why in unreadable.items()}), encoding="utf-8")
    found: dict[str, str] = json.loads(notes.read_text(encoding="utf-8"))
    return PixelCache(np.load(path, mmap_mode="r"), {int(index): why for index, why in found.items()}, key)


def _decode(images: list[ImageReference], width: int, height: int, fit: Fit, path: Path) -> dict[int, str]:
    unreadable: dict[int, str] = {}
    partial = path.with_suffix(f".{os.getpid()}.partial")
    try:
        shape = (len(images), 3, height, width)
        pixels = np.lib.format.open_memmap(partial, mode="w+", dtype=np.uint8, shape=shape)
        for index, image in enumerate(images):
            try:
                pixels[index] = fitted(image.read(), width, height, fit)
            except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
                unreadable[index] = f"{image.name}: {error}"
        pixels.flush()
        del pixels
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise Problem(f"{path} cannot be written: {error.strerror}.", "Make room, or set data.cache to another folder.") from error
    return unreadable


def _key(images: list[ImageReference], width: int, height: int, fit: Fit) -> str:
    """Of names, sizes and times of the files, so that a changed dataset is decoded anew."""
    digest = hashlib.sha256(f"{width}x{height}{'' if fit == 'stretch' else fit}".encode())
    stats: dict[Path, Any] = {}
    for image in images:
        if image.path not in stats:
            found = image.path.stat()
            stats[image.path] = (found.st_size, found.st_mtime_ns)
        place = "" if isinstance(image, ImageFile) else f"{image.group}:{image.row}"
        digest.update(f"{image.path}:{place}:{stats[image.path]}\n".encode())
    return digest.hexdigest()[:16]
