"""Draws the small test images: odd sizes, several file formats and colour modes, contents that differ by region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw


def _base(width: int, height: int, seed: int) -> Image.Image:
    """A smooth colour field with a few shapes; integers only, so that every machine draws the same."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    a, b, c = (int(v) for v in rng.integers(1, 5, 3))
    field = np.stack([x * 255 * a // width % 256, y * 255 * b // height % 256, (x * c + y * 3) % 256], axis=-1)
    image = Image.fromarray(field.astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for index in range(7):
        x0, y0 = int(rng.integers(0, width)), int(rng.integers(0, height))
        w, h = int(rng.integers(3, max(4, width // 3))), int(rng.integers(3, max(4, height // 3)))
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        if index % 2:
            draw.rectangle((x0, y0, x0 + w, y0 + h), fill=colour)
        else:
            draw.ellipse((x0, y0, x0 + w, y0 + h), fill=colour, outline=(0, 0, 0))
    return image


def draw_images(folder: Path) -> list[str]:
    """Writes all images and returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    _base(97, 61, 1).save(folder / "scene.png")
    _base(41, 173, 2).save(folder / "tall.png")
    _base(259, 33, 3).save(folder / "wide.png")
    noise = np.random.default_rng(4).integers(0, 256, (56, 56, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "noise.png")
    _base(83, 121, 5).convert("L").save(folder / "gray.png")
    # 98 / 28 = 3.5 and 70 / 28 = 2.5: Python rounds halves to even. Alpha is 0 or 255 only, so that every way of
    # putting it on white gives the same bytes.
    cut = _base(98, 70, 6).convert("RGBA")
    mask = Image.new("L", cut.size, 0)
    ImageDraw.Draw(mask).ellipse((8, 5, 85, 62), fill=255)
    cut.putalpha(mask.point(lambda v: 255 if v > 127 else 0))
    cut.save(folder / "cutout.png")
    _base(9, 7, 7).save(folder / "small.png")
    _base(64, 90, 8).quantize(17).save(folder / "palette.png")
    # 4:4:4, so that decoders which upsample chroma differently agree.
    _base(403, 301, 9).save(folder / "large.jpg", quality=88, subsampling=0)
    return sorted(path.name for path in folder.iterdir())
