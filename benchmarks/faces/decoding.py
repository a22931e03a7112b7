"""Cost of decoding untrusted files in a process of its own, and what the largest of them need.

`python -m benchmarks decoding`. A JPEG of 1024x768, in turn by Pillow here and by `SafeDecoder`; then 25
megapixels of each kind that costs most, and the child's address space at its largest. Target: less than 10 ms more.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

from benchmarks.helpers.report import Figures, percentile
from core.vision.decoding.decode import SafeDecoder

ROUNDS = 30
LARGE = (5760, 4320)  # 24.9 megapixels


def run() -> Figures:
    """Milliseconds for an ordinary photo, seconds for the largest, megabytes."""
    photo = _saved(_picture((1024, 768)), "JPEG", quality=90)
    with SafeDecoder() as decoder:
        decoder.decode(photo)
        plain, safe = _in_turn([lambda: _plain(photo), lambda: decoder.decode(photo)])
        figures: dict[str, float | int | str] = {
            "Pillow alone: ms at 1024x768, median": plain,
            "SafeDecoder: ms at 1024x768, median": safe,
            "SafeDecoder: ms more": safe - plain,
        }
        for name, data in _largest():
            started = time.perf_counter()
            decoder.decode(data)
            figures[f"25 megapixels, {name}: s"] = time.perf_counter() - started
        assert decoder._process is not None
        status = Path(f"/proc/{decoder._process.pid}/status").read_text().split()
        figures["the child's address space at most, MB"] = int(status[status.index("VmPeak:") + 1]) // 1000
    return figures


def _in_turn(calls: list[Callable[[], object]]) -> list[float]:
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for call, taken in zip(calls, seconds, strict=True):
            started = time.perf_counter()
            call()
            taken.append(time.perf_counter() - started)
    return [1000 * percentile(taken, 0.5) for taken in seconds]


def _plain(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _largest() -> Iterator[tuple[str, bytes]]:
    image = _picture(LARGE)
    turned = Image.Exif()
    turned[0x0112] = 6
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = srgb.replace("sRGB".encode("utf-16-be"), "mine".encode("utf-16-be"))  # so that it is applied
    grey = np.asarray(image.convert("L")).astype(np.uint16) * 256
    yield "progressive JPEG on its side", _saved(image, "JPEG", progressive=True, exif=turned)
    yield "CMYK JPEG on its side", _saved(image.convert("CMYK"), "JPEG", exif=turned)
    yield "JPEG with a profile on its side", _saved(image, "JPEG", exif=turned, icc_profile=profile)
    yield "PNG with alpha on its side", _saved(image.convert("RGBA"), "PNG", compress_level=1, exif=turned)
    yield "PNG with 16 bits of grey on its side", _saved(Image.fromarray(grey), "PNG", compress_level=1, exif=turned)
    yield "WebP", _saved(image, "WEBP", quality=70, method=0)
    yield "GIF", _saved(image.quantize(64, dither=Image.Dither.NONE), "GIF")


def _picture(size: tuple[int, int]) -> Image.Image:
    """Mosaic: the largest stays below 10 MiB in every format, and is not of one colour."""
    tiles = np.random.default_rng(0).integers(0, 256, (216, 288, 3), np.uint8)
    return Image.fromarray(tiles).resize(size, Image.Resampling.NEAREST)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
