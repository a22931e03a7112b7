"""Training pictures that differ a little each time: drawn without state, so that step 700 is the same after a restart.

Where the face lies is changed on the host, a picture at a time in Pillow (40 microseconds for 64x64); colours are
changed in the network's graph, for the whole batch at once. Keras' random layers took 2 s for a batch on two cores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from keras import ops
from numpy.typing import NDArray
from PIL import Image

# RGB -> luma and two colour differences (NTSC's YIQ), where a turn of the plane of the last two is a change of hue.
_TO_YIQ = np.array([(0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112)])
_FROM_YIQ = np.linalg.inv(_TO_YIQ)


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How much pictures are changed; all zeros: not at all, and the middle is cut out.

    Args:
        shift: whether the crop's place is drawn, too; pictures are stored larger than the network's input.
        flip: whether every other picture is mirrored.
        rotate: degrees to either side, standard deviation.
        scale: share, standard deviation.
        brightness: largest change, of a range of 1.
        contrast: largest change, of 1.
        hue: largest turn, of a full one.
        saturation: largest change, of 1.
        grey: share of the pictures that lose their colours.
        erase: share of the pictures of which a rectangle is covered.
    """

    shift: bool = False
    flip: bool = False
    rotate: float = 0.0
    scale: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    hue: float = 0.0
    saturation: float = 0.0
    grey: float = 0.0
    erase: float = 0.0


class Colours(NamedTuple):
    """For each picture: a matrix (N, 3, 3) after the contrast (N,) and the brightness (N,) were changed."""

    matrix: NDArray[np.float32]
    contrast: NDArray[np.float32]
    brightness: NDArray[np.float32]


def generator(seed: int, stream: int, index: int) -> np.random.Generator:
    """Random numbers for one moment of a run (a step, an epoch); the same arguments give the same numbers.

    Args:
        seed: of the run.
        stream: which use; uses must not share numbers.
        index: the step or the epoch.
    """
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, stream, index]))


def place(images: NDArray[np.uint8], size: int, change: Augmentation, random: np.random.Generator) -> NDArray[np.uint8]:
    """Cut, turn and mirror.

    Args:
        images: (N, S, S, 3) with S >= size.
        size: of the network's input.
        change: how much.
        random: is used up.

    Returns:
        (N, size, size, 3).
    """
    count, room = len(images), images.shape[1] - size
    middle = room // 2
    corners = random.integers(0, room + 1, (count, 2)) if change.shift else np.full((count, 2), middle)
    mirrored = random.random(count) < (0.5 if change.flip else 0.0)
    angles = np.radians(random.normal(0, 1, count) * change.rotate)
    scales = np.exp(random.normal(0, 1, count) * change.scale)
    covered = random.random(count) < change.erase
    out = np.empty((count, size, size, 3), np.uint8)
    for index, image in enumerate(images):
        if change.rotate or change.scale:
            face = _turned(image, corners[index], size, angles[index], scales[index])
        else:
            top, left = corners[index]
            face = image[top : top + size, left : left + size]
        out[index] = face[:, ::-1] if mirrored[index] else face
        if covered[index]:
            _cover(out[index], random)
    return out


def draw_colours(count: int, change: Augmentation, random: np.random.Generator) -> Colours:
    """What `recolour` does to each of `count` pictures."""
    turn = random.uniform(-1, 1, count) * change.hue * 2 * np.pi
    saturation = 1 + random.uniform(-1, 1, count) * change.saturation
    saturation[random.random(count) < change.grey] = 0.0
    inner = np.zeros((count, 3, 3))
    inner[:, 0, 0] = 1
    inner[:, 1, 1] = inner[:, 2, 2] = saturation * np.cos(turn)
    inner[:, 1, 2], inner[:, 2, 1] = -saturation * np.sin(turn), saturation * np.sin(turn)
    return Colours(
        (_FROM_YIQ @ inner @ _TO_YIQ).astype(np.float32),
        (1 + random.uniform(-1, 1, count) * change.contrast).astype(np.float32),
        (random.uniform(-1, 1, count) * change.brightness).astype(np.float32),
    )


