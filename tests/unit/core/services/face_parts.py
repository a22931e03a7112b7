"""A model that draws faces, made of a matrix: small, exact, and in no need of TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import ErrorCode, OmokageError
from core.vision.views import Framing, View

SIZE, CODES, BAR = 32, 6, 4  # pixels of a picture, numbers of a code, rows that show each
Codes = NDArray[np.float32]
Pictures = NDArray[np.uint8]


class LinearFaces:
    """A code's numbers are the brightness of as many bars; encoding reads them off."""

    def __init__(self, *, encodes: bool = True, framing: Framing = Framing.PORTRAIT) -> None:
        self.view = View(framing, SIZE)
        self.encodes = encodes
        self.traits = ("smile", "glasses")
        self.rendered: list[int] = []  # how many pictures at a time

    def codes(self, seeds: Sequence[int], truncation: float = 1.0) -> Codes:
        drawn = [np.random.Generator(np.random.Philox(seed)).normal(size=CODES) for seed in seeds]
        return truncation * np.asarray(drawn, np.float32).reshape(-1, CODES)

    def render(self, codes: Codes) -> Pictures:
        assert (codes.ndim, codes.dtype) == (2, np.float32)
        self.rendered.append(len(codes))
        values = np.clip(np.rint(128 + 20 * codes), 0, 255).astype(np.uint8)
        pictures = np.full((len(codes), SIZE, SIZE, 3), 128, np.uint8)
        pictures[:, BAR : BAR + BAR * CODES] = np.repeat(values, BAR, axis=1)[:, :, None, None]
        return pictures

    def encode(self, pictures: Pictures) -> Codes:
        if not self.encodes:
            raise OmokageError(ErrorCode.NO_ENCODER)
        assert pictures.shape[1:] == (SIZE, SIZE, 3)
        values = pictures[:, BAR : BAR + BAR * CODES : BAR].mean((2, 3))
        return ((values - 128) / 20).astype(np.float32)

    def path(self, start: Codes, end: Codes, shares: Sequence[float]) -> Codes:
        along = np.asarray(shares, np.float32)[:, None]
        return (1 - along) * start + along * end

    def variations(self, code: Codes, seeds: Sequence[int], spread: float = 0.4) -> Codes:
        return code + np.float32(spread) * self.codes(seeds)

    def direction(self, trait: str) -> Codes:
        if trait not in self.traits:
            raise OmokageError(ErrorCode.UNKNOWN_TRAIT, trait=trait, known=", ".join(self.traits))
        return np.eye(CODES, dtype=np.float32)[self.traits.index(trait)]

    def mean(self) -> Codes:
        return np.zeros(CODES, np.float32)


def read_off(column: NDArray[np.uint8], scale: int) -> list[int]:
    """The bars in a column of a picture that is so many times larger."""
    return [int(column[round((BAR * bar + 1.5 * BAR) * scale)]) for bar in range(CODES)]
