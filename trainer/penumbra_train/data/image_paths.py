"""Finds the image file that a row names; names may hold backslashes, and the folders of another machine."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from penumbra_train.data.sample import ImageFile


def find_image(folder: Path, beside: Path, written: str | None, also: str | None = None) -> ImageFile | str | None:
    """None where the row names no image; a text that says what is wrong where the file cannot be found.

    Looked for below the dataset's folder and beside the data file, then by its last part in `images`. Never outside
    the dataset's folder.
    """
    if written is None or not written.strip():
        return None
    name = written.strip().replace("\\", "/")
    last = name.rsplit("/", 1)[-1]
    places = [folder / name, beside / name, beside / "images" / last, folder / "images" / last]
    if also is not None:
        places += [beside / "images" / also, folder / "images" / also]
    root = folder.resolve()
    for place in places:
        if place.is_file() or (place := _in_other_case(place) or place).is_file():
            if not place.resolve().is_relative_to(root):
                return f"the image {written} lies outside of {folder}"
            return ImageFile(place)
    return f"the image {written} was not found"


def _in_other_case(path: Path) -> Path | None:
    """The only file of the same folder whose name differs in upper and lower case alone."""
    found = _names(path.parent).get(path.name.lower(), [])
    return path.with_name(found[0]) if len(found) == 1 else None


@lru_cache(maxsize=64)
def _names(folder: Path) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    if folder.is_dir():
        for entry in folder.iterdir():
            names.setdefault(entry.name.lower(), []).append(entry.name)
    return names
