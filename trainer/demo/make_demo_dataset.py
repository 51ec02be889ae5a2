"""The built-in demo dataset: small generated pictures with multiple-choice questions, in M3CoT's original format.

Three domains with three topics each. Every question needs two or three *places* of its picture; their boxes are kept
with the row (`evidence`: [x, y, width, height] in pixels of the picture). Nothing is taken from anywhere: CC0.

    python trainer/demo/make_demo_dataset.py [--out resources/demo/dataset] [--seed 7]

The same seed gives the same rows and pictures. Needs Pillow alone.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import scenes
from scenes import Question

SPLITS = {"train": 27, "dev": 27, "test": 117}
LETTERS = "ABCD"
TOPICS: list[tuple[str, str, Callable[[random.Random], Question]]] = [
    ("science", "ecology", scenes.food_chain),
    ("science", "physics", scenes.thermometers),
    ("science", "electricity", scenes.circuits),
    ("commonsense", "objects", scenes.shelves),
    ("commonsense", "time", scenes.timetable),
    ("commonsense", "people", scenes.seats),
    ("mathematics", "arithmetic", scenes.tiles),
    ("mathematics", "geometry", scenes.shapes),
    ("mathematics", "charts", scenes.bar_chart),
]

CARD = """---
license: cc0-1.0
pretty_name: Penumbra demo
task_categories:
- visual-question-answering
---
# Penumbra demo dataset

Generated pictures and questions to try Penumbra with: {counts}. Three domains with three topics each, four options,
answers spread evenly over A to D, and for every question the boxes of the places that one has to look at
(`evidence`, pixels of the picture). Made by `trainer/demo/make_demo_dataset.py` with seed {seed}; CC0 1.0.
"""


def answer_positions(count: int, rng: random.Random) -> list[list[int]]:
    """For each topic the places of its right answers in turn: every letter as often as can be, in a topic and in all."""
    used = [0] * len(LETTERS)
    positions = []
    for topic in range(len(TOPICS)):
        full, rest = divmod(len(range(topic, count, len(TOPICS))), len(LETTERS))
        least = sorted(range(len(LETTERS)), key=lambda letter: (used[letter], rng.random()))[:rest]
        for letter in least:
            used[letter] += 1
        bags = [rng.sample(range(len(LETTERS)), len(LETTERS)) for _ in range(full)] + [rng.sample(least, rest)]
        positions.append([letter for bag in bags for letter in bag])
    return positions


def make_rows(split: str, count: int, seed: int, images: Path) -> list[dict[str, object]]:
    """Rows of one split, their pictures saved under `images`; topics in turn."""
    rows = []
    positions = answer_positions(count, random.Random(f"{seed}:{split}:answers"))
    for index in range(count):
        domain, topic, make = TOPICS[index % len(TOPICS)]
        rng = random.Random(f"{seed}:{split}:{index}")
        question = make(rng)
        answer = positions[index % len(TOPICS)][index // len(TOPICS)]
        wrong = rng.sample(question.distractors, 3)
        choices = [*wrong[:answer], question.answer, *wrong[answer:]]
        if len(set(choices)) != 4:
            raise ValueError(f"{split} {index}: options repeat: {choices}")
        name = f"{topic}-{split}-{index}"
        question.picture.save(images / f"{name}.png", optimize=True)
        rows.append(
            {
                "id": name,
                "category": question.category,
                "image_id": name,
                "question": question.text,
                "choices": choices,
                "context": "",
                "answer": LETTERS[answer],
                "rationale": " ".join(question.rationale),
                "split": split,
                "image": f"data/images/{name}.png",
                "domain": domain,
                "topic": topic,
                "evidence": question.evidence,
            }
        )
    return rows


def main() -> None:
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=root / "resources" / "demo" / "dataset")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    data = options.out / "data"
    shutil.rmtree(data, ignore_errors=True)
    (data / "images").mkdir(parents=True)
    for split, count in SPLITS.items():
        rows = make_rows(split, count, options.seed, data / "images")
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (data / f"{split}.jsonl").write_text(lines, encoding="utf-8", newline="\n")
    counts = ", ".join(f"{count} {split}" for split, count in SPLITS.items())
    (options.out / "README.md").write_text(CARD.format(counts=counts, seed=options.seed), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
