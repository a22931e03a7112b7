"""What a model that ages faces can do, whatever it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.vision.views import View


class FaceChange(NamedTuple):
    """What is to be added to pictures.

    `delta` (N, S, S, 3) float32 in units of pixel values, -255 to 255; `mask` (N, S, S, 1) float32, how much of it
    shows, 0 to 1.
    """

    delta: NDArray[np.float32]
    mask: NDArray[np.float32]


class FaceAger(Protocol):
    """Predicts how faces change between ages. The same faces give the same change, however many are beside them."""

    @property
    def view(self) -> View:
        """How the pictures that it takes are framed, and their pixels a side."""
        ...

    def change(
        self, pictures: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> FaceChange:
        """Return the change from faces as they are to other ages.

        Args:
            pictures: (N, S, S, 3) RGB in `view`.
            present: (N,), how old the faces look, in years.
            ages: (N,), how old they are to look.
        """
        ...

    def typicality(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return how much pictures (N, S, S, 3) are like those that the model was trained on, (N,).

        1 and above: as held-out pictures of the training's data set are. Below 1 a face is unlike them, and its change
        would be arbitrary.
        """
        ...
