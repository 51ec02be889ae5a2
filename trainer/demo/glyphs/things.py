"""Ten household things in any colour, and six places to travel to."""

from __future__ import annotations

from ..canvas import COLOURS, INK, Canvas, mixed
from .registry import glyph

THINGS = ("lamp", "cup", "ball", "book", "hat", "key", "bag", "vase", "kite", "boot")
PLACES = ("tree", "house", "boat", "castle", "mountain", "tent")


@glyph("lamp")
def lamp(c: Canvas, colour: str, text: str) -> None:
    c.box(46, 40, 54, 88, "#8a6a4a")
    c.box(28, 86, 72, 95, "#8a6a4a", 4)
    c.shape([(32, 8), (68, 8), (88, 52), (12, 52)], COLOURS[colour])
    c.disc(50, 54, 10, "#fff1a8", 5)


@glyph("cup")
def cup(c: Canvas, colour: str, text: str) -> None:
    c.ring(72, 52, 20, COLOURS[colour], 9)
    c.box(14, 26, 72, 90, COLOURS[colour], 12)
    c.box(14, 26, 72, 36, mixed(COLOURS[colour], "#ffffff", 0.7), 5)


@glyph("ball")
def ball(c: Canvas, colour: str, text: str) -> None:
    c.disc(50, 52, 42, COLOURS[colour])
    c.arc(10, 52, 40, -60, 60, "#ffffff", 5)
    c.arc(90, 52, 40, 120, 240, "#ffffff", 5)


@glyph("book")
def book(c: Canvas, colour: str, text: str) -> None:
    c.box(16, 10, 86, 94, COLOURS[colour], 6)
    c.box(22, 80, 86, 90, "#f7f2e4", 2)
    c.box(16, 10, 27, 94, mixed(COLOURS[colour], "#000000", 0.25), 4)
    c.box(40, 26, 74, 34, mixed(COLOURS[colour], "#ffffff", 0.7), 2)
    c.box(40, 42, 66, 49, mixed(COLOURS[colour], "#ffffff", 0.7), 2)


@glyph("hat")
def hat(c: Canvas, colour: str, text: str) -> None:
    c.box(26, 18, 74, 80, COLOURS[colour], 10)
    c.box(26, 58, 74, 70, mixed(COLOURS[colour], "#ffffff", 0.7))
    c.box(4, 76, 96, 92, COLOURS[colour], 8)


@glyph("key")
def key(c: Canvas, colour: str, text: str) -> None:
    c.ring(28, 50, 24, COLOURS[colour], 11)
    c.box(48, 44, 97, 56, COLOURS[colour], 3)
    c.box(72, 50, 81, 74, COLOURS[colour], 2)
    c.box(88, 50, 97, 70, COLOURS[colour], 2)


@glyph("bag")
def bag(c: Canvas, colour: str, text: str) -> None:
    c.arc(50, 38, 24, 180, 360, COLOURS[colour], 8)
    c.shape([(16, 36), (84, 36), (94, 92), (6, 92)], COLOURS[colour])
    c.box(40, 48, 60, 62, mixed(COLOURS[colour], "#ffffff", 0.7), 4)


@glyph("vase")
def vase(c: Canvas, colour: str, text: str) -> None:
    for x, y in ((28, 20), (72, 20), (50, 12)):
        c.line([(50, 58), (x, y)], "#2f8a4b", 4)
        c.disc(x, y, 10, "#fff3c9")
        c.disc(x, y, 4.5, "#e79b1e")
    c.shape([(30, 50), (70, 50), (80, 72), (66, 95), (34, 95), (20, 72)], COLOURS[colour])


@glyph("kite")
def kite(c: Canvas, colour: str, text: str) -> None:
    c.shape([(54, 4), (88, 36), (46, 76), (20, 32)], COLOURS[colour])
    c.line([(54, 4), (46, 76)], mixed(COLOURS[colour], "#ffffff", 0.7), 3)
    c.line([(20, 32), (88, 36)], mixed(COLOURS[colour], "#ffffff", 0.7), 3)
    c.line([(46, 76), (34, 84), (44, 90), (30, 97)], INK, 3)


@glyph("boot")
def boot(c: Canvas, colour: str, text: str) -> None:
    c.box(26, 8, 62, 82, COLOURS[colour], 6)
    c.box(26, 54, 92, 84, COLOURS[colour], 14)
    c.box(24, 82, 93, 93, INK, 4)
    c.box(26, 8, 62, 20, mixed(COLOURS[colour], "#ffffff", 0.7), 4)


@glyph("tree")
def tree(c: Canvas, colour: str, text: str) -> None:
    c.box(43, 60, 57, 96, "#8a5a34")
    for x, y, r in ((50, 30, 26), (30, 48, 22), (70, 48, 22)):
        c.disc(x, y, r, "#3f9f4f")
    c.disc(42, 36, 6, "#e2434b")
    c.disc(64, 48, 6, "#e2434b")


@glyph("house")
def house(c: Canvas, colour: str, text: str) -> None:
    c.box(18, 44, 82, 94, "#f6e3b8")
    c.shape([(50, 6), (96, 48), (4, 48)], "#d4573f")
    c.box(42, 64, 60, 94, "#7c5236")
    c.box(25, 56, 37, 68, "#6db7ea")
    c.box(66, 56, 78, 68, "#6db7ea")


@glyph("boat")
def boat(c: Canvas, colour: str, text: str) -> None:
    c.box(47, 6, 52, 70, "#6b4a30")
    c.shape([(55, 8), (90, 60), (55, 60)], "#ffffff")
    c.shape([(44, 16), (44, 60), (16, 60)], "#f2c53d")
    c.shape([(6, 66), (94, 66), (78, 86), (22, 86)], "#b5482f")
    c.box(0, 84, 100, 98, "#3f8fe0", 4)


@glyph("castle")
def castle(c: Canvas, colour: str, text: str) -> None:
    c.box(22, 40, 78, 94, "#aab2c2")
    for x in (8, 70):
        c.box(x, 24, x + 22, 94, "#8e97aa")
        c.shape([(x - 3, 26), (x + 11, 4), (x + 25, 26)], "#7a54b8")
    for x in (34, 46, 58):
        c.box(x, 32, x + 8, 42, "#aab2c2")
    c.box(41, 66, 59, 94, "#4b4250", 8)


@glyph("mountain")
def mountain(c: Canvas, colour: str, text: str) -> None:
    c.shape([(70, 30), (100, 94), (36, 94)], "#6a7488")
    c.shape([(40, 8), (84, 94), (0, 94)], "#808ba1")
    c.shape([(40, 8), (54, 35), (44, 42), (38, 34), (28, 42), (26, 36)], "#ffffff")


@glyph("tent")
def tent(c: Canvas, colour: str, text: str) -> None:
    c.shape([(50, 10), (98, 92), (2, 92)], "#ef8b2f")
    c.shape([(50, 34), (70, 92), (30, 92)], "#5b3517")
    c.line([(50, 10), (56, 2)], "#5b3517", 3)
    c.line([(50, 10), (44, 2)], "#5b3517", 3)
