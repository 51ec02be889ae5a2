"""A small drawing surface: coordinates in pixels of the finished picture, drawn four times larger and reduced."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

SCALE = 4
PAPER, INK, GREY, PALE = "#f7f4ec", "#2b2d33", "#8d8f96", "#e4dfd2"
# Okabe and Ito's palette, which people with any colour vision can tell apart.
COLOURS = {
    "red": "#d55e00",
    "blue": "#0072b2",
    "green": "#009e73",
    "yellow": "#f0c419",
    "pink": "#cc79a7",
    "black": "#2b2d33",
}

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class Canvas:
    """Boxes are (x, y, width, height)."""

    def __init__(self, width: int = 224, height: int = 224) -> None:
        self.width, self.height = width, height
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), PAPER)
        self.draw = ImageDraw.Draw(self.image)

    @staticmethod
    def _corners(box: Box, inset: float = 0) -> list[float]:
        x, y, w, h = box
        return [v * SCALE for v in (x + inset, y + inset, x + w - inset, y + h - inset)]

    def rectangle(self, box: Box, fill: str | None = None, outline: str | None = None, radius: float = 0, width: float = 1.5) -> None:
        self.draw.rounded_rectangle(self._corners(box), radius * SCALE, fill, outline, round(width * SCALE))

    def ellipse(self, box: Box, fill: str | None = None, outline: str | None = None, width: float = 1.5) -> None:
        self.draw.ellipse(self._corners(box), fill, outline, round(width * SCALE))

    def polygon(self, points: list[Point], fill: str, outline: str | None = None, width: float = 1.5) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill, outline, round(width * SCALE))

    def line(self, points: list[Point], fill: str = INK, width: float = 2) -> None:
        self.draw.line([(x * SCALE, y * SCALE) for x, y in points], fill, round(width * SCALE), joint="curve")

    def text(self, centre: Point, text: str, size: float = 12, fill: str = INK) -> None:
        font = ImageFont.load_default(size * SCALE)
        self.draw.text((centre[0] * SCALE, centre[1] * SCALE), text, fill, font, anchor="mm")

    def arrow(self, start: Point, end: Point, fill: str = INK, width: float = 2, head: float = 6) -> None:
        (x0, y0), (x1, y1) = start, end
        length = max(1e-6, ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)
        ux, uy = (x1 - x0) / length, (y1 - y0) / length
        base = (x1 - ux * head, y1 - uy * head)
        self.line([start, base], fill, width)
        side = head * 0.6
        self.polygon([end, (base[0] - uy * side, base[1] + ux * side), (base[0] + uy * side, base[1] - ux * side)], fill)

    def finish(self) -> Image.Image:
        """The picture, with few colours so that its file is small."""
        small = self.image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        return small.quantize(48, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def box_of(box: Box, margin: float = 3) -> list[int]:
    """An evidence box: whole pixels, a little margin."""
    x, y, w, h = box
    return [round(x - margin), round(y - margin), round(w + 2 * margin), round(h + 2 * margin)]
