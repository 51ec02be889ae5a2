"""Writes the demo dataset in M3CoT's original format: data/{train,dev,test}.jsonl and data/images/*.png.

    cd trainer
    python -m demo.make_demo_dataset --out DIR                         # 9,000 train, 504 dev, 612 test
    python -m demo.make_demo_dataset --out DIR --train 0 --dev 0       # the part that ships
    python -m demo.make_demo_dataset --out DIR --lookups               # and lookups.jsonl, about the train pictures
    python -m demo.make_demo_dataset --out DIR --captions full --train 12000     # captions in place of the questions
    python -m demo.make_demo_dataset --out DIR --captions sparse --train 6000    # captions of pictures with little in them
    python -m demo.make_demo_dataset --out DIR --captions middle --train 6000    # or with more
    python -m demo.make_demo_dataset --out DIR --captions letters --train 2520   # about the letters of options
    python -m demo.make_demo_dataset --out DIR --captions options --train 2520   # the same, with words between value and letter

The same seed gives the same rows and pixels; a longer split begins with the shorter one. Nothing is taken from
anywhere: CC0. An existing DIR/data is replaced. Needs Pillow and numpy.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from .drills import KINDS, drill
from .lookups import Caption, caption, lookup_rows, sparse
from .samples import SEED, Sample, Split

# Multiples of 36: every topic equally often, every letter equally often within each topic.
COUNTS = {"train": 9000, "validation": 504, "test": 612}
FILE_NAMES = {"train": "train", "validation": "dev", "test": "test"}
DRILLS_EACH = 8  # rows for a picture
# How many look-ups a picture of the captions' curriculum serves; the full ones serve all.
LOOKUP_COUNTS = {"sparse": (1, 1, 2, 3), "middle": (2, 3, 4, 5, 6, 7)}
LICENCE = Path(__file__).resolve().parents[2] / "resources" / "demo" / "dataset" / "LICENSE"

CARD = """---
license: cc0-1.0
pretty_name: Penumbra demo
task_categories:
- visual-question-answering
---
# Penumbra demo dataset

Generated pictures and questions to try Penumbra with: {counts}. Three domains with three topics each, four options,
answers spread evenly over A to D, a rationale of three steps and a last sentence that names the option, and for every question the boxes of the places that
each step looks at (`evidence`: step, box as x0, y0, x1, y1 in pixels of the picture, what is there).
Made by `trainer/demo/make_demo_dataset.py` with seed {seed}; CC0 1.0.
"""


def picture_file(pixels: np.ndarray) -> Image.Image:
    """A palette picture with exactly these pixels."""
    height, width, _ = pixels.shape
    # One number for a colour: ten times as fast as finding rows that differ.
    packed, places = np.unique(pixels.reshape(-1, 3) @ np.array([65536, 256, 1]), return_inverse=True)
    colours = np.stack([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.uint8)
    if len(colours) > 256:
        raise ValueError(f"{len(colours)} colours do not fit a palette")
    image = Image.frombytes("P", (width, height), places.astype(np.uint8).tobytes())
    image.putpalette(colours.tobytes())
    return image


def row_of(sample: Sample) -> dict[str, object]:
    return _common(sample) | {
        "question": sample.scene.question,
        "choices": list(sample.options),
        "answer": sample.letter,
        "rationale": " ".join(sample.rationale),
        "evidence": sample.evidence(),
    }


def captioned(sample: Sample, kind: str, seed: int) -> tuple[Sample, list[dict[str, object]]]:
    """The sample as its picture is drawn, and rows whose rationales read much of it.

    `full`: one row that goes row by row, one in random order. `sparse` and `middle`: only what a few look-ups need is drawn.
    `letters` and `options`: several rows about the letters of options, whatever the picture shows.
    """
    if kind in KINDS:
        rng = Random(f"{seed}:{kind}:{sample.sample_id}")
        return sample, [_common(sample) | {"id": f"{sample.sample_id}-{turn}"} | drill(sample, rng, kind) for turn in range(DRILLS_EACH)]
    orders = ("ordered", "random")
    if kind in LOOKUP_COUNTS:
        rng = Random(f"{seed}:{kind}:{sample.sample_id}")
        sample, orders = replace(sample, scene=sparse(sample.scene, rng, rng.choice(LOOKUP_COUNTS[kind]))), ("random",)
    rows = []
    for order in orders:
        found = caption(sample.scene, Random(f"{seed}:{order}:{sample.sample_id}"), ordered=order == "ordered")
        if found is not None:
            rows.append(_common(sample) | {"id": f"{sample.sample_id}-{order}"} | _caption_columns(found))
    return sample, rows


def _caption_columns(found: Caption) -> dict[str, object]:
    return {
        "question": found.choice.question,
        "choices": list(found.choice.options),
        "answer": found.choice.letter,
        "rationale": found.rationale,
        "evidence": [{"step": len(found.hops), "box": list(place.box), "what": place.what} for place in found.hops[-1].places],
    }


def _common(sample: Sample) -> dict[str, object]:
    return {
        "id": sample.sample_id,
        "category": sample.scene.category,
        "image_id": sample.sample_id,
        "context": "",
        "split": FILE_NAMES[sample.split],
        "image": f"data/images/{sample.sample_id}.png",
        "domain": sample.topic.domain,
        "topic": sample.topic.name,
    }


def write_lines(path: Path, rows: Iterable[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_dataset(out: Path, counts: dict[str, int], seed: int, with_lookups: bool, captions: str | None = None) -> None:
    data = out / "data"
    shutil.rmtree(data, ignore_errors=True)
    (data / "images").mkdir(parents=True)
    counts = {split: count for split, count in counts.items() if count > 0}
    for split, count in counts.items():
        rows = []
        for sample in Split(split, count, seed):
            drawn, new = (sample, [row_of(sample)]) if captions is None else captioned(sample, captions, seed)
            rows += new
            # The smallest file takes ten times as long: not for the thousands that never ship.
            path = data / "images" / f"{sample.sample_id}.png"
            picture_file(drawn.picture()).save(path, optimize=split != "train")
        write_lines(data / f"{FILE_NAMES[split]}.jsonl", rows)
    (out / "lookups.jsonl").unlink(missing_ok=True)
    if with_lookups:
        write_lines(out / "lookups.jsonl", (row for sample in Split("train", counts.get("train", 0), seed) for row in lookup_rows(sample)))
    named = ", ".join(f"{count} {split}" for split, count in counts.items())
    (out / "README.md").write_text(CARD.format(counts=named, seed=seed), encoding="utf-8", newline="\n")
    if out.resolve() != LICENCE.parent:
        shutil.copyfile(LICENCE, out / "LICENSE")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--train", type=int, default=COUNTS["train"], help="number of rows")
    parser.add_argument("--dev", type=int, default=COUNTS["validation"], help="number of rows")
    parser.add_argument("--test", type=int, default=COUNTS["test"], help="number of rows")
    parser.add_argument("--lookups", action="store_true", help="write the single look-ups of the train pictures, too")
    parser.add_argument("--captions", choices=(*LOOKUP_COUNTS, "full", *KINDS), help="ask look-ups, with rationales that read much of the picture")
    options = parser.parse_args()
    counts = {"train": options.train, "validation": options.dev, "test": options.test}
    write_dataset(options.out, counts, options.seed, options.lookups, options.captions)


if __name__ == "__main__":
    main()
