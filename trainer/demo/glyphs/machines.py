"""Electric devices, dials, clocks, and what carries passengers."""

from __future__ import annotations

from ..canvas import COLOURS, GREY, INK, PALE, PAPER, Canvas, around, mixed, on
from .registry import glyph

DEVICES = ("bulb", "fan", "bell", "radio", "robot", "kettle")


@glyph("bulb")
def bulb(c: Canvas, colour: str, text: str) -> None:
    c.disc(50, 40, 33, "#ffe27a")
    c.shape([(30, 62), (70, 62), (64, 76), (36, 76)], "#ffe27a")
    c.line([(38, 44), (44, 58), (50, 44), (56, 58), (62, 44)], "#e08f1c", 4)
    c.box(36, 74, 64, 94, "#8b919e", 5)


@glyph("fan")
def fan(c: Canvas, colour: str, text: str) -> None:
    for turn in (0, 120, 240):
        c.disc(*around(50, 42, 21, turn), 16, "#59b7e8")
    c.disc(50, 42, 9, INK)
    c.ring(50, 42, 41, INK, 5)
    c.box(45, 82, 55, 92, INK)
    c.box(26, 90, 74, 98, INK, 4)


@glyph("bell")
def bell(c: Canvas, colour: str, text: str) -> None:
    c.disc(50, 88, 9, "#a86d12")
    c.disc(50, 14, 7, "#a86d12")
    c.disc(50, 42, 29, "#efb32e")
    c.shape([(21, 42), (79, 42), (92, 82), (8, 82)], "#efb32e")
    c.box(6, 76, 94, 86, "#c98a1b", 5)


@glyph("radio")
def radio(c: Canvas, colour: str, text: str) -> None:
    c.line([(28, 34), (66, 6)], INK, 4)
    c.box(4, 32, 96, 92, "#b3563c", 10)
    c.disc(32, 62, 21, "#f3dcc0")
    c.disc(32, 62, 9, "#7b3a28")
    c.box(60, 44, 88, 56, "#f3dcc0", 3)
    c.disc(67, 74, 7, "#f3dcc0")
    c.disc(84, 74, 7, "#f3dcc0")


@glyph("robot")
def robot(c: Canvas, colour: str, text: str) -> None:
    c.line([(50, 24), (50, 8)], INK, 4)
    c.disc(50, 8, 7, "#e2434b")
    c.box(14, 22, 86, 70, "#7fc8c2", 12)
    for x in (34, 66):
        c.disc(x, 44, 11, "#ffffff")
        c.disc(x, 44, 5, INK)
    c.box(34, 58, 66, 64, INK, 3)
    c.box(26, 74, 74, 98, "#5aa39d", 6)


@glyph("kettle")
def kettle(c: Canvas, colour: str, text: str) -> None:
    c.arc(48, 34, 27, 180, 360, INK, 7)
    c.shape([(74, 60), (98, 34), (98, 48), (78, 82)], "#9fa8ba")
    c.disc(48, 64, 36, "#c9cfdb", 31)
    c.box(14, 84, 82, 95, "#7d8698", 4)
    c.disc(48, 32, 7, INK)


@glyph("gauge")
def gauge(c: Canvas, colour: str, text: str) -> None:
    """A dial from 0 (lower left) over 4 (top) to 8 (lower right)."""
    c.disc(50, 50, 48, COLOURS[colour])
    c.disc(50, 50, 35, PAPER)
    for value in range(9):
        angle = -120 + 30 * value
        c.line([around(50, 50, 31, angle), around(50, 50, 24 if value % 4 == 0 else 27, angle)], INK, 3)
    for value, x in ((0, 36), (8, 64)):
        c.text(x, 74, str(value), 15, GREY)
    c.line([(50, 50), around(50, 50, 26, -120 + 30 * int(text))], INK, 7)
    c.disc(50, 50, 8, INK)


@glyph("clock")
def clock(c: Canvas, colour: str, text: str) -> None:
    """A whole hour: the long hand on twelve."""
    c.disc(50, 50, 48, "#3f5c88")
    c.disc(50, 50, 41, PAPER)
    for hour in range(1, 13):
        if hour % 3 == 0:
            c.text(*around(50, 50, 32, 30 * hour), str(hour), 14, INK)
        else:
            c.disc(*around(50, 50, 35, 30 * hour), 2, GREY)
    c.line([(50, 50), (50, 27)], GREY, 4)
    c.line([(50, 50), around(50, 50, 22, 30 * int(text))], "#d5303b", 8)
    c.disc(50, 50, 5, INK)


@glyph("switch")
def switch(c: Canvas, colour: str, text: str) -> None:
    """A lettered switch whose lead has the wire's colour."""
    c.box(10, 2, 90, 70, "#f4f5f8", 10)
    c.box(14, 6, 86, 66, PALE, 8)
    c.text(50, 36, text, 46, INK)
    c.box(38, 66, 62, 100, COLOURS[colour])
    c.box(28, 66, 72, 80, COLOURS[colour], 4)


@glyph("socket")
def socket(c: Canvas, colour: str, text: str) -> None:
    """What a device stands on: a plate with a plug in the wire's colour."""
    c.box(4, 24, 96, 98, "#f4f5f8", 10)
    c.box(38, 0, 62, 24, COLOURS[colour])
    c.box(24, 14, 76, 30, COLOURS[colour], 4)


@glyph("train")
def train(c: Canvas, colour: str, text: str) -> None:
    """A carriage with a white plate for its sign."""
    c.box(2, 6, 98, 80, COLOURS[colour], 14)
    c.box(22, 14, 78, 70, PAPER, 10)
    for x in (22, 50, 78):
        c.disc(x, 84, 10, INK)
        c.disc(x, 84, 4, GREY)


@glyph("ticket")
def ticket(c: Canvas, colour: str, text: str) -> None:
    c.box(0, 0, 100, c.tall, COLOURS[colour], 10)
    for x in (20, 40, 60, 80):
        c.disc(x, c.tall / 2, 4.5, mixed(COLOURS[colour], "#ffffff", 0.75))


@glyph("bus")
def bus(c: Canvas, colour: str, text: str) -> None:
    """A bus from its side."""
    tall = c.tall
    c.box(2, tall * 0.06, 98, tall * 0.84, COLOURS[colour], 10)
    for x in (10, 32, 54, 76):
        c.box(x, tall * 0.16, x + 16, tall * 0.44, "#e9f4fb", 3)
    for x in (26, 74):
        c.disc(x, tall * 0.84, tall * 0.15, INK)
        c.disc(x, tall * 0.84, tall * 0.06, GREY)


@glyph("platform")
def platform(c: Canvas, colour: str, text: str) -> None:
    """A blue sign on a post."""
    c.box(47, 60, 53, c.tall, GREY)
    c.box(16, 4, 84, 72, "#2d4a86", 12)
    c.text(50, 38, text, 56, "#ffffff")


@glyph("balloon")
def balloon(c: Canvas, colour: str, text: str) -> None:
    c.line([(50, 84), (46, 92), (52, 99)], GREY, 3)
    c.disc(50, 44, 38, COLOURS[colour], 43)
    c.shape([(43, 91), (57, 91), (50, 82)], COLOURS[colour])
    c.disc(33, 24, 6, mixed(COLOURS[colour], "#ffffff", 0.5), 9)
    c.text(50, 46, text, 52, on(colour))
