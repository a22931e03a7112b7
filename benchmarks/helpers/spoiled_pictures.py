"""Spoil good pictures in known ways, and make pictures that show nothing: what curation has to reject."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from core.render.lettering import font

_TEXTS = (
    "SAMPLE",
    "shutterstock",
    "PREVIEW",
    "COPYRIGHT",
    "www.photos.example",
    "HAPPY BIRTHDAY",
    "Not for sale",
    "1998/07/12",
)
_TILE = 200  # pixels a side of textures

Spoiler = Callable[[Image.Image, np.random.Generator], bytes]


def blurred(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """Blur with a Gaussian of 2 to 4 % of the shorter side."""
    return jpeg(picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.02, 0.04) * min(picture.size))), rng)


def enlarged(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """Reduce to 16 to 28 pixels and enlarge again."""
    scale = rng.integers(16, 29) / min(picture.size)
    small = picture.resize([max(1, round(side * scale)) for side in picture.size], Image.Resampling.LANCZOS)
    return jpeg(small.resize(picture.size, Image.Resampling.BICUBIC), rng)


def tiny(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """Reduce to a thumbnail of 24 to 44 pixels."""
    side = int(rng.integers(24, 45))
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return jpeg(small, rng)


def lettered(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """Write text across the middle, black, white or coloured, rotated by up to ten degrees."""
    word = _TEXTS[int(rng.integers(len(_TEXTS)))]
    letters = font(64)
    left, top, right, bottom = letters.getbbox(word)
    stamp = Image.new("L", (round(right - left) + 16, round(bottom - top) + 16))
    ImageDraw.Draw(stamp).text((8 - left, 8 - top), word, 255, letters, stroke_width=int(rng.integers(0, 3)))
    scale = rng.uniform(0.75, 1.0) * picture.width / stamp.width
    stamp = stamp.resize((round(stamp.width * scale), max(9, round(stamp.height * scale))), Image.Resampling.LANCZOS)
    stamp = stamp.rotate(rng.uniform(-10, 10), Image.Resampling.BICUBIC, expand=True)
    colour = [(255, 255, 255), (0, 0, 0), (255, 230, 0), (220, 20, 30)][int(rng.integers(4))]
    canvas = picture.copy()
    y = round((picture.height - stamp.height) * rng.uniform(0.3, 0.7))
    canvas.paste(Image.new("RGB", stamp.size, colour), ((picture.width - stamp.width) // 2, y), stamp)
    return jpeg(canvas, rng)


def saved_anew(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """Save the picture anew, smaller and a little brighter."""
    scale = rng.uniform(0.7, 0.95)
    smaller = picture.resize([round(side * scale) for side in picture.size], Image.Resampling.LANCZOS)
    gain = rng.uniform(0.95, 1.05)
    return jpeg(smaller.point(lambda value: round(min(255, value * gain))), rng, 60, 85)


def undecodable(picture: Image.Image, rng: np.random.Generator) -> bytes:
    """Cut the file off after a tenth to a third of the file, or not a picture at all."""
    data = jpeg(picture, rng)
    return data[: int(len(data) * rng.uniform(0.1, 0.3))] if rng.random() < 0.7 else bytes(rng.bytes(3000))


def texture(_picture: Image.Image, rng: np.random.Generator) -> bytes:
    """Make a texture: noise, waves, clouds, bricks or a wall."""
    made = (_noise, _waves, _clouds, _bricks, _wall)[int(rng.integers(5))](rng)
    made = made + rng.normal(0, 6, made.shape)
    return jpeg(Image.fromarray(np.clip(made, 0, 255).astype(np.uint8)), rng)


def jpeg(picture: Image.Image, rng: np.random.Generator, min_quality: int = 80, max_quality: int = 95) -> bytes:
    """Encode as JPEG with a random quality in a range."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=int(rng.integers(min_quality, max_quality + 1)))
    return out.getvalue()


def parts_of(pictures: Sequence[Image.Image]) -> Spoiler:
    """Return a spoiler that ignores its picture and crops one of these."""

    def part(_picture: Image.Image, rng: np.random.Generator) -> bytes:
        whole = pictures[int(rng.integers(len(pictures)))]
        side = max(96, min(whole.size) // 2)
        x, y = (int(rng.integers(0, max(1, length - side))) for length in whole.size)
        return jpeg(whole.crop((x, y, x + side, y + side)), rng)

    return part


SPOILERS: Mapping[str, Spoiler] = {
    "blurred": blurred,
    "enlarged": enlarged,
    "tiny": tiny,
    "lettered": lettered,
    "again": saved_anew,
    "undecodable": undecodable,
    "texture": texture,
}


def _noise(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(128, 50, (_TILE, _TILE, 3))


def _waves(rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[:_TILE, :_TILE]
    angle, step = rng.uniform(0, np.pi), rng.uniform(0.1, 0.6)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * step)
    return np.asarray(128 + 80 * wave[..., None] * rng.uniform(0.3, 1, 3))


def _clouds(rng: np.random.Generator) -> np.ndarray:
    coarse = Image.fromarray(rng.integers(0, 255, (8, 8, 3), dtype=np.uint8))
    return np.asarray(coarse.resize((_TILE, _TILE), Image.Resampling.BICUBIC), float)


def _bricks(rng: np.random.Generator) -> np.ndarray:
    wall = np.full((_TILE, _TILE, 3), rng.integers(60, 220, 3), float)
    wall[::24] = 40
    for row, top in enumerate(range(0, _TILE, 24)):
        wall[top : top + 24, row % 2 * 24 :: 48] = 40
    return wall


def _wall(rng: np.random.Generator) -> np.ndarray:
    y, x = np.mgrid[:_TILE, :_TILE] / _TILE
    return np.asarray((x * rng.uniform(0, 255) + y * rng.uniform(0, 255))[..., None] * rng.uniform(0.4, 1, 3))
