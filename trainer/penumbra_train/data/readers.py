"""The dataset folders that the app reads: M3CoT and ScienceQA (original and from the Hub), and the generic folder.

A format is recognised by its content. Reading yields samples and bad rows in file order and never stops at a row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from penumbra_train.data.generic import json_lines, read_generic
from penumbra_train.data.image_paths import find_image
from penumbra_train.data.rows import AnswerRule, BadRow, normal_split, sample_of, text_of
from penumbra_train.data.sample import ImageReference, ParquetImage, Sample
from penumbra_train.problem import Problem

Rows = Iterator[Sample | BadRow]
M3COT_FIELDS = {"id", "question", "choices", "answer", "domain", "topic"}
SCIENCEQA_FIELDS = {"question", "choices", "answer", "hint", "subject", "skill", "lecture"}


def read_dataset(path: Path) -> Rows:
    """All splits of a dataset folder (or of one of its files), its images unread."""
    if not path.exists():
        raise Problem(f"{path}: there is no such dataset.")
    folder = path if path.is_dir() else path.parent
    if (folder / "dataset.json").is_file():
        return read_generic(folder, path)
    parquet = _files(path, "*.parquet")
    if parquet:
        return _read_parquet(parquet)
    problems = _files(path, "problems.json")
    if problems:
        return _read_scienceqa(problems[0])
    lines = _files(path, "*.jsonl")
    if lines and M3COT_FIELDS <= _first_fields(lines[0]):
        return _read_m3cot_lines(lines, folder)
    if lines or _files(path, "*.csv") or _files(path, "*.tsv"):
        return read_generic(folder, path)
    raise Problem(f"{path}: no dataset found.", "Expected parquet files, problems.json, JSON Lines or CSV.")


def _files(path: Path, pattern: str) -> list[Path]:
    if path.is_file():
        return [path] if path.match(pattern) else []
    for place in (path, path / "data"):
        if found := sorted(place.glob(pattern)):
            return found
    return []


def _first_fields(path: Path) -> set[str]:
    with path.open(encoding="utf-8-sig") as file:
        for line in file:
            if line.strip():
                try:
                    row = json.loads(line)
                except ValueError:
                    return set()
                return set(row) if isinstance(row, dict) else set()
    return set()


def split_of_file(path: Path) -> str | None:
    """The split that a file's name gives: `test-00000-of-00002.parquet`, `dev.jsonl`."""
    name = normal_split(path.stem.split("-")[0].split("_")[0])
    return name if name in ("train", "validation", "test") else None


def _read_m3cot_lines(files: list[Path], folder: Path) -> Rows:
    for file in files:
        for place, row in json_lines(file):
            if isinstance(row, BadRow):
                yield row
                continue
            split = split_of_file(file) or normal_split(text_of(row.get("split")) or "")
            own = f"{row.get('id')}.png"
            named = text_of(row.get("image_path", row.get("image", own)))
            image = find_image(folder, file.parent, named, also=own)
            if isinstance(image, str):
                yield BadRow(place, image)
            else:
                yield sample_of(row, split, image, place, "letter")


def _read_parquet(files: list[Path]) -> Rows:
    before: dict[str, int] = {}
    for file in files:
        source = pq.ParquetFile(file)
        names = set(source.schema_arrow.names)
        if names >= M3COT_FIELDS:
            fields: Callable[[Mapping[str, Any], str], Mapping[str, Any]] = _plain_fields
            rule: AnswerRule = "letter"
        elif names >= SCIENCEQA_FIELDS:
            fields, rule = _scienceqa_fields, "index"
        else:
            raise Problem(f"{file}: neither M3CoT's nor ScienceQA's columns: {', '.join(sorted(names))}.")
        split_name = split_of_file(file)
        columns = [name for name in source.schema_arrow.names if name != "image"]
        for group in range(source.num_row_groups):
            rows = source.read_row_group(group, columns=columns).to_pylist()
            present = _has_image(source, group) if "image" in names else [False] * len(rows)
            for index, row in enumerate(rows):
                split = split_name or normal_split(text_of(row.get("split")) or "")
                number = before.get(split, 0)
                before[split] = number + 1
                image: ImageReference | None = ParquetImage(file, group, index) if present[index] else None
                place = f"{file}, row {number + 1}"
                yield sample_of(fields(row, f"{split}-{number}"), split, image, place, rule)


def _has_image(source: pq.ParquetFile, group: int) -> list[bool]:
    column = source.read_row_group(group, columns=["image"])["image"].combine_chunks()
    if column.type.num_fields:
        column = column.field("bytes") if column.null_count == 0 else column.flatten()[0]
    return [bool(valid) for valid in column.is_valid().to_pylist()]


def _plain_fields(row: Mapping[str, Any], _row_id: str) -> Mapping[str, Any]:
    return row


def _scienceqa_fields(row: Mapping[str, Any], row_id: str) -> Mapping[str, Any]:
    return {
        "id": row_id,
        "question": row.get("question"),
        "choices": row.get("choices"),
        "answer": row.get("answer"),
        "context": row.get("hint"),
        "rationale": row.get("solution"),
        "domain": row.get("subject"),
        "topic": row.get("topic"),
    }


def _read_scienceqa(file: Path) -> Rows:
    try:
        problems = json.loads(file.read_text(encoding="utf-8"))
        splits_file = file.parent / "pid_splits.json"
        listed = json.loads(splits_file.read_text(encoding="utf-8")) if splits_file.is_file() else {}
    except ValueError as error:
        raise Problem(f"{file.parent}: unreadable JSON: {error}.") from error
    splits: dict[str, str] = {}
    for name, ids in listed.items():
        for row_id in ids:
            splits.setdefault(str(row_id), name)
    for row_id, row in problems.items():
        place = f"{file}, question {row_id}"
        if not isinstance(row, dict):
            yield BadRow(place, "not an object")
            continue
        written = text_of(row.get("split")) or splits.get(row_id, "")
        name = text_of(row.get("image"))
        image = find_image(file.parent, file.parent, f"images/{written}/{row_id}/{name}" if name else None)
        if isinstance(image, str):
            yield BadRow(place, image)
        else:
            yield sample_of(_scienceqa_fields(row, row_id), normal_split(written), image, place, "index")
