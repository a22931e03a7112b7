"""What a picture is made of while it is optimised, and how it follows a slope; always to be had as 8-bit pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Region = tuple[slice, slice]  # rows and columns beyond which the slope is zero

# Of the sum of earlier slopes. Dong et al. 2018 (arXiv 1710.06081) keep all of it; with 0.75, as in the steps of Croce
# and Hein 2020 (arXiv 2003.01690), more faces are fooled, sooner and with smaller changes.
_MOMENTUM = 0.75
# Of the bound, the first step: from a half on changes are larger by a tenth, and no face more of a hundred is fooled.
_FIRST = 0.25
_LEVELS = 3.0  # of a step of a free pixel, at first
_FADE, _FADE_SQUARED, _TINY = 0.9, 0.99, 1e-12  # Adam's, for runs of hundreds of steps rather than many thousands


class Parameterisation(Protocol):
    """A picture that can be moved down a slope."""

    @property
    def picture(self) -> NDArray[np.uint8]:
        """(H, W, 3), as it is now; not to be kept, since it changes in place."""

    def move(self, slope: NDArray[np.float32], region: Region, left: float) -> None:
        """One step down.

        Args:
            slope: (H, W, 3), per level.
            region: where it is not zero.
            left: how much of the run is left, (0, 1]: steps fall with it.
        """


class BoundedPixels:
    """Whole levels within a bound of each pixel's start: steps along the slope's sign, with momentum.

    The momentum iterative method of Dong et al. 2018 on the lattice of 8-bit pictures, so that nothing is lost when the
    picture is saved.

    Args:
        start: (H, W, 3).
        epsilon: levels.
        so_far: goes on from here, as far as the bound allows.
        first: of the bound, the first step.
    """

    def __init__(
        self, start: NDArray[np.uint8], epsilon: int, so_far: NDArray[np.uint8] | None = None, first: float = _FIRST
    ) -> None:
        wide = start.astype(np.int16)
        self._low, self._high = np.maximum(wide - epsilon, 0), np.minimum(wide + epsilon, 255)
        self.picture = np.clip(start if so_far is None else so_far, self._low, self._high).astype(np.uint8)
        self._first = first * epsilon
        self._momentum = np.zeros(start.shape, np.float32)

    def move(self, slope: NDArray[np.float32], region: Region, left: float) -> None:
        """As in `Canvas`."""
        here = slope[region]
        size = float(np.abs(here).mean()) if here.size else 0.0
        if not size:
            return
        momentum = self._momentum[region]
        momentum *= _MOMENTUM
        momentum += here / np.float32(size)
        levels = max(1, round(self._first * left))
        moved = self.picture[region] - (levels * np.sign(momentum)).astype(np.int16)
        self.picture[region] = np.clip(moved, self._low[region], self._high[region])


class FreePixels:
    """Any picture: Adam (Kingma and Ba 2014, arXiv 1412.6980) on levels, rounded for the picture alone.

    Args:
        start: (H, W, 3).
    """

    def __init__(self, start: NDArray[np.uint8]) -> None:
        self._levels = start.astype(np.float32)
        self._adam = Adam(start.shape)
        self.picture = start.copy()

    def move(self, slope: NDArray[np.float32], region: Region, left: float) -> None:
        """As in `Canvas`; pixels beyond the region stay, or drift as they did."""
        del region  # the whole picture is the face
        self._levels -= _LEVELS * left * self._adam.direction(slope)
        np.clip(self._levels, 0, 255, out=self._levels)
        self.picture = np.rint(self._levels).astype(np.uint8)


class Adam:
    """Directions of about 1 in each number, from slopes of any size."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._mean, self._square = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._count = 0

    def direction(self, slope: NDArray[np.float32]) -> NDArray[np.float32]:
        """Upwards, smoothed over the last steps."""
        self._count += 1
        self._mean += (1 - _FADE) * (slope - self._mean)
        self._square += (1 - _FADE_SQUARED) * (slope * slope - self._square)
        seen, seen_squared = 1 - _FADE**self._count, 1 - _FADE_SQUARED**self._count
        root: NDArray[np.float32] = np.sqrt(self._square * np.float32(1 / seen_squared)) + np.float32(_TINY)
        return np.asarray(self._mean / root * np.float32(1 / seen))
