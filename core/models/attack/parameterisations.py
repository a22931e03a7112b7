"""Parameterisations of a picture that is optimised, each with its update rule; always available as 8-bit pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Region = tuple[slice, slice]  # rows and columns beyond which the gradient is zero

# The decay of earlier gradients. Dong et al. 2018 (arXiv 1710.06081) keep all of them; with 0.75, as in the steps of
# Croce and Hein 2020 (arXiv 2003.01690), more faces are fooled, sooner and with smaller changes.
_MOMENTUM = 0.75
# Of the bound, the first step: from a half on changes are larger by a tenth, and no face more of a hundred is fooled.
_FIRST_STEP = 0.25
_LEVELS = 3.0  # of a step of a free pixel, at first
_BETA1, _BETA2, _TINY = 0.9, 0.99, 1e-12  # Adam's, for runs of hundreds of steps rather than many thousands


class Parameterisation(Protocol):
    """The parameters of a picture, which can take gradient steps."""

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The current picture (H, W, 3); copy it to keep it, since it changes in place."""

    def update(self, gradient: NDArray[np.float32], region: Region, remaining: float) -> None:
        """Take one step against the gradient.

        Args:
            gradient: (H, W, 3), of the loss per level.
            region: where it is not zero.
            remaining: the fraction of the run that remains, (0, 1]; step sizes are proportional to it.
        """


class BoundedPixels:
    """Integer levels within a bound of each pixel's start, updated along the gradient's sign with momentum.

    The momentum iterative method of Dong et al. 2018 on the lattice of 8-bit pictures, so that nothing is lost when the
    picture is saved.

    Args:
        start: (H, W, 3).
        epsilon: the bound, in levels.
        so_far: a picture to continue from, as far as the bound allows.
        first_step: the size of the first step, as a fraction of the bound.
    """

    def __init__(
        self,
        start: NDArray[np.uint8],
        epsilon: int,
        so_far: NDArray[np.uint8] | None = None,
        first_step: float = _FIRST_STEP,
    ) -> None:
        wide = start.astype(np.int16)
        self._low, self._high = np.maximum(wide - epsilon, 0), np.minimum(wide + epsilon, 255)
        self.picture = np.clip(start if so_far is None else so_far, self._low, self._high).astype(np.uint8)
        self._first_step = first_step * epsilon
        self._momentum = np.zeros(start.shape, np.float32)

    def update(self, gradient: NDArray[np.float32], region: Region, remaining: float) -> None:
        """See `Parameterisation`."""
        here = gradient[region]
        size = float(np.abs(here).mean()) if here.size else 0.0
        if not size:
            return
        momentum = self._momentum[region]
        momentum *= _MOMENTUM
        momentum += here / np.float32(size)
        levels = max(1, round(self._first_step * remaining))
        moved = self.picture[region] - (levels * np.sign(momentum)).astype(np.int16)
        self.picture[region] = np.clip(moved, self._low[region], self._high[region])


class FreePixels:
    """Unbounded levels, updated by Adam (Kingma and Ba 2014, arXiv 1412.6980) and rounded for the picture only.

    Args:
        start: (H, W, 3).
    """

    def __init__(self, start: NDArray[np.uint8]) -> None:
        self._levels = start.astype(np.float32)
        self._adam = Adam(start.shape)
        self.picture = start.copy()

    def update(self, gradient: NDArray[np.float32], region: Region, remaining: float) -> None:
        """See `Parameterisation`; pixels beyond the region keep their momentum."""
        del region  # the whole picture is the face
        self._levels -= _LEVELS * remaining * self._adam.direction(gradient)
        np.clip(self._levels, 0, 255, out=self._levels)
        self.picture = np.rint(self._levels).astype(np.uint8)


class Adam:
    """Adam's update directions, about 1 in each component whatever the gradient's scale."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._mean, self._square = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._count = 0

    def direction(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """The ascent direction, smoothed over the last steps."""
        self._count += 1
        self._mean += (1 - _BETA1) * (gradient - self._mean)
        self._square += (1 - _BETA2) * (gradient * gradient - self._square)
        correction, correction_squared = 1 - _BETA1**self._count, 1 - _BETA2**self._count
        root: NDArray[np.float32] = np.sqrt(self._square * np.float32(1 / correction_squared)) + np.float32(_TINY)
        return np.asarray(self._mean / root * np.float32(1 / correction))
