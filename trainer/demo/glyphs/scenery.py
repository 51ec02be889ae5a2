"""Grounds of whole pictures, and the small parts between things: arrows, signs, cubes, digits."""

from __future__ import annotations

from ..canvas import COLOURS, INK, PAPER, Canvas, mixed
from .registry import glyph

# 28 pixels, a model's image token, in hundredths of a picture's 224.
CELL = 12.5
CHALK = "#fff8e1"


@glyph("meadow")
def meadow(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#d8efc4")
    for x, y in ((30, 8), (4, 31), (69, 33), (31, 68), (94, 69), (68, 94), (5, 95)):
        c.line([(x, y + 2), (x - 1.2, y)], "#8cc26b", 0.8)
        c.line([(x + 1, y + 2), (x + 1.2, y - 0.8)], "#8cc26b", 0.8)
    for x, y in ((68, 6), (31, 31), (32, 95), (69, 69), (95, 32)):
        c.disc(x, y, 1.2, "#ffffff")
        c.disc(x, y, 0.5, "#f2b632")


@glyph("boiler-room")
def boiler_room(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#e3e8ef")
    for y in (12.5, 50, 87.5):
        c.box(0, y - 2.6, 100, y + 2.6, "#b4bdcb")
        c.box(0, y - 2.6, 100, y - 1.2, "#cfd6e0")
    for x in (31.25, 68.75):
        c.box(x - 2.6, 12.5, x + 2.6, 87.5, "#a6b0c0")
        c.box(x - 2.6, 12.5, x - 1.2, 87.5, "#c3cbd7")
        for y in (12.5, 50, 87.5):
            c.box(x - 4, y - 4, x + 4, y + 4, "#8f9aad", 1)


@glyph("workshop")
def workshop(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#f0e6d6")
    c.box(0, 0, 100, 25, "#cdb99b")
    c.box(0, 76, 100, 100, "#cdb99b")


@glyph("shelves")
def shelves(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#b08050")
    for row in range(3):
        for column in range(3):
            x, y = column * 37.5, row * 37.5
            c.box(x - 3.5, y - 3.5, x + 28.5, y + 28.5, "#805030", 2)
            c.box(x - 3.5, y - 1.5, x + 28.5, y + 28.5, "#f0f0e0", 1.5)


@glyph("country")
def country(c: Canvas, colour: str, text: str) -> None:
    """A platform hall above, a railway in the middle, green land below."""
    c.box(0, 0, 100, 31, "#f3ead9")
    c.box(0, 31, 100, 68.75, "#cfe6f5")
    c.box(0, 68.75, 100, 100, "#cfe8bb")
    c.box(0, 27, 100, 31.25, "#c9b596")
    for x in range(1, 100, 6):
        c.box(x, 62.6, x + 3, 66.4, "#9a7a57")
    c.box(0, 62, 100, 63.2, "#7d8594")
    c.box(0, 65.6, 100, 66.8, "#7d8594")


@glyph("bus-station")
def bus_station(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#dcebf7")
    c.box(0, 57, 100, 79, "#eadfcb")
    c.box(0, 79, 100, 100, "#aeb5c0")
    for x in (2, 27, 52, 77):
        c.box(x + 8, 97.5, x + 16, 98.8, "#ffffff")
    c.box(47.5, 0, 100, 51.5, "#22304a", 2.5)


@glyph("sky")
def sky(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#cfeafb")
    for x, y in ((14, 25), (62, 49), (36, 74), (88, 26)):
        for dx, r in ((-6, 3.4), (0, 5), (6, 3.6)):
            c.disc(x + dx, y, r, "#eef8fe", r * 0.8)
    c.disc(20, 112, 46, "#b9dfa0", 18)
    c.disc(82, 114, 44, "#a5d48b", 20)


@glyph("blackboard")
def blackboard(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#2f5b4c")
    c.box(0, 29.5, 100, 31.5, "#e9dfc8")


@glyph("building-site")
def building_site(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#e6f1fb")
    for level in range(7):
        y = 87.5 - CELL * (level + 1)
        c.box(CELL, y - 0.2, 100, y + 0.2, "#c3d6e8")
    c.box(0, 87.5, 100, 100, "#b59a74")
    c.box(0, 87.5, 100, 89, "#8fbf6a")
    c.box(0, 0, CELL, 87.5, "#f3f7fb")


@glyph("cube")
def cube(c: Canvas, colour: str, text: str) -> None:
    c.box(2, 2, 98, 98, COLOURS[colour], 8)
    c.box(10, 9, 90, 20, mixed(COLOURS[colour], "#ffffff", 0.35), 5)


@glyph("arrow")
def arrow(c: Canvas, colour: str, text: str) -> None:
    """`text` is where it points: right, left, up or down."""
    turn = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1)}[text]

    def at(along: float, across: float) -> tuple[float, float]:
        return 50 + along * turn[0] - across * turn[1], 50 + along * turn[1] + across * turn[0]

    c.line([at(-36, 0), at(14, 0)], "#c4402f", 18)
    c.shape([at(46, 0), at(2, 36), at(2, -36)], "#c4402f")


@glyph("panel")
def panel(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, c.tall, PAPER, 9)


@glyph("plus")
def plus(c: Canvas, colour: str, text: str) -> None:
    minus(c, colour, text)
    c.line([(50, c.tall / 2 - 30), (50, c.tall / 2 + 30)], CHALK, 15)


@glyph("minus")
def minus(c: Canvas, colour: str, text: str) -> None:
    c.line([(20, c.tall / 2), (80, c.tall / 2)], CHALK, 15)


@glyph("equals")
def equals(c: Canvas, colour: str, text: str) -> None:
    for side in (-1, 1):
        c.line([(22, c.tall / 2 + side * 16), (78, c.tall / 2 + side * 16)], CHALK, 13)


@glyph("unknown")
def unknown(c: Canvas, colour: str, text: str) -> None:
    c.text(50, 52, "?", 84, CHALK)


@glyph("digit")
def digit(c: Canvas, colour: str, text: str) -> None:
    c.text(50, 50, text, 84, COLOURS.get(colour, INK))


@glyph("hour")
def hour(c: Canvas, colour: str, text: str) -> None:
    c.text(50, c.tall / 2, f"{text}:00", 38, "#ffffff")
