"""Sheets to look at: for each topic some pictures with their question, options, rationale and evidence boxes.

    cd trainer && python -m demo.contact_sheet --out DIR [--split train] [--count 6] [--boxes]
"""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from .samples import SPLITS, Sample, make_sample
from .topics import TOPICS

ZOOM, COLUMNS, CAPTION = 2, 3, 150
STEP_COLOURS = ("#e2006a", "#0057d9", "#008a4f")


def panel(sample: Sample, boxes: bool) -> Image.Image:
    picture = Image.fromarray(sample.picture())
    side = picture.width * ZOOM
    sheet = Image.new("RGB", (side + 12, side + CAPTION), "#ffffff")
    sheet.paste(picture.resize((side, side), Image.Resampling.NEAREST))
    draw = ImageDraw.Draw(sheet)
    if boxes:
        for place in sample.evidence():
            step = int(str(place["step"]))
            x0, y0, x1, y1 = sample.scene.chain[step - 1].places[0].box if not isinstance(place["box"], list) else place["box"]
            inset = 2 * step
            draw.rectangle((x0 * ZOOM + inset, y0 * ZOOM + inset, x1 * ZOOM - inset, y1 * ZOOM - inset), None, STEP_COLOURS[step - 1], 2)
    options = "  ".join(f"({letter}) {option}" for letter, option in zip("ABCD", sample.options, strict=True))
    lines = [sample.scene.question, f"{options}   -> {sample.letter}", " ".join(sample.rationale)]
    text = "\n".join("\n".join(textwrap.wrap(line, 58)) for line in lines)
    draw.multiline_text((4, side + 6), text, "#000000", ImageFont.load_default(15))
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=SPLITS, default="train")
    parser.add_argument("--count", type=int, default=6)
    parser.add_argument("--boxes", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for place, topic in enumerate(TOPICS):
        panels = [panel(make_sample(options.split, place + turn * len(TOPICS)), options.boxes) for turn in range(options.count)]
        width, height = panels[0].size
        sheet = Image.new("RGB", (width * COLUMNS, height * -(-len(panels) // COLUMNS)), "#ffffff")
        for index, part in enumerate(panels):
            sheet.paste(part, (index % COLUMNS * width, index // COLUMNS * height))
        sheet.save(options.out / f"{topic.domain}-{topic.name}.png")


if __name__ == "__main__":
    main()
