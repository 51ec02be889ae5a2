"""Names of glyphs, and their finished pixels, each drawn once.

A glyph is a function of a canvas, a colour's name and a text (either may be empty). A name that nobody registered is a bug.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PIL import Image

from ..canvas import Canvas

Glyph = Callable[[Canvas, str, str], None]
_glyphs: dict[str, Glyph] = {}


def glyph(name: str) -> Callable[[Glyph], Glyph]:
    def register(draw: Glyph) -> Glyph:
        if name in _glyphs:
            raise ValueError(f"two glyphs named {name}")
        _glyphs[name] = draw
        return draw

    return register


@lru_cache(maxsize=None)
def sprite(name: str, width: int, height: int, colour: str, text: str) -> Image.Image:
    """RGBA pixels of a glyph. There are some hundreds in all, so none is ever dropped."""
    canvas = Canvas(width, height)
    _glyphs[name](canvas, colour, text)
    return canvas.finish()
