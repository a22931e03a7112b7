"""Encode frames as an animated WebP or GIF that is small enough to be uploaded."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.render.grid import MAX_BYTES, enlarge

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAME_MS = 50  # twenty a second: GIF counts in hundredths, and slower motion is seen to jump
_SIDE = 256  # pixels: as large as a chat shows it without taking the screen
_MIN_SIDE = 16
# 90: a frame of 288 pixels is some 5 kB, so that 200 of them are far from any limit. Lower only to fit.
_QUALITIES = (90, 70, 45)
_COLOURS = dict(zip(_QUALITIES, (256, 128, 64), strict=True))  # of GIF, which knows no quality
_WEBP_METHOD = 2  # of WebP's 0 to 6: 4, the default, takes twice the time for a twentieth fewer bytes
_PALETTE_FRAMES = 16  # frames from which GIF's one palette is made; one for each frame would flicker


class FilmFormat(StrEnum):
    """WebP has all colours and an eighth of the bytes; GIF plays everywhere."""

    WEBP = "webp"
    GIF = "gif"


@dataclass(frozen=True, slots=True)
class FilmStyle:
    """How a film is encoded; `max_bytes`: the size that may be uploaded."""

    format: FilmFormat = FilmFormat.WEBP
    max_bytes: int = MAX_BYTES

    @property
    def file_name(self) -> str:
        """The name of the file."""
        return f"film.{self.format.value}"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """Parameters of an encoding; `every`: only each such frame is kept; `side`: pixels."""

    quality: int
    every: int
    side: int


def render_film(frames: NDArray[np.uint8], style: FilmStyle = FilmStyle()) -> bytes:
    """Encode a film that repeats for ever.

    Args:
        frames: (F, S, S, 3) RGB.
        style: the format, and how many bytes it may have. Where it is larger, first the quality is lowered, then frames
            are left out (the film lasts as long), then it becomes smaller. The last attempt is one frame of 16 pixels.

    Returns:
        An animated WebP or GIF.

    Raises:
        ValueError: no frames, or another shape.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != "uint8" or 0 in frames.shape:
        raise ValueError(f"expected frames of shape (F, S, S, 3) and type uint8, got {frames.shape}")
    data = b""
    for attempt in _attempts(len(frames), frames.shape[1]):
        data = _encode(frames, attempt, style.format)
        if len(data) <= style.max_bytes:
            break
    return data


def _attempts(count: int, size: int) -> Iterator[_Attempt]:
    """Yield parameters from the best quality to the smallest file."""
    side = size * max(1, round(_SIDE / size))
    for quality in _QUALITIES:
        yield _Attempt(quality, 1, side)
    quality, every = _QUALITIES[-1], 2
    while every <= 4 and every < count:
        yield _Attempt(quality, every, side)
        every *= 2
    while side > _MIN_SIDE:
        side = max(_MIN_SIDE, side * 2 // 3)
        yield _Attempt(quality, 4, side)
    yield _Attempt(quality, count, side)


def _encode(frames: NDArray[np.uint8], attempt: _Attempt, form: FilmFormat) -> bytes:
    kept = frames[:: attempt.every]
    shown = _resize(kept, attempt.side)
    # The last frame is shown as long as those that it stands for: the film lasts as long.
    durations = [FRAME_MS * min(attempt.every, len(frames) - attempt.every * index) for index in range(len(kept))]
    out = io.BytesIO()
    if form is FilmFormat.WEBP:
        options = {"quality": attempt.quality, "method": _WEBP_METHOD, "minimize_size": False, "allow_mixed": False}
        shown[0].save(out, "WEBP", save_all=True, append_images=shown[1:], duration=durations, loop=0, **options)
    else:
        few = _with_one_palette(shown, kept, _COLOURS[attempt.quality])
        few[0].save(out, "GIF", save_all=True, append_images=few[1:], duration=durations, loop=0, optimize=False)
    return out.getvalue()


def _resize(frames: NDArray[np.uint8], side: int) -> list[Image.Image]:
    size = frames.shape[1]
    if side % size == 0:
        return enlarge(frames, side // size)
    return [Image.fromarray(frame).resize((side, side), Image.Resampling.BICUBIC) for frame in frames]


def _with_one_palette(shown: Sequence[Image.Image], frames: NDArray[np.uint8], colours: int) -> list[Image.Image]:
    """Quantise all pictures to one palette, computed from some of the frames before they were enlarged."""
    some = frames[:: max(1, len(frames) // _PALETTE_FRAMES)]
    palette = Image.fromarray(some.reshape(-1, *some.shape[2:])).quantize(colours, Image.Quantize.MEDIANCUT)
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in shown]
