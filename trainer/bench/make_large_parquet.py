"""A large parquet file in M3CoT's Hub schema for `bench/dataset.ts` and `bench/large-parquet.ts`: Snappy, row groups
of 1,000. Images are 4 KB of noise, or the files of a folder by turns, each with bytes of its own behind its end.

    trainer/.venv/bin/python trainer/bench/make_large_parquet.py FILE ROWS [IMAGES]    # needs pyarrow
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

GROUP = 1000
IMAGE_BYTES = 4096
WORDS = "the picture shows a small red boat near two larger ships while birds cross over the quiet water".split()
DOMAINS = [("science", "natural-science", "biology"), ("commonsense", "physical-commonsense", "things"), ("mathematics", "algebra", "sums")]
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("id", "category", "image_id", "question")]
    + [("choices", pa.list_(pa.string()))]
    + [(name, pa.string()) for name in ("context", "answer", "rationale", "split")]
    + [("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])), ("domain", pa.string()), ("topic", pa.string())]
)


def sentence(seed: int, length: int) -> str:
    return " ".join(WORDS[(seed * 7 + index * 3) % len(WORDS)] for index in range(length))


def row(number: int, rng: random.Random, images: list[bytes]) -> dict:
    domain, topic, category = DOMAINS[number % len(DOMAINS)]
    return {
        "id": f"question-{number}",
        "category": category,
        "image_id": f"picture-{number}",
        "question": f"{sentence(number, 12)} {number}?",
        "choices": [f"{sentence(number + choice, 4)} {choice}" for choice in range(4)],
        "context": sentence(number, 30) if number % 2 == 0 else "",
        "answer": "ABCD"[number % 4],
        "rationale": f"{number}: {sentence(number, 90)}",
        "split": "test",
        "image": {"bytes": images[number % len(images)] + rng.randbytes(64) if images else rng.randbytes(IMAGE_BYTES), "path": f"{number}.png"},
        "domain": domain,
        "topic": topic,
    }


def main(file: str, rows: int, folder: str | None = None) -> None:
    rng = random.Random(0)
    images = [path.read_bytes() for path in sorted(Path(folder).iterdir())] if folder else []
    with pq.ParquetWriter(file, SCHEMA, compression="snappy") as writer:
        for first in range(0, rows, GROUP):
            group = [row(number, rng, images) for number in range(first, min(rows, first + GROUP))]
            writer.write_table(pa.Table.from_pylist(group, schema=SCHEMA), row_group_size=GROUP)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
