"""A fake generator: each latent number is the brightness of a bar; exact, and without TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain.errors import ErrorCode, OmokageError
from core.vision.views import Framing, View

SIZE, LATENT_SIZE, BAR = 32, 6, 4  # pixels a side, numbers of a latent, rows of a bar
Latents = NDArray[np.float32]
Pictures = NDArray[np.uint8]


class LinearGenerator:
    """Render a latent's numbers as bars, and encode a picture by reading them."""

    def __init__(self, *, encodes: bool = True, framing: Framing = Framing.PORTRAIT) -> None:
        self.view = View(framing, SIZE)
        self.encodes = encodes
        self.traits = ("smile", "glasses")
        self.rendered: list[int] = []  # how many pictures at a time

    def latents(self, seeds: Sequence[int], truncation: float = 1.0) -> Latents:
        drawn = [np.random.Generator(np.random.Philox(seed)).normal(size=LATENT_SIZE) for seed in seeds]
        return truncation * np.asarray(drawn, np.float32).reshape(-1, LATENT_SIZE)

    def render(self, latents: Latents) -> Pictures:
        assert (latents.ndim, latents.dtype) == (2, np.float32)
        self.rendered.append(len(latents))
        values = np.clip(np.rint(128 + 20 * latents), 0, 255).astype(np.uint8)
        pictures = np.full((len(latents), SIZE, SIZE, 3), 128, np.uint8)
        pictures[:, BAR : BAR + BAR * LATENT_SIZE] = np.repeat(values, BAR, axis=1)[:, :, None, None]
        return pictures

    def encode(self, pictures: Pictures) -> Latents:
        if not self.encodes:
            raise OmokageError(ErrorCode.NO_ENCODER)
        assert pictures.shape[1:] == (SIZE, SIZE, 3)
        values = pictures[:, BAR : BAR + BAR * LATENT_SIZE : BAR].mean((2, 3))
        return ((values - 128) / 20).astype(np.float32)

    def path(self, start: Latents, end: Latents, shares: Sequence[float]) -> Latents:
        along = np.asarray(shares, np.float32)[:, None]
        return (1 - along) * start + along * end

    def variations(self, latent: Latents, seeds: Sequence[int], spread: float = 0.4) -> Latents:
        return latent + np.float32(spread) * self.latents(seeds)

    def direction(self, trait: str) -> Latents:
        if trait not in self.traits:
            raise OmokageError(ErrorCode.UNKNOWN_TRAIT, trait=trait, known=", ".join(self.traits))
        return np.eye(LATENT_SIZE, dtype=np.float32)[self.traits.index(trait)]

    def mean(self) -> Latents:
        return np.zeros(LATENT_SIZE, np.float32)


def read_bars(column: NDArray[np.uint8], scale: int) -> list[int]:
    """Read the bars in a column of a picture enlarged by `scale`."""
    return [int(column[round((BAR * bar + 1.5 * BAR) * scale)]) for bar in range(LATENT_SIZE)]
