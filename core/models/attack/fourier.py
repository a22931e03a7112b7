"""A picture as Fourier coefficients of decorrelated colours, so that coarse and fine structure change alike.

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
_RATE = 0.03  # of a coefficient, at first; the initial ones are of the order of 0.01
_INITIAL_SCALE = 0.01
_EDGE = 2 / 255  # distance kept from black and white, where the gradient is zero


class FourierImage:
    """A `Parameterisation` by Fourier coefficients.

    Args:
        side: pixels.
        random: draws the initial coefficients.
        so_far: a picture (side, side, 3) to continue from instead.
        max_frequency: in cycles a pixel. A network that is shown the picture smaller cannot see higher ones, and what
            aliases through would only be noise.
    """

    def __init__(
        self,
        side: int,
        random: np.random.Generator,
        so_far: NDArray[np.uint8] | None = None,
        max_frequency: float = 1.0,
    ) -> None:
        self._side = side
        self._scale = _frequency_scale(side, max_frequency)
        shape = (3, side, side // 2 + 1)
        if so_far is None:
            parts = random.normal(0, _INITIAL_SCALE, (2, *shape)).astype(np.float32)
            self._coefficients = parts[0] + 1j * parts[1]
        else:
            self._coefficients = self._coefficients_of(so_far)
        self._adam = Adam((2, *shape))
        self._render()

    def update(self, gradient: NDArray[np.float32], region: Region, remaining: float) -> None:
        """See `Parameterisation`; each coefficient changes the whole picture, so the region does not matter."""
        del region
        by_coefficient = self._coefficient_gradient(gradient)
        direction = self._adam.direction(np.stack([by_coefficient.real, by_coefficient.imag]))
        self._coefficients = self._coefficients - _RATE * remaining * (direction[0] + 1j * direction[1])
        self._render()

    def _render(self) -> None:
        self._shade = expit(self._colours())
        self.picture = np.rint(255 * self._shade).astype(np.uint8)

    def _colours(self) -> NDArray[np.float32]:
        """(side, side, 3), any numbers; 0 is grey."""
        planes = np.fft.irfft2(self._coefficients * self._scale, s=(self._side, self._side), axes=(1, 2))
        return np.asarray(planes.transpose(1, 2, 0) @ COLOURS.T, np.float32)

    def _coefficient_gradient(self, gradient: NDArray[np.float32]) -> NDArray[np.complexfloating]:
        """Turn a gradient by pixels into one by coefficients; real and imaginary parts form one complex number."""
        colours = (gradient * (255 * self._shade * (1 - self._shade))) @ COLOURS
        waves = np.fft.rfft2(colours.transpose(2, 0, 1), axes=(1, 2))
        return np.asarray(waves * (self._scale * _multiplicity(self._side) / self._side**2))

    def _coefficients_of(self, picture: NDArray[np.uint8]) -> NDArray[np.complexfloating]:
        """The coefficients of a picture (side, side, 3)."""
        colours = logit(np.clip(picture / np.float32(255), _EDGE, 1 - _EDGE)) @ np.linalg.inv(COLOURS).T
        waves = np.fft.rfft2(colours.transpose(2, 0, 1), axes=(1, 2))
        return np.asarray(np.divide(waves, self._scale, out=np.zeros_like(waves), where=self._scale > 0))


def _frequency_scale(side: int, max_frequency: float) -> NDArray[np.float32]:
    """One over each coefficient's frequency, (side, side // 2 + 1), so that all coefficients matter alike."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side))
    return np.asarray(np.where(frequency <= max_frequency, side / np.maximum(frequency, 1 / side), 0.0), np.float32)


def _multiplicity(side: int) -> NDArray[np.float32]:
    """How often each coefficient of a real transform counts: most stand for a conjugate pair."""
    counts = np.full(side // 2 + 1, 2.0, np.float32)
    counts[0] = 1.0
    if side % 2 == 0:
        counts[-1] = 1.0
    return counts
