"""What a model that draws faces can do, whatever it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.vision.views import View


class FaceGenerator(Protocol):
    """Between latents, which are points of a space in which one can walk and add, and pictures.

    The same latents give the same bytes on the same machine, however many are drawn at once.
    """

    @property
    def view(self) -> View:
        """How the pictures that it draws, and those that it takes, are framed; their pixels a side."""
        ...

    @property
    def encodes(self) -> bool:
        """Whether it takes pictures, too."""
        ...

    @property
    def traits(self) -> Sequence[str]:
        """What it knows to add: `smile`, `glasses`."""
        ...

    def latents(self, seeds: Sequence[int], truncation: float = 1.0) -> NDArray[np.float32]:
        """(N, Z), one for each seed whatever the others are; with less truncation nearer to the mean face."""
        ...

    def render(self, latents: NDArray[np.float32]) -> NDArray[np.uint8]:
        """(N, Z) -> (N, S, S, 3) RGB."""
        ...

    def encode(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(N, S, S, 3) RGB in `view` -> (N, Z); NO_ENCODER where it cannot."""
        ...

    def path(
        self, start: NDArray[np.float32], end: NDArray[np.float32], fractions: Sequence[float]
    ) -> NDArray[np.float32]:
        """Codes (F, Z) on the way from (Z,) to (Z,), on which faces stay as likely as at its ends."""
        ...

    def variations(self, latent: NDArray[np.float32], seeds: Sequence[int], spread: float = 0.4) -> NDArray[np.float32]:
        """(N, Z) near a latent (Z,); `spread` 0: the latent itself, 1: as various as any faces."""
        ...

    def direction(self, trait: str) -> NDArray[np.float32]:
        """(Z,), from the mean latent without the trait to that with it; UNKNOWN_TRAIT."""
        ...

    def mean(self) -> NDArray[np.float32]:
        """(Z,), the latent of the mean face, about which differences are added."""
        ...
