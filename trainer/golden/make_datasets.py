"""Small dataset folders in each format that the program reads, and what an independent reader finds in them.

All questions and pictures are invented here (CC0). Parquet files are written by pyarrow in the Hub's schema (Snappy,
several row groups); the layouts under `parquet-layouts/` cover what writers do differently with the image column.
`expected.json` is computed from the questions as given and from the files read back with pyarrow, never with the
program's own reader.

    trainer/.venv/bin/python trainer/golden/make_datasets.py    # needs pyarrow and pillow; 2 s; same bytes on every run
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import random
import shutil
from pathlib import Path

import PIL
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

ROOT = Path(__file__).resolve().parents[2] / "test" / "golden" / "datasets"
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])

M3COT_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("id", "category", "image_id", "question")]
    + [("choices", pa.list_(pa.string()))]
    + [(name, pa.string()) for name in ("context", "answer", "rationale", "split")]
    + [("image", IMAGE), ("domain", pa.string()), ("topic", pa.string())]
)
SCIENCEQA_SCHEMA = pa.schema(
    [("image", IMAGE), ("question", pa.string()), ("choices", pa.list_(pa.string())), ("answer", pa.int8())]
    + [(n, pa.string()) for n in "hint task grade subject topic category skill lecture solution".split()]
)

CATEGORIES = [
    ("science", "natural-science", "physics"),
    ("science", "language-science", "grammar"),
    ("commonsense", "physical-commonsense", "things"),
    ("mathematics", "algebra", "equations"),
]


def png(seed: int, size: int = 6) -> bytes:
    """A small picture of its own."""
    rng = random.Random(seed)
    image = Image.new("RGB", (size, size + seed % 3))
    image.putdata([tuple(rng.randrange(256) for _ in range(3)) for _ in range(image.width * image.height)])
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def m3cot_rows(split: str, count: int, first: int) -> list[dict]:
    rows = []
    for number in range(first, first + count):
        domain, topic, category = CATEGORIES[number % len(CATEGORIES)]
        choices = [f"Thing {number}{letter}, “ü” — {letter * 2}" for letter in "abcde"[: 2 + number % 4]]
        rows.append(
            {
                # Ids do not name the domain: it must come from its field.
                "id": f"item-{number}",
                "category": category,
                "image_id": f"picture-{number}",
                "question": f"Which thing is number {number}?",
                "choices": choices,
                "context": "" if number % 2 else f"Context of {number}.\nSecond line.",
                "answer": "ABCDE"[number % len(choices)],
                "rationale": f"Because {number} is {number}.",
                "split": split,
                "domain": domain,
                "topic": topic,
            }
        )
    return rows


def write_parquet(path: Path, rows: list[dict], schema: pa.Schema, group: int, **options) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows, schema=schema)
    pq.write_table(table, path, row_group_size=group, compression=options.pop("compression", "snappy"), **options)


def number_of(row: dict) -> int:
    return int(row["id"].split("-")[1])


def make_m3cot_hub(splits: dict[str, list[dict]]) -> None:
    folder = ROOT / "m3cot-hub"
    with_images = {
        name: [{**row, "image": {"bytes": png(number_of(row)), "path": f"{row['image_id']}.png"}} for row in rows]
        for name, rows in splits.items()
    }
    for name, rows in with_images.items():
        shards = [rows[:3], rows[3:]] if name == "test" else [rows]
        for index, shard in enumerate(shards):
            file = f"{name}-{index:05}-of-{len(shards):05}.parquet"
            write_parquet(folder / "data" / file, shard, M3COT_SCHEMA, group=2)
    card = "---\nlanguage:\n- en\nlicense: cc-by-sa-4.0\ntask_categories:\n- question-answering\n---\n\n# Invented questions\n"
    (folder / "README.md").write_text(card)


def make_m3cot_original(splits: dict[str, list[dict]]) -> None:
    folder = ROOT / "m3cot-original" / "data"
    (folder / "images").mkdir(parents=True)
    for name, rows in splits.items():
        lines = []
        for row in rows:
            (folder / "images" / f"{row['id']}.png").write_bytes(png(number_of(row)))
            written = f"data\\images\\{row['id']}.png" if number_of(row) % 2 else f"data/images/{row['id']}.png"
            lines.append(json.dumps({**row, "image": written}, ensure_ascii=number_of(row) % 3 == 0))
        (folder / f"{'dev' if name == 'validation' else name}.jsonl").write_text("\n".join(lines) + "\n")


def scienceqa_rows() -> dict[str, dict]:
    problems = {}
    for index, pid in enumerate([4, 11, 12, 102, 103, 900]):
        split = ["train", "train", "val", "test", "test", "test"][index]
        subject, topic, category = [
            ("natural science", "physics", "Magnets"),
            ("social science", "geography", "Maps"),
            ("language science", "grammar", "Sentences"),
        ][index % 3]
        problems[str(pid)] = {
            "question": f"What about {pid}?",
            "choices": [f"{pid} first", f"{pid} second", f"{pid} third"][: 2 + index % 2],
            "answer": index % 2,
            "hint": "" if index % 3 == 2 else f"Look at {pid}.",
            "image": "image.png" if index % 2 == 0 else None,
            "task": "closed choice",
            "grade": f"grade{1 + 2 * index}",
            "subject": subject,
            "topic": topic,
            "category": category,
            "skill": f"Skill {index}",
            "lecture": "" if index == 1 else f"Lecture {index}.",
            "solution": f"Solution {pid}.",
            "split": split,
        }
    return problems


def make_scienceqa(problems: dict[str, dict]) -> None:
    folder = ROOT / "scienceqa-original"
    folder.mkdir(parents=True)
    (folder / "problems.json").write_text(json.dumps(problems, indent=4))
    splits: dict[str, list[str]] = {}
    for pid, problem in problems.items():
        splits.setdefault(problem["split"], []).append(pid)
        if problem["image"]:
            image = folder / "images" / problem["split"] / pid / problem["image"]
            image.parent.mkdir(parents=True)
            image.write_bytes(png(int(pid)))
    (folder / "pid_splits.json").write_text(json.dumps({**splits, "minitest": splits["test"][:1]}))

    hub = ROOT / "scienceqa-hub"
    for name, pids in splits.items():
        rows = []
        for pid in pids:
            problem = {key: value for key, value in problems[pid].items() if key != "split"}
            has_image = problem.pop("image") is not None
            rows.append({**problem, "image": {"bytes": png(int(pid)), "path": "image.png"} if has_image else None})
        file = f"{'validation' if name == 'val' else name}-00000-of-00001.parquet"
        write_parquet(hub / "data" / file, rows, SCIENCEQA_SCHEMA, group=2)


def make_vlmevalkit() -> None:
    folder = ROOT / "vlmevalkit"
    folder.mkdir(parents=True)
    names = ["index", "image", "question", "hint", "A", "B", "C", "answer", "category", "l2-category", "split"]
    rows = []
    for index in range(5):
        # Row 1 shows the image of row 3, which comes later; row 4 that of row 0.
        image = {1: "3", 4: "0"}.get(index) or base64.b64encode(png(index)).decode()
        hint = 'Two "quoted"\nlines\twith a tab' if index == 2 else ""
        third = "third" if index % 2 == 0 else ""
        rows.append([index, image, f"Question {index}?", hint, "first", "second", third, "AB"[index % 2], f"fine {index % 2}", "coarse", "dev"])
    with open(folder / "MINI.tsv", "w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(names)
        writer.writerows(rows)


def make_generic() -> None:
    folder = ROOT / "generic-jsonl"
    (folder / "pictures" / "deep").mkdir(parents=True)
    mapping = {
        "licence": "CC0-1.0",
        "split": "test",
        "columns": {"id": "key", "image": "picture", "question": "text", "choices": "candidates", "answer": "gold", "domain": "area"},
        "answers": "index",
        "firstIndex": 1,
    }
    (folder / "dataset.json").write_text(json.dumps(mapping, indent=2))
    rows = [
        {"key": f"k{n}", "picture": f"pictures/deep/P{n}.png" if n else None, "text": f"Q{n}?", "candidates": ["x", "y", 3], "gold": n + 1, "area": "alpha"}
        for n in range(3)
    ]
    for n in (1, 2):
        # In the rows the name is upper case, on disk lower.
        (folder / "pictures" / "deep" / f"p{n}.png").write_bytes(png(n))
    (folder / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    folder = ROOT / "generic-csv"
    (folder / "images").mkdir(parents=True)
    with open(folder / "test.csv", "w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "image", "question", "A", "B", "C", "answer", "domain", "topic"])
        writer.writerow(["one", "images/one.png", 'Comma, and "quotes"?', "yes", "no", "", "B", "alpha", "t1"])
        writer.writerow(["two", "", "Line\r\nbreak?", "2", "4", "6", "4", "alpha", "t2"])
        writer.writerow(["three", "images/one.png", "By index?", "p", "q", "r", "0", "beta", ""])
    (folder / "images" / "one.png").write_bytes(png(1))


def make_layouts() -> dict:
    """Ten to forty rows of (id, image) in every layout of the image column that a reader meets."""
    folder = ROOT / "parquet-layouts"
    folder.mkdir(parents=True)
    schema = pa.schema([("id", pa.string()), ("image", IMAGE)])

    def struct(n: int) -> dict | None:
        if n % 4 == 1:
            return None
        return {"bytes": png(n), "path": None if n % 3 == 0 else f"{n}.png"}

    rows = [{"id": f"r{n}", "image": struct(n)} for n in range(30)]
    present = [{"id": f"r{n}", "image": {"bytes": png(n), "path": None}} for n in range(10)]
    # Present structs without bytes: only the bytes' own levels tell which rows have an image.
    hollow = [{"id": f"r{n}", "image": None if n % 5 == 0 else {"bytes": png(n) if n % 2 else None, "path": None}} for n in range(20)]
    plain = pa.schema([("id", pa.string()), ("image", pa.binary())])
    layouts = {
        "snappy-dictionary": (rows, schema, {}),
        "snappy-plain": (rows, schema, {"use_dictionary": False}),
        "uncompressed": (rows, schema, {"use_dictionary": False, "compression": "none"}),
        "zstd": (rows, schema, {"compression": "zstd"}),
        "gzip": (rows, schema, {"compression": "gzip", "use_dictionary": False}),
        "page-v2": (rows, schema, {"data_page_version": "2.0", "use_dictionary": False}),
        "page-v2-dictionary": (rows, schema, {"data_page_version": "2.0"}),
        "many-pages": (rows, schema, {"use_dictionary": False, "data_page_size": 64, "write_batch_size": 3}),
        "page-index": (rows, schema, {"write_page_index": True, "data_page_size": 64, "write_batch_size": 3}),
        "all-present": (present, schema, {}),
        "no-statistics": (rows, schema, {"write_statistics": False}),
        "hollow-structs": (hollow, schema, {}),
        "binary-column": ([{"id": r["id"], "image": r["image"] and r["image"]["bytes"]} for r in rows], plain, {}),
    }
    expected = {}
    for name, (content, its_schema, options) in layouts.items():
        path = folder / f"{name}.parquet"
        write_parquet(path, content, its_schema, group=12, **options)
        read = pq.read_table(path)["image"].to_pylist()
        data = [value["bytes"] if isinstance(value, dict) else value for value in read]
        expected[name] = [None if value is None else sha(value) for value in data]

    # A dictionary page of more than 4 MiB, compressible: Snappy's copies and fragments both occur.
    rng = random.Random(7)
    blocks = [rng.randbytes(600) for _ in range(4)]
    large = []
    for n in range(34):
        parts = [rng.choice(blocks) for _ in range(210)]
        parts[n % 200] = rng.randbytes(500)
        large.append({"id": f"r{n}", "image": {"bytes": b"".join(parts) + rng.randbytes(n), "path": None}})
    write_parquet(folder / "large-dictionary.parquet", large, schema, group=40)
    expected["large-dictionary"] = [sha(row["image"]["bytes"]) for row in large]
    return expected


def main() -> None:
    shutil.rmtree(ROOT, ignore_errors=True)
    splits = {"train": m3cot_rows("train", 4, 0), "validation": m3cot_rows("dev", 3, 4), "test": m3cot_rows("test", 6, 7)}
    make_m3cot_hub(splits)
    make_m3cot_original({name: [{**row} for row in rows] for name, rows in splits.items()})
    problems = scienceqa_rows()
    make_scienceqa(problems)
    make_vlmevalkit()
    make_generic()
    expected = {
        "manifest": {
            "madeBy": "trainer/golden/make_datasets.py",
            "pyarrow": pa.__version__,
            "pillow": PIL.__version__,
            "licence": "CC0-1.0",
        },
        "m3cot": {
            name: [{**row, "imageSha256": sha(png(number_of(row)))} for row in rows] for name, rows in splits.items()
        },
        "scienceqa": {
            pid: {**row, "imageSha256": sha(png(int(pid))) if row["image"] else None} for pid, row in problems.items()
        },
        "vlmevalkitImages": [sha(png({1: 3, 4: 0}.get(index, index))) for index in range(5)],
        "genericImages": [sha(png(n)) for n in range(3)],
        "parquetLayouts": make_layouts(),
    }
    (ROOT / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
