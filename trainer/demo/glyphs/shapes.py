"""Eight plain shapes, as signs and as symbols in sums."""

from __future__ import annotations

from ..canvas import COLOURS, INK, Canvas, around
from .registry import glyph

SHAPES = ("circle", "square", "triangle", "star", "heart", "moon", "cross", "drop")


def _fill(colour: str) -> str:
    return COLOURS.get(colour, INK)


@glyph("circle")
def circle(c: Canvas, colour: str, text: str) -> None:
    c.disc(50, 50, 39, _fill(colour))


@glyph("square")
def square(c: Canvas, colour: str, text: str) -> None:
    c.box(14, 14, 86, 86, _fill(colour), 6)


@glyph("triangle")
def triangle(c: Canvas, colour: str, text: str) -> None:
    c.shape([(50, 8), (94, 86), (6, 86)], _fill(colour))


@glyph("star")
def star(c: Canvas, colour: str, text: str) -> None:
    c.shape([around(50, 54, 48 if i % 2 == 0 else 20, 36 * i) for i in range(10)], _fill(colour))


@glyph("heart")
def heart(c: Canvas, colour: str, text: str) -> None:
    for side in (-1, 1):
        c.disc(50 + side * 21, 34, 23, _fill(colour))
    c.shape([(9, 45), (50, 92), (91, 45), (50, 30)], _fill(colour))


@glyph("moon")
def moon(c: Canvas, colour: str, text: str) -> None:
    c.disc(54, 50, 43, _fill(colour))
    c.hole(72, 40, 35)


@glyph("cross")
def cross(c: Canvas, colour: str, text: str) -> None:
    c.box(36, 8, 64, 92, _fill(colour), 4)
    c.box(8, 36, 92, 64, _fill(colour), 4)


@glyph("drop")
def drop(c: Canvas, colour: str, text: str) -> None:
    c.disc(50, 64, 30, _fill(colour))
    c.shape([(50, 4), (23, 51), (77, 51)], _fill(colour))
