"""Draws one image for each way in which files differ, and reads them as the released IVT-LR code does.

Reading: `datasets` opens the file with PIL and turns it upright where it has an orientation; `qwen_vl_utils` pastes
RGBA on white and converts every other mode with `convert("RGB")`, then resizes (Pillow's default filter, bicubic).
"""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageCms, ImageOps


def field(width: int, height: int, channels: int, seed: int) -> np.ndarray:
    """A smooth field with some noise, [height, width, channels] uint8."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    waves = [127 + 70 * np.sin(x / (5 + 3 * c)) + 50 * np.cos(y / (4 + 2 * c)) for c in range(channels)]
    return np.clip(np.stack(waves, -1) + rng.normal(0, 9, (height, width, channels)), 0, 255).astype(np.uint8)


def rgb(width: int, height: int, seed: int) -> Image.Image:
    return Image.fromarray(field(width, height, 3, seed))


def write_png(path: Path, samples: np.ndarray, colour_type: int, bits: int, transparent: bytes = b"") -> None:
    """Writes PNG kinds that Pillow reads but cannot write (16-bit colour, grey with a transparent value)."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = samples.shape[:2]
    kind = ">u2" if bits == 16 else "u1"
    rows = b"".join(b"\0" + samples[y].astype(kind).tobytes() for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + (chunk(b"tRNS", transparent) if transparent else b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def swapped_profile() -> bytes:
    """sRGB with its red and blue primaries exchanged: a decoder that applies profiles shows it at once."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)  # its date of creation
    profile[84:100] = bytes(16)  # its checksum
    count = struct.unpack(">I", profile[128:132])[0]
    entries = {bytes(profile[132 + 12 * i : 136 + 12 * i]): 136 + 12 * i for i in range(count)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red : red + 8], profile[blue : blue + 8] = profile[blue : blue + 8], profile[red : red + 8]
    return bytes(profile)


def without_segment(jpeg: bytes, marker: int) -> bytes:
    start = jpeg.index(bytes([0xFF, marker]))
    return jpeg[:start] + jpeg[start + 2 + struct.unpack(">H", jpeg[start + 2 : start + 4])[0] :]


def oriented(number: int) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = number
    return exif


XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="8"/></rdf:RDF></x:xmpmeta>'
)


def draw_images(folder: Path) -> list[str]:
    """Writes all images and returns their names in order."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    rgb(53, 67, 1).save(folder / "rgb.png")
    Image.fromarray(field(61, 45, 1, 2)[..., 0]).save(folder / "grey.png")
    Image.fromarray(field(37, 51, 2, 3), "LA").save(folder / "grey-alpha.png")
    Image.fromarray(field(47, 39, 4, 4), "RGBA").save(folder / "rgba.png")
    palette = rgb(59, 43, 5).quantize(17)
    palette.save(folder / "palette.png")
    palette.save(folder / "palette-transparent-index.png", transparency=3)
    palette.save(folder / "palette-transparent-table.png", transparency=bytes(range(0, 255, 15)))
    rgb(40, 36, 6).quantize(4).save(folder / "palette-2-bit.png", bits=2)
    Image.fromarray(field(43, 31, 1, 7)[..., 0] > 128).save(folder / "one-bit.png")
    wide = np.random.default_rng(8).integers(0, 65536, (33, 29, 4))
    dark = field(33, 41, 1, 9)[..., 0].astype(np.uint16) * 3 // 2
    Image.fromarray(dark).save(folder / "grey-16-bit.png")
    write_png(folder / "grey-16-bit-transparent.png", wide[..., :1] // 128, 0, 16, struct.pack(">H", 77))
    write_png(folder / "grey-transparent.png", field(29, 33, 1, 10), 0, 8, struct.pack(">H", 140))
    write_png(folder / "rgb-16-bit.png", wide[..., :3], 2, 16)
    write_png(folder / "grey-alpha-16-bit.png", wide[..., :2], 4, 16)
    write_png(folder / "rgba-16-bit.png", wide, 6, 16)
    rgb(41, 37, 11).save(folder / "rgb-transparent.png", transparency=(1, 2, 3))

    rgb(77, 101, 12).save(folder / "jpeg-420-odd.jpg", quality=80, subsampling=2)
    rgb(75, 51, 13).save(folder / "jpeg-422.jpg", quality=80, subsampling=1)
    rgb(53, 49, 14).save(folder / "jpeg-444.jpg", quality=90, subsampling=0)
    rgb(83, 59, 15).save(folder / "jpeg-progressive.jpg", quality=60, progressive=True)
    Image.fromarray(field(51, 47, 1, 16)[..., 0]).save(folder / "jpeg-grey.jpg", quality=85)
    Image.fromarray(field(45, 55, 4, 17), "CMYK").save(folder / "jpeg-cmyk.jpg", quality=85)
    cmyk = (folder / "jpeg-cmyk.jpg").read_bytes()
    (folder / "jpeg-cmyk-without-adobe.jpg").write_bytes(without_segment(cmyk, 0xEE))
    transform = cmyk.index(b"Adobe") + 11
    (folder / "jpeg-ycck.jpg").write_bytes(cmyk[:transform] + b"\x02" + cmyk[transform + 1 :])
    for number in range(1, 9):
        rgb(31, 23, 18).save(folder / f"exif-{number}.jpg", quality=80, exif=oriented(number))
    rgb(31, 23, 19).save(folder / "exif-6.png", exif=oriented(6))
    rgb(31, 23, 20).save(folder / "exif-6.webp", quality=80, exif=oriented(6))
    rgb(31, 23, 21).save(folder / "xmp-8.jpg", quality=80, xmp=XMP)
    for name in ["profile.jpg", "profile.png", "profile.webp"]:
        rgb(35, 27, 22).save(folder / name, icc_profile=swapped_profile())

    rgb(57, 63, 23).save(folder / "webp-lossy.webp", quality=70)
    Image.fromarray(field(49, 43, 4, 24), "RGBA").save(folder / "webp-alpha.webp", quality=70)
    Image.fromarray(field(39, 35, 4, 25), "RGBA").save(folder / "webp-lossless-alpha.webp", lossless=True)
    frames = [Image.fromarray(field(33, 29, 4, 26 + i), "RGBA") for i in range(2)]
    frames[0].save(folder / "webp-animated.webp", save_all=True, append_images=frames[1:], lossless=True)
    palette.save(folder / "gif.gif")
    palette.save(folder / "gif-transparent.gif", transparency=5)
    palette.save(folder / "gif-interlaced.gif", interlace=1)
    moving = [rgb(33, 29, 28 + i).quantize(16) for i in range(2)]
    moving[0].save(folder / "gif-animated.gif", save_all=True, append_images=moving[1:], transparency=2, disposal=2)

    rgb(400, 3, 30).save(folder / "wide.png")
    rgb(5, 600, 31).save(folder / "tall.png")
    rgb(900, 4, 32).save(folder / "too-wide.png")
    rgb(1, 1, 33).save(folder / "one-pixel.png")
    big = np.clip(field(160, 120, 3, 34).astype(int), 0, 255).astype(np.uint8)
    Image.fromarray(big).resize((1601, 1203), Image.Resampling.BICUBIC).save(folder / "big.jpg", quality=70)
    return sorted(path.name for path in folder.iterdir())


def read_like_released(data: bytes) -> tuple[Image.Image, str]:
    """The RGB image that the released code hands to its processor, and the mode in which Pillow opened the file."""
    image = Image.open(io.BytesIO(data))
    image.load()
    mode = image.mode
    if image.getexif().get(ExifTags.Base.Orientation) is not None:
        image = ImageOps.exif_transpose(image)
    if image.mode == "RGBA":
        white = Image.new("RGB", image.size, (255, 255, 255))
        white.paste(image, mask=image.split()[3])
        return white, mode
    return image.convert("RGB"), mode
