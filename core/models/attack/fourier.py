"""A picture as waves of uncorrelated colours, in which large shapes are as easily changed as fine grain.

Olah, Mordvintsev, Schubert 2017, "Feature Visualization", part "Preconditioning and parameterization": steps are taken
by the picture's Fourier coefficients, each scaled by one over its frequency as in photos, in colours that vary
independently of each other. Structure appears where steps by pixels give noise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from core.models.attack.parameterisations import Adam, Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Of the colours of our drawn portraits (`python -m benchmarks fooling --colours`): a root of their covariance, scaled
# so that its longest row is 1. Brightness varies most, red against blue less, green against both least.
COLOURS = np.array([(0.93, 0.37, 0.04), (0.81, -0.11, -0.14), (0.77, -0.33, 0.10)], np.float32)
_RATE = 0.03  # of a coefficient, at first; those of the beginning are 0.01 large
_BEGINNING = 0.01
_EDGE = 2 / 255  # a picture to go on from is taken to be this far from black and white, where the slope is zero


class FourierImage:
    """A `Canvas` (core/models/attack/parameterisations.py).

    Args:
        side: pixels.
        random: draws the beginning.
        so_far: goes on from this picture (side, side, 3) instead.
        finest: waves a pixel, at most: what is shown smaller to a network has none that are finer, and what slips
            through would only be noise.
    """

    def __init__(
        self, side: int, random: np.random.Generator, so_far: NDArray[np.uint8] | None = None, finest: float = 1.0
    ) -> None:
        self._side = side
        self._scale = _falling(side, finest)
        shape = (3, side, side // 2 + 1)
        if so_far is None:
            parts = random.normal(0, _BEGINNING, (2, *shape)).astype(np.float32)
            self._waves = parts[0] + 1j * parts[1]
        else:
            self._waves = self._found(so_far)
        self._adam = Adam((2, *shape))
        self._draw()

    def move(self, slope: NDArray[np.float32], region: Region, left: float) -> None:
        """As in `Canvas`; each wave is everywhere."""
        del region
        gradient = self._back(slope)
        turned = self._adam.direction(np.stack([gradient.real, gradient.imag]))
        self._waves = self._waves - _RATE * left * (turned[0] + 1j * turned[1])
        self._draw()

    def _draw(self) -> None:
        self._shade = expit(self._colours())
        self.picture = np.rint(255 * self._shade).astype(np.uint8)

    def _colours(self) -> NDArray[np.float32]:
        """(side, side, 3), any numbers; 0 is grey."""
        planes = np.fft.irfft2(self._waves * self._scale, s=(self._side, self._side), axes=(1, 2))
        return np.asarray(planes.transpose(1, 2, 0) @ COLOURS.T, np.float32)

    def _back(self, slope: NDArray[np.float32]) -> NDArray[np.complexfloating]:
        """A slope by pixels -> by coefficients, real and imaginary parts as one complex number."""
        colours = (slope * (255 * self._shade * (1 - self._shade))) @ COLOURS
        waves = np.fft.rfft2(colours.transpose(2, 0, 1), axes=(1, 2))
        return np.asarray(waves * (self._scale * _twice(self._side) / self._side**2))

    def _found(self, picture: NDArray[np.uint8]) -> NDArray[np.complexfloating]:
        """The coefficients that draw a picture."""
        colours = logit(np.clip(picture / np.float32(255), _EDGE, 1 - _EDGE)) @ np.linalg.inv(COLOURS).T
        waves = np.fft.rfft2(colours.transpose(2, 0, 1), axes=(1, 2))
        return np.asarray(np.divide(waves, self._scale, out=np.zeros_like(waves), where=self._scale > 0))


def _falling(side: int, finest: float) -> NDArray[np.float32]:
    """(side, side // 2 + 1): one over each wave's frequency, so that all coefficients matter alike."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    return np.asarray(np.where(frequency <= finest, side / np.maximum(frequency, 1 / side), 0.0), np.float32)


def _twice(side: int) -> NDArray[np.float32]:
    """How often each coefficient of a real picture's transform counts: most stand for two waves."""
    counts = np.full(side // 2 + 1, 2.0, np.float32)
    counts[0] = 1.0
    if side % 2 == 0:
        counts[-1] = 1.0
    return counts
