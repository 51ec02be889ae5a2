"""Finds the image file that a row names; names may hold backslashes, and the folders of another machine."""

from __future__ import annotations

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
        if place.is_file():
            if not place.resolve().is_relative_to(root):
                return f"the image {written} lies outside of {folder}"
            return ImageFile(place)
    return f"the image {written} was not found"
