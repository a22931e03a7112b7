"""Whether letters lie over a picture: a watermark, a caption, a date.

Letters are spots of one colour with sharp edges and thin strokes, in a row with others of their height. Spots are
looked for among the pixels above and below some levels of red, green and blue, as in Matas et al. 2002, "Robust
wide-baseline stereo from maximally stable extremal regions", and put in rows as in Epshtein et al. 2010, "Detecting
text in natural scenes with stroke width transform". In each colour alone, since yellow letters on skin differ in blue
and in nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SIDE = 256  # pixels of the longer side: letters of a twentieth of the picture have 12, enough to be told from dots
_LEVELS = (0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
_LEAST_HEIGHT, _MOST_HEIGHT = 8, 90  # pixels of a letter
_MOST_WIDTH = 1.8  # times the height: a W, or two letters that touch
_LEAST_FILL, _MOST_FILL = 0.18, 0.85  # share of its rectangle; an I fills it, and is thin
_THIN = 0.35  # times the height: an I or an l, or the bar of a cage
_MOST_STROKE = 0.36  # times the height: bold letters have a quarter
_MOST_SPREAD = 0.075  # standard deviation of the brightness within a letter
_LEAST_EDGE = 0.045  # change of brightness from pixel to pixel along a letter's edge
_LIKE_HEIGHT = 1.6  # times; small letters beside tall ones
_MOST_GAP = 1.0  # times the height, between two letters
_MOST_OFF = 0.35  # times the height, by which a letter may be above or below its neighbour
_LIKE_BRIGHTNESS = 0.12
_FEWEST = 4  # letters in a row: two eyes and a mouth are three spots
_FEWEST_WIDE = 3  # of them not thin, or it is a fence
# Of a row, as 19 in 20 rows of planted letters are and most rows of whiskers, bars and folds are not.
_LEAST_LENGTH = 3.0  # times the letters' height
_MOST_STROKES = 0.24  # times the height, a mean
_VOTES = 2  # colours that show the same row, or one that shows a clear row
_CLEAR_LETTERS, _CLEAR_LENGTH, _CLEAR_HEIGHTS = 5, 4.0, 0.2  # of a clear row: letters, and the same as above
_MOST_SLOPE = 0.25  # 14 degrees; a row of spots that climbs more is the edge of something
_MOST_HEIGHTS, _MOST_SHADES = 0.22, 0.045  # standard deviation of heights over their mean, and of brightness


@dataclass(frozen=True, slots=True)
class _Spot:
    """A rectangle in pixels, and the mean brightness of what is meant in it."""

    left: int
    top: int
    right: int
    bottom: int
    brightness: float
    stroke: float

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def is_thin(self) -> bool:
        return self.right - self.left < _THIN * self.height


def text_share(image: NDArray[np.uint8]) -> float:
    """How much of a picture (H, W, 3) RGB lies under rows of letters, 0 to 1."""
    votes = np.sum([_votes(plane) for plane in _colours(image)], axis=0)
    return float(np.mean(votes >= _VOTES))


def _votes(plane: NDArray[np.float32]) -> NDArray[np.int8]:
    """(H, W): where one colour shows a row of letters, 1; where the row is a clear one, 2."""
    votes = np.zeros(plane.shape, np.int8)
    edges = np.hypot(*np.gradient(plane))
    for above in (True, False):
        masks = (plane > level if above else plane < level for level in _LEVELS)
        spots = [spot for mask in masks for spot in _spots(plane, edges, mask)]
        for row in _rows(_without_doubles(spots)):
            top, bottom = min(one.top for one in row), max(one.bottom for one in row)
            area = votes[top:bottom, row[0].left : row[-1].right]
            np.maximum(area, _VOTES if _is_clear(row) else 1, out=area)
    return votes


def _colours(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(3, H, W) in [0, 1], the longer side 256."""
    picture = Image.fromarray(image)
    scale = SIDE / max(picture.size)
    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    pixels = np.asarray(picture.resize(size, Image.Resampling.BICUBIC), np.float32) / 255
    return np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _spots(plane: NDArray[np.float32], edges: NDArray[np.float32], mask: NDArray[np.bool_]) -> list[_Spot]:
    """The connected parts that may be letters."""
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    places = ndimage.find_objects(labels)
    sized = [number for number, place in enumerate(places, 1) if _is_letter_sized(place)]
    if not sized:
        return []
    letters = _letter_like(plane, edges, mask, labels, count)
    found = []
    for number in sized:
        rows, columns = places[number - 1]
        height, width = rows.stop - rows.start, columns.stop - columns.start
        fill = letters.area[number] / (height * width)
        most = 1.0 if width < _THIN * height else _MOST_FILL
        if letters.fits[number] and _LEAST_FILL <= fill <= most and letters.stroke[number] <= _MOST_STROKE * height + 2:
            found.append(
                _Spot(
                    columns.start,
                    rows.start,
                    columns.stop,
                    rows.stop,
                    float(letters.mean[number]),
                    float(letters.stroke[number]),
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """By label: pixels, mean brightness, width of the stroke in pixels, and whether colour and edge are a letter's."""

    area: NDArray[Any]
    mean: NDArray[Any]
    stroke: NDArray[Any]
    fits: NDArray[np.bool_]


def _letter_like(
    plane: NDArray[np.float32], edges: NDArray[np.float32], mask: NDArray[np.bool_], labels: NDArray[Any], count: int
) -> _Parts:
    inner = _eroded(mask)
    rim = labels[mask & ~inner]
    core, values = labels[inner], plane[inner]
    area = np.bincount(labels.ravel(), minlength=count + 1)
    around = np.maximum(np.bincount(rim, minlength=count + 1), 1)
    edge = np.bincount(rim, edges[mask & ~inner], count + 1) / around
    pixels = np.maximum(np.bincount(core, minlength=count + 1), 1)
    mean = np.bincount(core, values, count + 1) / pixels
    spread = np.sqrt(np.maximum(np.bincount(core, values**2, count + 1) / pixels - mean**2, 0))
    fits = (spread <= _MOST_SPREAD) & (edge >= _LEAST_EDGE) & (pixels >= 4)
    return _Parts(area, mean, 2 * area / around, fits)


def _eroded(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Without the pixels at its edge; ten times as fast as SciPy's."""
    inner = np.zeros_like(mask)
    inner[1:-1, 1:-1] = mask[1:-1, 1:-1] & mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    return inner


def _is_letter_sized(place: tuple[slice, slice]) -> bool:
    height, width = (int(part.stop - part.start) for part in place)
    return _LEAST_HEIGHT <= height <= _MOST_HEIGHT and 2 <= width <= _MOST_WIDTH * height


def _without_doubles(spots: Sequence[_Spot]) -> list[_Spot]:
    """A letter shows at several levels; the first of those in one place is kept."""
    kept: dict[tuple[int, ...], _Spot] = {}
    for spot in spots:
        kept.setdefault(((spot.left + spot.right) // 6, (spot.top + spot.bottom) // 6, spot.height // 4), spot)
    return list(kept.values())


def _rows(spots: Sequence[_Spot]) -> list[list[_Spot]]:
    """Letters beside each other, from left to right."""
    rows: list[list[_Spot]] = []
    for spot in sorted(spots, key=lambda one: one.left):
        row = next((row for row in rows if _follows(row[-1], spot)), None)
        if row is None:
            rows.append([spot])
        else:
            row.append(spot)
    return [row for row in rows if len(row) >= _FEWEST and _is_text(row)]


def _is_text(row: Sequence[_Spot]) -> bool:
    heights = np.array([one.height for one in row])
    height = float(heights.mean())
    return (
        sum(not one.is_thin for one in row) >= _FEWEST_WIDE
        and row[-1].right - row[0].left >= _LEAST_LENGTH * height
        and float(np.mean([one.stroke for one in row])) <= _MOST_STROKES * height
        and float(heights.std()) <= _MOST_HEIGHTS * height
        and float(np.std([one.brightness for one in row])) <= _MOST_SHADES
        and abs(_slope(row)) <= _MOST_SLOPE
    )


def _slope(row: Sequence[_Spot]) -> float:
    middles = np.array([((one.left + one.right) / 2, (one.top + one.bottom) / 2) for one in row])
    x, y = (middles - middles.mean(0)).T
    return float(x @ y / max(float(x @ x), 1e-6))


def _is_clear(row: Sequence[_Spot]) -> bool:
    heights = np.array([one.height for one in row])
    return (
        len(row) >= _CLEAR_LETTERS
        and row[-1].right - row[0].left >= _CLEAR_LENGTH * float(heights.mean())
        and float(heights.std()) <= _CLEAR_HEIGHTS * float(heights.mean())
    )


def _follows(before: _Spot, spot: _Spot) -> bool:
    low, high = sorted((before.height, spot.height))
    gap = spot.left - before.right
    off = abs(before.top + before.bottom - spot.top - spot.bottom) / 2
    return (
        high <= _LIKE_HEIGHT * low
        and -0.25 * high <= gap <= _MOST_GAP * high
        and spot.left > before.left + 0.15 * high
        and off <= _MOST_OFF * high
        and abs(before.brightness - spot.brightness) <= _LIKE_BRIGHTNESS
    )
