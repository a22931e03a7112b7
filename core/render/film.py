"""Faces in motion, as a file that a chat plays by itself, and small enough to be uploaded."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.render.grid import LARGEST_BYTES, enlarged

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_MS = 50  # twenty a second: GIF counts in hundredths, and slower motion is seen to jump
_SIDE = 256  # pixels: as large as a chat shows it without taking the screen
_SMALLEST = 16
# 90: a frame of 288 pixels is some 5 kB, so that 200 of them are far from any limit. Lower only to fit.
_QUALITIES = (90, 70, 45)
_COLOURS = dict(zip(_QUALITIES, (256, 128, 64), strict=True))  # of GIF, which knows no quality
_EFFORT = 2  # of WebP's 0 to 6: 4, the default, takes twice the time for a twentieth fewer bytes
_SAMPLED = 16  # frames from which GIF's one palette is made; one for each frame would flicker


class FilmFormat(StrEnum):
    """WebP has all colours and an eighth of the bytes; GIF plays everywhere."""

    WEBP = "webp"
    GIF = "gif"


@dataclass(frozen=True, slots=True)
class FilmStyle:
    """How a film is written; `most_bytes`: what may be uploaded."""

    format: FilmFormat = FilmFormat.WEBP
    most_bytes: int = LARGEST_BYTES

    @property
    def name(self) -> str:
        """Of the file."""
        return f"film.{self.format.value}"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """`every`: so many of the frames are one; `side`: pixels."""

    quality: int
    every: int
    side: int


def render_film(frames: NDArray[np.uint8], style: FilmStyle = FilmStyle()) -> bytes:
    """A film that begins again when it has ended.

    Args:
        frames: (F, S, S, 3) RGB.
        style: the format, and how many bytes it may have. Where it is larger, first the quality is lowered, then frames
            are left out (the film lasts as long), then it becomes smaller. 16 pixels and a frame are the least.

    Returns:
        An animated WebP or GIF.

    Raises:
        ValueError: no frames, or another shape.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != "uint8" or 0 in frames.shape:
        raise ValueError(f"expected frames of shape (F, S, S, 3) and type uint8, got {frames.shape}")
    data = b""
    for attempt in _attempts(len(frames), frames.shape[1]):
        data = _encoded(frames, attempt, style.format)
        if len(data) <= style.most_bytes:
            break
    return data


def _attempts(count: int, size: int) -> Iterator[_Attempt]:
    """From the best to the least."""
    side = size * max(1, round(_SIDE / size))
    for quality in _QUALITIES:
        yield _Attempt(quality, 1, side)
    quality, every = _QUALITIES[-1], 2
    while every <= 4 and every < count:
        yield _Attempt(quality, every, side)
        every *= 2
    while side > _SMALLEST:
        side = max(_SMALLEST, side * 2 // 3)
        yield _Attempt(quality, 4, side)
    yield _Attempt(quality, count, side)


def _encoded(frames: NDArray[np.uint8], attempt: _Attempt, form: FilmFormat) -> bytes:
    kept = frames[:: attempt.every]
    shown = _sized(kept, attempt.side)
    # The last stands for as many frames as are left: the film lasts as long.
    durations = [FRAME_MS * min(attempt.every, len(frames) - attempt.every * place) for place in range(len(kept))]
    out = io.BytesIO()
    if form is FilmFormat.WEBP:
        options = {"quality": attempt.quality, "method": _EFFORT, "minimize_size": False, "allow_mixed": False}
        shown[0].save(out, "WEBP", save_all=True, append_images=shown[1:], duration=durations, loop=0, **options)
    else:
        few = _with_one_palette(shown, kept, _COLOURS[attempt.quality])
        few[0].save(out, "GIF", save_all=True, append_images=few[1:], duration=durations, loop=0, optimize=False)
    return out.getvalue()


def _sized(frames: NDArray[np.uint8], side: int) -> list[Image.Image]:
    size = frames.shape[1]
    if side % size == 0:
        return enlarged(frames, side // size)
    return [Image.fromarray(frame).resize((side, side), Image.Resampling.BICUBIC) for frame in frames]


def _with_one_palette(shown: Sequence[Image.Image], frames: NDArray[np.uint8], colours: int) -> list[Image.Image]:
    """The pictures in the colours of some of the frames, which are smaller and have the same."""
    some = frames[:: max(1, len(frames) // _SAMPLED)]
    palette = Image.fromarray(some.reshape(-1, *some.shape[2:])).quantize(colours, Image.Quantize.MEDIANCUT)
    return [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in shown]
