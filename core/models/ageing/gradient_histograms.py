"""Histograms of oriented gradients (Dalal and Triggs 2005) of faces, in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIZE = 96  # pixels a side, as ageing networks see faces; others are scaled
_CELLS, _BINS = 8, 6  # cells a side of 12 pixels: an eye fills two; of 36 and 144 cells neither separates better
FEATURES = _CELLS * _CELLS * _BINS
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BATCH = 64  # pictures at once: 20 MB


def gradient_histograms(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the square roots of the histograms (N, FEATURES) of pictures (N, S, S, 3).

    Each picture's sum is the same, so that light, contrast and the colour of the skin count for little.
    """
    parts = [_histograms(_luma(pictures[start : start + _BATCH])) for start in range(0, len(pictures), _BATCH)]
    return np.concatenate([np.zeros((0, FEATURES), np.float32), *parts])


def _luma(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    if pictures.shape[1] != SIZE:
        scaled = [Image.fromarray(picture).resize((SIZE, SIZE), Image.Resampling.BICUBIC) for picture in pictures]
        pictures = np.stack([np.asarray(picture) for picture in scaled])
    luma: NDArray[np.float32] = pictures.astype(np.float32) @ _LUMA
    return luma


def _histograms(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    down, across = np.zeros_like(luma), np.zeros_like(luma)
    down[:, 1:-1] = luma[:, 2:] - luma[:, :-2]
    across[:, :, 1:-1] = luma[:, :, 2:] - luma[:, :, :-2]
    strength = np.hypot(across, down)
    position = np.arctan2(down, across) % np.pi * (_BINS / np.pi)
    lower = position.astype(np.intp)
    upper_weight = strength * (position - lower)
    weights = np.zeros((*luma.shape, _BINS), np.float32)
    np.put_along_axis(weights, lower[..., None] % _BINS, (strength - upper_weight)[..., None], -1)
    np.put_along_axis(weights, (lower[..., None] + 1) % _BINS, upper_weight[..., None], -1)
    side = SIZE // _CELLS
    cells = weights.reshape(len(luma), _CELLS, side, _CELLS, side, _BINS).mean((2, 4)).reshape(len(luma), -1)
    # A pixel value is added, so that a plain wall's noise is not taken for lines.
    histograms: NDArray[np.float32] = np.sqrt(cells / (cells.mean(1, keepdims=True) + 1))
    return histograms
