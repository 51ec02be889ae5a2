"""The generic folder: JSON Lines or CSV with image files, columns by their usual names or as `dataset.json` maps them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from penumbra_train.data.image_paths import find_image
from penumbra_train.data.rows import BadRow, normal_split, sample_of, text_of
from penumbra_train.data.sample import Sample
from penumbra_train.problem import Problem

USUAL = {
    "id": ("id", "question_id", "qid", "pid", "index"),
    "image": ("image", "image_path", "image_file", "file_name"),
    "question": ("question",),
    "choices": ("choices", "options"),
    "answer": ("answer", "label"),
    "domain": ("domain", "subject"),
    "topic": ("topic",),
    "context": ("context", "hint"),
    "rationale": ("rationale", "solution", "explanation"),
    "split": ("split",),
}


def read_generic(folder: Path, path: Path) -> Iterator[Sample | BadRow]:
    mapping = _mapping(folder / "dataset.json")
    columns = mapping.get("columns", {})
    for file in _data_files(folder, path, mapping):
        for position, (place, row) in enumerate(_rows(file)):
            if isinstance(row, BadRow):
                yield row
                continue
            value = {role: row.get(_column(columns, role, row) or "") for role in USUAL if role != "choices"}
            stem = normal_split(file.stem.split("-")[0].split("_")[0])
            written = text_of(value["split"]) or mapping.get("split") or ""
            split = stem if stem in ("train", "validation", "test") else normal_split(str(written))
            image = find_image(folder, file.parent, text_of(value["image"]))
            if isinstance(image, str):
                yield BadRow(place, image)
                continue
            if _column(columns, "id", row) is None:
                value["id"] = f"{split}-{position}"
            value["choices"] = _choices(columns.get("choices"), row, mapping.get("choiceSeparator"))
            rule, first = mapping.get("answers", "any"), mapping.get("firstIndex", 0)
            yield sample_of(value, split, image, place, rule, first, short_answers=True)


def _mapping(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Problem(f"{path}: not JSON: {error}.") from error
    if not isinstance(found, dict) or not isinstance(found.get("columns", {}), dict):
        raise Problem(f"{path} does not describe a dataset.", "Expected an object with columns.")
    return found


def _data_files(folder: Path, path: Path, mapping: dict[str, Any]) -> list[Path]:
    if path.is_file():
        return [path]
    if "files" in mapping:
        return [folder / name for name in mapping["files"]]
    for pattern in ("*.jsonl", "*.[ct]sv"):
        for place in (folder, folder / "data"):
            if found := sorted(place.glob(pattern)):
                return found
    raise Problem(f"{folder}: no JSON Lines or CSV file.")


def _rows(file: Path) -> Iterator[tuple[str, Mapping[str, Any] | BadRow]]:
    if file.suffix == ".jsonl":
        yield from json_lines(file)
        return
    with file.open(encoding="utf-8-sig", newline="") as opened:
        reader = csv.DictReader(opened, delimiter="\t" if file.suffix == ".tsv" else ",")
        for row in reader:
            yield f"{file}, line {reader.line_num}", row


def json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any] | BadRow]]:
    """Each line's place, and its object or what is wrong with it."""
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            place = f"{path}, line {number}"
            try:
                row = json.loads(line)
            except ValueError as error:
                yield place, BadRow(place, f"not JSON ({error})")
                continue
            yield place, row if isinstance(row, dict) else BadRow(place, "not an object")


def _column(columns: Mapping[str, Any], role: str, row: Mapping[str, Any]) -> str | None:
    mapped = columns.get(role)
    return mapped if isinstance(mapped, str) else next((name for name in USUAL[role] if name in row), None)


def _choices(mapped: Any, row: Mapping[str, Any], separator: str | None) -> Any:
    if mapped is None:
        mapped = next((name for name in USUAL["choices"] if name in row), None)
    if mapped is None:
        mapped = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter in row] or None
    if mapped is None:
        return None
    if isinstance(mapped, list):
        found = [row.get(name) for name in mapped]
        while found and found[-1] in (None, ""):
            found.pop()
        return found
    written = row.get(mapped)
    if not isinstance(written, str):
        return written
    if written.lstrip().startswith("["):
        try:
            return json.loads(written)
        except ValueError:
            return written
    return [part.strip() for part in written.split(separator)] if separator else written
