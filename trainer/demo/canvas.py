"""A small drawing surface with a transparent ground, drawn twice as large and reduced.

Coordinates are in hundredths of the width, so that a glyph draws the same at every size; y runs down.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageColor, ImageDraw, ImageFont

OVERSAMPLING = 2
INK, PAPER, GREY, PALE = "#2b2f3a", "#fffdf7", "#8b919e", "#dfe3ea"
# Eight colours that differ in hue or clearly in lightness.
COLOURS = {
    "red": "#e2434b",
    "orange": "#f7922d",
    "yellow": "#fbd23f",
    "green": "#36a659",
    "blue": "#2f7de1",
    "purple": "#8656d0",
    "pink": "#f79cc6",
    "black": "#3a3f4b",
}

Point = tuple[float, float]


def mixed(colour: str, other: str, share: float) -> str:
    """`colour` with a share of `other` in it; glyphs have no half-transparent parts of their own."""
    mine, theirs = (ImageColor.getrgb(c)[:3] for c in (colour, other))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(mine, theirs, strict=True))


def on(colour: str) -> str:
    """The text colour that reads well on a named colour."""
    return INK if colour in ("yellow", "pink") else "#ffffff"


class Canvas:
    """`width` and `height` are pixels of the finished glyph; every method takes hundredths of `width`."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._unit = width * OVERSAMPLING / 100
        self._image = Image.new("RGBA", (width * OVERSAMPLING, height * OVERSAMPLING), (0, 0, 0, 0))
        self._draw = ImageDraw.Draw(self._image)

    @property
    def tall(self) -> float:
        """The height in hundredths of the width."""
        return 100 * self.height / self.width

    def _points(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._unit, y * self._unit) for x, y in points]

    def _stroke(self, width: float) -> int:
        return max(1, round(width * self._unit))

    def disc(self, x: float, y: float, radius: float, fill: str, radius_y: float | None = None) -> None:
        ry = radius if radius_y is None else radius_y
        self._draw.ellipse(self._points([(x - radius, y - ry), (x + radius, y + ry)]), fill)

    def hole(self, x: float, y: float, radius: float) -> None:
        """Takes away what is drawn in a disc."""
        self._draw.ellipse(self._points([(x - radius, y - radius), (x + radius, y + radius)]), (0, 0, 0, 0))

    def ring(self, x: float, y: float, radius: float, colour: str, width: float) -> None:
        box = self._points([(x - radius, y - radius), (x + radius, y + radius)])
        self._draw.ellipse(box, None, colour, self._stroke(width))

    def box(self, x0: float, y0: float, x1: float, y1: float, fill: str, radius: float = 0) -> None:
        self._draw.rounded_rectangle(self._points([(x0, y0), (x1, y1)]), radius * self._unit, fill)

    def shape(self, points: Sequence[Point], fill: str) -> None:
        self._draw.polygon(self._points(points), fill)

    def line(self, points: Sequence[Point], colour: str, width: float) -> None:
        """A line with round ends and joints."""
        self._draw.line(self._points(points), colour, self._stroke(width), joint="curve")
        for x, y in points:
            self.disc(x, y, width / 2, colour)

    def arc(self, x: float, y: float, radius: float, start: float, end: float, colour: str, width: float) -> None:
        """Degrees clockwise from three o'clock."""
        box = self._points([(x - radius, y - radius), (x + radius, y + radius)])
        self._draw.arc(box, start, end, colour, self._stroke(width))

    def text(self, x: float, y: float, text: str, size: float, colour: str) -> None:
        """Bold text around its middle."""
        font = ImageFont.load_default(size * self._unit)
        stroke = max(1, round(size * self._unit * 0.035))
        self._draw.text((x * self._unit, y * self._unit), text, colour, font, "mm", stroke_width=stroke, stroke_fill=colour)

    def finish(self) -> Image.Image:
        return self._image.resize((self.width, self.height), Image.Resampling.BOX)


def around(x: float, y: float, radius: float, degrees: float) -> Point:
    """The point at an angle clockwise from twelve o'clock."""
    angle = math.radians(degrees)
    return x + radius * math.sin(angle), y - radius * math.cos(angle)
