"""Ten heads, seen from the front; silhouette and colour both tell them apart."""

from __future__ import annotations

from ..canvas import INK, Canvas
from .registry import glyph

ANIMALS = ("cat", "fox", "mouse", "bear", "rabbit", "dog", "frog", "pig", "chick", "panda")


def _eyes(c: Canvas, y: float = 52, apart: float = 17, radius: float = 5.5) -> None:
    for side in (-1, 1):
        c.disc(50 + side * apart, y, radius, INK)
        c.disc(50 + side * apart - 1.5, y - 2, radius * 0.35, "#ffffff")


def _pointed_ears(c: Canvas, fill: str, inner: str) -> None:
    for side in (-1, 1):
        c.shape([(50 + side * 42, 6), (50 + side * 8, 28), (50 + side * 40, 52)], fill)
        c.shape([(50 + side * 37, 15), (50 + side * 19, 28), (50 + side * 36, 42)], inner)


@glyph("cat")
def cat(c: Canvas, colour: str, text: str) -> None:
    _pointed_ears(c, "#69707f", "#f2b8c6")
    c.disc(50, 58, 40, "#69707f", 34)
    _eyes(c, 54, 17, 6)
    c.shape([(44, 66), (56, 66), (50, 73)], "#f2b8c6")
    for side in (-1, 1):
        for y in (66, 74):
            c.line([(50 + side * 18, y), (50 + side * 44, y - 4 + (y - 66))], "#e8ebf0", 2)


@glyph("fox")
def fox(c: Canvas, colour: str, text: str) -> None:
    _pointed_ears(c, "#ea7325", "#4a3128")
    c.shape([(8, 46), (50, 22), (92, 46), (50, 96)], "#ea7325")
    c.shape([(9, 47), (36, 56), (50, 95)], "#fff4e6")
    c.shape([(91, 47), (64, 56), (50, 95)], "#fff4e6")
    _eyes(c, 52, 18, 5)
    c.disc(50, 89, 7, INK)


@glyph("mouse")
def mouse(c: Canvas, colour: str, text: str) -> None:
    for side in (-1, 1):
        c.disc(50 + side * 29, 29, 23, "#a9b0bd")
        c.disc(50 + side * 29, 29, 14, "#f6b9c9")
    c.disc(50, 62, 32, "#bcc3cf")
    _eyes(c, 58, 13, 5)
    c.disc(50, 74, 6, "#e56d8b")


@glyph("bear")
def bear(c: Canvas, colour: str, text: str) -> None:
    for side in (-1, 1):
        c.disc(50 + side * 31, 24, 15, "#7d4f30")
        c.disc(50 + side * 31, 25, 8, "#c98f63")
    c.disc(50, 56, 41, "#8f5c39", 38)
    c.disc(50, 70, 19, "#dcb089", 16)
    _eyes(c, 48)
    c.disc(50, 63, 7, INK, 5)
    c.line([(50, 66), (50, 75)], INK, 2.5)


@glyph("rabbit")
def rabbit(c: Canvas, colour: str, text: str) -> None:
    for side in (-1, 1):
        c.disc(50 + side * 17, 27, 12, "#fbfbfd", 26)
        c.disc(50 + side * 17, 29, 6, "#f6b0c4", 19)
    c.disc(50, 66, 33, "#fbfbfd", 30)
    _eyes(c, 61, 14, 5)
    c.disc(50, 72, 4.5, "#ef7f9d")
    c.box(45, 78, 55, 88, "#d9dee8", 2)


@glyph("dog")
def dog(c: Canvas, colour: str, text: str) -> None:
    c.disc(50, 54, 36, "#e8c08c", 40)
    for side in (-1, 1):
        c.disc(50 + side * 36, 46, 13, "#9a6233", 31)
    c.disc(50, 72, 21, "#fbeedb", 19)
    _eyes(c, 46, 15)
    c.disc(50, 63, 9, INK, 6.5)
    c.box(44, 78, 56, 92, "#ef6f83", 6)


@glyph("frog")
def frog(c: Canvas, colour: str, text: str) -> None:
    for side in (-1, 1):
        c.disc(50 + side * 24, 27, 18, "#58b947")
        c.disc(50 + side * 24, 25, 11, "#ffffff")
        c.disc(50 + side * 24, 26, 6, INK)
    c.disc(50, 61, 43, "#58b947", 32)
    c.disc(50, 74, 30, "#a6dd7f", 17)
    c.arc(50, 50, 26, 25, 155, "#256b2a", 4)


@glyph("pig")
def pig(c: Canvas, colour: str, text: str) -> None:
    for side in (-1, 1):
        c.shape([(50 + side * 42, 8), (50 + side * 10, 26), (50 + side * 36, 44)], "#e37f98")
    c.disc(50, 57, 40, "#f7a8bb", 37)
    c.disc(50, 66, 19, "#e37f98", 14)
    for side in (-1, 1):
        c.disc(50 + side * 7, 66, 4, "#8e3a50", 5.5)
    _eyes(c, 44, 19, 5)


@glyph("chick")
def chick(c: Canvas, colour: str, text: str) -> None:
    c.line([(50, 20), (44, 8)], "#e9a80f", 5)
    c.line([(50, 20), (57, 8)], "#e9a80f", 5)
    c.disc(50, 56, 39, "#ffd84a")
    _eyes(c, 48, 19, 6)
    c.shape([(36, 58), (64, 58), (50, 76)], "#f07f1d")
    for side in (-1, 1):
        c.disc(50 + side * 27, 64, 7, "#ffb85c", 5)


@glyph("panda")
def panda(c: Canvas, colour: str, text: str) -> None:
    for side in (-1, 1):
        c.disc(50 + side * 32, 22, 16, "#23262e")
    c.disc(50, 57, 41, "#ffffff", 38)
    for side in (-1, 1):
        c.disc(50 + side * 18, 52, 12, "#23262e", 14)
        c.disc(50 + side * 17, 50, 4.5, "#ffffff")
    c.disc(50, 69, 8, "#23262e", 5.5)
    c.line([(50, 72), (50, 80)], "#23262e", 2.5)
