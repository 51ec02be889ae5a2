"""Writes test/golden/chameleon/images.json: what Pillow and transformers make of images on Chameleon's way.

Files are those of test/golden/vlm/images (make_preprocessing.py); shapes are noise that any language repeats. The
blending of transparency is written out here, as the processor of transformers 4.51 documents it (later ones do not
blend); everything after it is transformers' PIL processor. Nothing here uses the program under test.

    python trainer/golden/make_chameleon_images.py
"""

from __future__ import annotations

import base64
import io
import json
import platform
import random
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL
import transformers
from PIL import ExifTags, Image, ImageOps
from transformers.image_transforms import get_resize_output_image_size
from transformers.models.chameleon.image_processing_pil_chameleon import ChameleonImageProcessorPil

from make_preprocessing import congruential_bytes
from preprocessing_arrays import sha256

GOLDEN = Path(__file__).resolve().parents[2] / "test" / "golden"
FILES = GOLDEN / "vlm" / "images"
OUT = GOLDEN / "chameleon" / "images.json"
SEED = 201
# Sides of the square; 65 gives odd margins.
SIDES = [64, 65]
# Width, height, side.
SHAPES = [
    (640, 480, 512), (333, 777, 512), (1021, 601, 512), (512, 512, 512), (512, 900, 512), (700, 512, 512),
    (3, 2, 512), (1, 1, 512), (2, 700, 512), (900, 3, 64), (1, 400, 64), (64, 1000, 64), (1001, 64, 65),
]  # fmt: skip


def read(data: bytes) -> Image.Image:
    """As `datasets` opens a file: turned upright where it has an orientation."""
    image = Image.open(io.BytesIO(data))
    image.load()
    if image.getexif().get(ExifTags.Base.Orientation) is not None:
        image = ImageOps.exif_transpose(image)
    return image


def blended(image: Image.Image) -> np.ndarray:
    """[height, width, 3] uint8: transparency on white, cut off to bytes; mode RGB is left alone."""
    if image.mode == "RGB":
        return np.array(image)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rgba = np.array(image.convert("RGBA"))
    alpha = rgba[..., 3:] / 255.0
    if not (rgba[..., 3] < 255).any():
        return np.array(image.convert("RGB"))
    return ((1 - alpha) * 255 + alpha * rgba[..., :3]).astype(np.uint8)


def processed(pixels: np.ndarray, side: int) -> dict[str, Any]:
    processor = ChameleonImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    image = Image.fromarray(pixels)
    values = processor(images=[image], return_tensors="np")["pixel_values"][0]
    assert values.dtype == np.float32 and values.shape == (3, side, side)
    plain = processor(images=[image], return_tensors="np", do_rescale=False, do_normalize=False)["pixel_values"][0]
    assert plain.dtype == np.uint8
    height, width = get_resize_output_image_size(pixels, side, default_to_square=False, input_data_format="channels_last")
    return {
        "side": side,
        "resized": {"width": width, "height": height},
        "croppedSha256": sha256(np.ascontiguousarray(plain.transpose(1, 2, 0)).tobytes()),
        "sha256": sha256(np.ascontiguousarray(values).tobytes()),
    }


def noise(width: int, height: int, seed: int) -> np.ndarray:
    pixels = congruential_bytes(width * height * 3, seed).reshape(height, width, 3)
    return np.where(pixels > 127, 255, 0).astype(np.uint8) if seed % 3 == 0 else pixels


def lanczos_cases() -> list[dict[str, Any]]:
    rng = random.Random(SEED)
    sizes = [(1, 1, 5, 7), (5, 7, 1, 1), (1, 40, 28, 28), (64, 64, 64, 32), (64, 64, 32, 64), (33, 35, 33, 35)]
    sizes += [tuple(rng.randint(1, 160) for _ in range(4)) for _ in range(60)]
    cases = []
    for index, (width, height, to_width, to_height) in enumerate(sizes):
        seed = 1000 + index
        resized = Image.fromarray(noise(width, height, seed)).resize((to_width, to_height), Image.Resampling.LANCZOS)
        # A part of the result, for those who compute no more than that.
        left, top = rng.randrange(to_width), rng.randrange(to_height)
        right, bottom = rng.randint(left + 1, to_width), rng.randint(top + 1, to_height)
        part = np.array(resized)[top:bottom, left:right]
        cases.append(
            {
                "seed": seed,
                "from": {"width": width, "height": height},
                "to": {"width": to_width, "height": to_height},
                "sha256": sha256(np.array(resized).tobytes()),
                "window": {"left": left, "top": top, "width": right - left, "height": bottom - top},
                "windowSha256": sha256(np.ascontiguousarray(part).tobytes()),
            }
        )
    return cases


def grey_png(bits: int, greys: list[int], transparent: int) -> bytes:
    """One row of greys with a transparent one: Pillow cannot write these depths."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    digits = "".join(format(grey, f"0{bits}b") for grey in greys)
    digits += "0" * (-len(digits) % 8)
    row = bytes(int(digits[at : at + 8], 2) for at in range(0, len(digits), 8))
    header = struct.pack(">IIBBBBB", len(greys), 1, bits, 0, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"tRNS", struct.pack(">H", transparent))
    return b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IDAT", zlib.compress(b"\0" + row)) + chunk(b"IEND", b"")


def grey_cases() -> list[dict[str, Any]]:
    deep = [0, 1, 44, 77, 254, 255, 256, 300, 65535]
    cases = [(1, 0), (1, 1), (2, 0), (2, 2), (4, 0), (4, 3), (4, 15), (8, 0), (8, 3), (8, 255)]
    cases += [(16, key) for key in (0, 44, 77, 255, 256, 300, 65535)]
    entries = []
    for bits, key in cases:
        png = grey_png(bits, deep if bits == 16 else list(range(2**bits)), key)
        row = blended(read(png))[0, :, 0].tolist()
        entries.append({"bits": bits, "key": key, "png": base64.b64encode(png).decode(), "greys": row})
    return entries


def main() -> None:
    OUT.parent.mkdir(parents=True, exist_ok=True)
    files = []
    for path in sorted(FILES.iterdir()):
        pixels = blended(read(path.read_bytes()))
        entry = {"file": path.name, "width": pixels.shape[1], "height": pixels.shape[0], "sha256": sha256(pixels.tobytes())}
        files.append({**entry, "processed": [processed(pixels, side) for side in SIDES]})
    shapes = []
    for index, (width, height, side) in enumerate(SHAPES):
        seed = 500 + index
        entry = {"width": width, "height": height, "seed": seed}
        shapes.append({**entry, "processed": processed(noise(width, height, seed), side)})
    defaults = ChameleonImageProcessorPil()
    head = {
        "manifest": {
            "python": platform.python_version(),
            "pillow": PIL.__version__,
            "numpy": np.__version__,
            "transformers": transformers.__version__,
            "seed": SEED,
        },
        "mean": list(defaults.image_mean),
        "std": list(defaults.image_std),
        "rescaleFactor": defaults.rescale_factor,
    }
    parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    lists = {"files": files, "shapes": shapes, "lanczos": lanczos_cases(), "greys": grey_cases()}
    for key, entries in lists.items():
        parts.append(f"{json.dumps(key)}: [\n" + ",\n".join(json.dumps(entry) for entry in entries) + "\n]")
    OUT.write_text("{" + ",\n".join(parts) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
