"""A scene: what is drawn where, one question about it, and every single look-up that the picture allows.

Axis-aligned boxes are (x0, y0, x1, y1) in pixels of the picture, right and lower edges exclusive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image

from .glyphs import animals, machines, scenery, shapes, things  # noqa: F401  (registers the glyphs)
from .glyphs.registry import sprite

SIDE = 336
TOKEN = 56  # one image token of the model, which sees the picture at half its size: 2 x 2 patches of 14 pixels
BOARD = SIDE // TOKEN
SEEN = 168  # the side of the picture that the model gets: 6 x 6 image tokens of 28 pixels
Box = tuple[int, int, int, int]

# Few shades: a picture then has at most 256 colours, so that its palette PNG holds exactly the pixels trained on.
_SHADES = [min(255, round(value / 16) * 16) for value in range(256)] * 3


@dataclass(frozen=True, slots=True)
class Drawn:
    """One glyph, its upper left corner and its size in pixels."""

    glyph: str
    x: int
    y: int
    width: int
    height: int
    colour: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    box: Box
    what: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One look-up: `statement` is the sentence of a caption that gives its result; no place where only numbers are joined."""

    kind: str
    question: str
    answer: str
    statement: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a chain: what to do, as a rationale has it ("look at the hat"), and what comes of it."""

    task: str
    result: str
    places: tuple[Place, ...] = ()


def that_is_all(result: str) -> Step:
    """The last step of a chain that has its result already."""
    return Step("that is all", result)


@dataclass(frozen=True, slots=True)
class Scene:
    """`drawn` begins with a ground that fills the picture; `chain` holds the three steps to the answer; `lookups` every look-up of the picture."""

    category: str
    drawn: tuple[Drawn, ...]
    question: str
    answer: str
    distractors: tuple[str, str, str]
    chain: tuple[Step, Step, Step]
    lookups: tuple[Hop, ...]

    def digest(self) -> bytes:
        """Identifies the picture, whatever is asked about it."""
        return hashlib.sha256(repr(self.drawn).encode()).digest()


def token_box(column: int, row: int) -> Box:
    """The box of an image token."""
    return column * TOKEN, row * TOKEN, (column + 1) * TOKEN, (row + 1) * TOKEN


def slot_of(box: Sequence[int]) -> int:
    """The image token of a place's box, row by row."""
    return box[1] // TOKEN * BOARD + box[0] // TOKEN


def scattered(rng: Random, count: int, rows: range = range(BOARD)) -> list[Box]:
    """Boxes of different tokens in some rows of the board, in random order."""
    cells = rng.sample([(column, row) for column in range(BOARD) for row in rows], count)
    return [token_box(*cell) for cell in cells]


def drawn_at(glyph: str, box: Box, offset: tuple[int, int], size: tuple[int, int], colour: str = "", text: str = "") -> Drawn:
    """A glyph at an offset within a box."""
    return Drawn(glyph, box[0] + offset[0], box[1] + offset[1], *size, colour, text)


def drawn_in(glyph: str, box: Box, colour: str = "", text: str = "", inset: int = 0) -> Drawn:
    """A glyph that fills a box but for a margin."""
    x0, y0, x1, y1 = box
    return Drawn(glyph, x0 + inset, y0 + inset, x1 - x0 - 2 * inset, y1 - y0 - 2 * inset, colour, text)


def ground(glyph: str) -> Drawn:
    return Drawn(glyph, 0, 0, SIDE, SIDE)


def render(scene: Scene) -> np.ndarray:
    """The picture, [336, 336, 3] uint8."""
    first, *rest = scene.drawn
    image = sprite(first.glyph, first.width, first.height, first.colour, first.text).convert("RGB")
    for part in rest:
        pixels = sprite(part.glyph, part.width, part.height, part.colour, part.text)
        image.paste(pixels, (part.x, part.y), pixels)
    return np.asarray(image.point(_SHADES))