def recolour(pixels: Any, matrix: Any, contrast: Any, brightness: Any) -> Any:
    """Change colours and standardise each picture to mean 0 and variance 1, in one pass over the pixels.

    Both are affine in a pixel's three values, so the mean and the variance of the result follow from the moments of
    the input. Colours are not clipped: what would be white stays brighter than white.

    Args:
        pixels: (N, H, W, 3), 0 to 255, any type.
        matrix: (N, 3, 3), of a pixel as a column.
        contrast: (N,), about each channel's mean.
        brightness: (N,), in a range of 1.

    Returns:
        (N, H, W, 3) float32.
    """
    _, height, width, channels = ops.shape(pixels)
    flat = ops.reshape(ops.cast(pixels, "float32"), (-1, height * width, channels)) / 255.0
    mean, second = _moments(flat)
    linear, shift = _affine(mean, matrix, contrast, brightness)
    centre, deviation = _mean_and_deviation(mean, second, linear, shift)
    least = 1.0 / math.sqrt(height * width * channels)  # a blank picture stays blank
    gain = 1.0 / ops.maximum(deviation, least)
    linear = linear * gain[:, None, None]
    shift = (shift - centre[:, None]) * gain[:, None]
    result = ops.matmul(flat, ops.transpose(linear, (0, 2, 1))) + shift[:, None, :]
    return ops.reshape(result, (-1, height, width, channels))


def standardise(pixels: Any) -> Any:
    """(N, H, W, 3) in 0 to 255 -> mean 0 and variance 1 for each picture, as `recolour` with nothing changed."""
    flat = ops.cast(pixels, "float32") / 255.0
    centred = flat - ops.mean(flat, axis=(1, 2, 3), keepdims=True)
    deviation = ops.sqrt(ops.mean(ops.square(centred), axis=(1, 2, 3), keepdims=True))
    least = 1.0 / math.sqrt(math.prod(pixels.shape[1:]))
    return centred / ops.maximum(deviation, least)


def _moments(flat: Any) -> tuple[Any, Any]:
    """(N, P, 3) -> the mean (N, 3) and the mean of the outer products (N, 3, 3)."""
    second = ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / flat.shape[1]
    return ops.mean(flat, axis=1), second


def _affine(mean: Any, matrix: Any, contrast: Any, brightness: Any) -> tuple[Any, Any]:
    """Contrast about the mean, brightness, then the matrix, as one matrix (N, 3, 3) and one shift (N, 3)."""
    kept = (1.0 - contrast)[:, None] * mean + brightness[:, None]
    return matrix * contrast[:, None, None], ops.squeeze(ops.matmul(matrix, kept[:, :, None]), -1)


def _mean_and_deviation(mean: Any, second: Any, linear: Any, shift: Any) -> tuple[Any, Any]:
    """Over all pixels and channels of the transformed pictures: (N,) and (N,)."""
    moved = ops.squeeze(ops.matmul(linear, mean[:, :, None]), -1)
    centre = ops.mean(moved + shift, axis=1)
    spread = ops.sum(ops.matmul(linear, second) * linear, axis=(1, 2))
    square = (spread + ops.sum((2.0 * moved + shift) * shift, axis=1)) / 3.0
    return centre, ops.sqrt(ops.maximum(square - centre * centre, 0.0))


def _turned(
    image: NDArray[np.uint8], corner: NDArray[np.integer], size: int, angle: float, scale: float
) -> NDArray[np.uint8]:
    """The crop at a corner (y, x), turned and scaled about its middle."""
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    half = size / 2
    y, x = corner[0] + half, corner[1] + half
    coefficients = (cos, -sin, x - cos * half + sin * half, sin, cos, y - sin * half - cos * half)
    turned = Image.fromarray(image).transform((size, size), Image.Transform.AFFINE, coefficients, _BILINEAR)
    return np.asarray(turned)


_BILINEAR = Image.Resampling.BILINEAR


def _cover(image: NDArray[np.uint8], random: np.random.Generator) -> None:
    """Hide 2 to 25 % of the picture behind its mean colour."""
    size = image.shape[0]
    area, ratio = random.uniform(0.02, 0.25), math.exp(random.uniform(-1, 1))
    height = min(size, round(size * math.sqrt(area * ratio)))
    width = min(size, round(size * math.sqrt(area / ratio)))
    top, left = random.integers(0, size - height + 1), random.integers(0, size - width + 1)
    image[top : top + height, left : left + width] = image.reshape(-1, 3).mean(0).astype(np.uint8)
