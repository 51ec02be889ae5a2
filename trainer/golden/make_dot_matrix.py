"""Writes test/golden/vlm/dot-matrix.json: what Pillow draws for SCAFFOLD's dots and labels, with the font that the program's outlines come from.

Nothing here uses the program under test. Needs the font's npm package (`npm ci`).

    python trainer/golden/make_dot_matrix.py
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL
from PIL import Image, ImageDraw, ImageFont, features

ROOT = Path(__file__).resolve().parents[2]
FONT = ROOT / "node_modules/@fontsource/arimo/files/arimo-latin-400-normal.woff"
FONT_PACKAGE = ROOT / "node_modules/@fontsource/arimo/package.json"
OUT = ROOT / "test/golden/vlm/dot-matrix.json"

# Even letters, odd letters, the smallest; landscape, portrait, square.
SIZES = [(960, 640), (1000, 1400), (200, 200)]
# Coverage from which a pixel counts as ink of a label: half, so that antialiasing does not decide.
INK = 128


def dot_rows(radius: int) -> list[str]:
    """A dot's pixels in its square, a string for each row."""
    side = 2 * radius + 1
    image = Image.new("L", (side, side))
    ImageDraw.Draw(image).ellipse([(0, 0), (2 * radius, 2 * radius)], fill=255)
    return ["".join("#" if value else "." for value in row) for row in np.asarray(image)]


def label_ink(width: int, height: int, row: int, column: int) -> dict[str, Any]:
    """Where a label leaves ink on black outside the dot's square, and how much: coverage, its sum and its centre."""
    x, y, radius = column * width // 7, row * height // 7, max(1, width // 240)
    image = Image.new("L", (width, height))
    font = ImageFont.truetype(str(FONT), width // 40)
    ImageDraw.Draw(image).text((x + 3, y), f"({row},{column})", fill=255, font=font)
    pixels = np.array(image)
    pixels[y - radius : y + radius + 1, x - radius : x + radius + 1] = 0
    rows, columns = np.nonzero(pixels >= INK)
    coverage = pixels / 255
    return {
        "label": f"({row},{column})",
        "x": x,
        "y": y,
        "left": int(columns.min()),
        "top": int(rows.min()),
        "right": int(columns.max()),
        "bottom": int(rows.max()),
        "coverage": round(float(coverage.sum()), 2),
        "centreX": round(float((coverage.sum(0) * np.arange(width)).sum() / coverage.sum()), 2),
        "centreY": round(float((coverage.sum(1) * np.arange(height)).sum() / coverage.sum()), 2),
    }


def main() -> None:
    golden = {
        "madeWith": {
            "pillow": PIL.__version__,
            "freetype": features.version("freetype2"),
            "arimo": json.loads(FONT_PACKAGE.read_text())["version"],
        },
        "dots": [{"radius": radius, "rows": dot_rows(radius)} for radius in range(1, 6)],
        "images": [
            {
                "width": width,
                "height": height,
                "labels": [label_ink(width, height, row, column) for row in range(1, 7) for column in range(1, 7)],
            }
            for width, height in SIZES
        ],
    }
    OUT.write_text(json.dumps(golden, indent=1) + "\n")
    print(OUT.relative_to(ROOT))


if __name__ == "__main__":
    main()
