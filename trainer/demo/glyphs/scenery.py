"""Grounds of whole pictures, and the small parts of things: boards, bubbles, boxes, signs, towers, digits."""

from __future__ import annotations

from ..canvas import COLOURS, GREY, INK, PAPER, Canvas
from .registry import glyph

CHALK = "#fff8e1"


@glyph("meadow")
def meadow(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#d8efc4")


@glyph("boiler-room")
def boiler_room(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#e3e8ef")
    for row in range(6):
        y = 100 * (row + 0.5) / 6
        c.box(0, y - 1.2, 100, y + 1.2, "#c3cbd7")


@glyph("workshop")
def workshop(c: Canvas, colour: str, text: str) -> None:
    """A wall for the switches, a bench for the devices."""
    c.box(0, 0, 100, 100, "#f0e6d6")
    c.box(0, 0, 100, 100 / 3, "#cdb99b")
    c.box(0, 50, 100, 100, "#d9c7aa")


@glyph("wall")
def wall(c: Canvas, colour: str, text: str) -> None:
    """Six shelves."""
    c.box(0, 0, 100, 100, "#f4efe0")
    for row in range(1, 7):
        c.box(0, 100 * row / 6 - 1.1, 100, 100 * row / 6, "#b08050")


@glyph("country")
def country(c: Canvas, colour: str, text: str) -> None:
    """A platform hall above, a railway in the middle, green land below."""
    c.box(0, 0, 100, 100 / 3, "#f3ead9")
    c.box(0, 100 / 3, 100, 200 / 3, "#cfe6f5")
    c.box(0, 200 / 3, 100, 100, "#cfe8bb")
    for y in (50, 200 / 3):
        c.box(0, y - 1.6, 100, y - 0.8, "#7d8594")


@glyph("bus-station")
def bus_station(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#dcebf7")
    c.box(0, 50, 100, 200 / 3, "#eadfcb")
    c.box(0, 200 / 3, 100, 100, "#c3c9d2")


@glyph("sky")
def sky(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#cfeafb")
    c.box(0, 500 / 6, 100, 100, "#c4e6f0")


@glyph("blackboard")
def blackboard(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#2f5b4c")
    c.box(0, 100 / 6 - 0.5, 100, 100 / 6 + 0.3, "#e9dfc8")


@glyph("building-site")
def building_site(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, 100, "#e6f1fb")


@glyph("tower")
def tower(c: Canvas, colour: str, text: str) -> None:
    """As many bricks as `text` says, of at most seven, on the ground; ticks say how many there could be."""
    c.box(4, 97, 96, 100, "#b59a74")
    for level in range(8):
        y = 97 - 13.4 * level
        c.box(16, y - 0.9, 24, y + 0.9, GREY)
        if 0 < level <= int(text):
            c.box(30, y + 1, 74, y + 12.4, COLOURS[colour], 2)


@glyph("bubble")
def bubble(c: Canvas, colour: str, text: str) -> None:
    """What somebody thinks of."""
    c.disc(50, 50, 50, PAPER)
    c.disc(12, 12, 9, PAPER)


@glyph("gift-box")
def gift_box(c: Canvas, colour: str, text: str) -> None:
    """A coloured box with a window."""
    c.box(0, 6, 100, 24, COLOURS[colour], 4)
    c.box(5, 20, 95, 100, COLOURS[colour], 5)
    c.box(19, 27, 81, 90, PAPER, 6)


@glyph("board")
def board(c: Canvas, colour: str, text: str) -> None:
    """A line of a timetable."""
    c.box(0, 0, 100, 100, "#22304a", 8)


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
