"""A dataset of a few drawn pictures in M3CoT's original layout, and what the fixture that makes configurations is."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from penumbra_train.config.schema import TrainingConfig

WORDS = "red blue green round square left right top".split()
ConfigOf = Callable[..., TrainingConfig]


def write_dataset(folder: Path, counts: dict[str, int]) -> Path:
    """M3CoT's original layout; ids, texts and pictures follow from the counts alone."""
    (folder / "data" / "images").mkdir(parents=True)
    for split, count in counts.items():
        lines = []
        for index in range(count):
            rng = random.Random(f"{split}-{index}")
            name = f"{split}-{index}"
            picture = Image.new("RGB", (56, 56), tuple(rng.randrange(256) for _ in range(3)))
            picture.putpixel((rng.randrange(56), rng.randrange(56)), (255, 255, 255))
            picture.save(folder / "data" / "images" / f"{name}.png")
            sentence = " ".join(rng.sample(WORDS, 1 + index % 4))
            lines.append(
                json.dumps(
                    {
                        "id": name,
                        "question": f"Which is {sentence}?",
                        "choices": rng.sample(WORDS, 4),
                        "context": "",
                        "answer": "ABCD"[rng.randrange(4)],
                        "rationale": " ".join(f"It is {rng.choice(WORDS)}." for _ in range(1 + index % 4)),
                        "split": split,
                        "image": f"data/images/{name}.png",
                        "domain": ("science", "commonsense")[index % 2],
                        "topic": "things",
                    }
                )
            )
        (folder / "data" / f"{split}.jsonl").write_text("\n".join(lines) + "\n")
    return folder
