"""One multiple-choice question about one image, and where its image lies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow.parquet as pq


@dataclass(frozen=True)
class ImageFile:
    path: Path

    @property
    def name(self) -> str:
        return str(self.path)

    def read(self) -> bytes:
        return self.path.read_bytes()


@dataclass(frozen=True)
class ParquetImage:
    """The `image` column of one row; `row` counts within its row group."""

    path: Path
    group: int
    row: int

    @property
    def name(self) -> str:
        return f"{self.path}, row group {self.group}, row {self.row}"

    def read(self) -> bytes:
        data = _image_column(self.path, self.group)[self.row]
        return data if data is not None else b""


@lru_cache(maxsize=2)
def _image_column(path: Path, group: int) -> list[bytes | None]:
    """The images of one row group; rows are read in order, so that two groups at a time are enough."""
    column = pq.ParquetFile(path).read_row_group(group, columns=["image"])["image"].to_pylist()
    return [value.get("bytes") if isinstance(value, dict) else value for value in column]


ImageReference = ImageFile | ParquetImage


@dataclass(frozen=True)
class Sample:
    """Field names and meanings are the app's. Without choices it is a short question, for pretraining alone: its answer
    is `answer_text`, and `answer_index` is -1."""

    sample_id: str
    split: str
    question: str
    choices: tuple[str, ...]
    answer_index: int
    context: str
    rationale: str
    domain: str
    topic: str
    image: ImageReference | None
    answer_text: str = ""
