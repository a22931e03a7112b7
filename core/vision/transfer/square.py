"""The square of a photo that a network sees of a face, and the way to it and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from core.vision.embedding.align import inverse
from core.vision.views import crop_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.vision.views import Framing


class FaceSquare:
    """The square of one face.

    `side` is in pixels of the photo. `to_photo` (2, 3) takes a point of the square, in its sides, to the photo, and
    `to_square` back.
    """

    def __init__(self, framing: Framing, landmarks: Sequence[tuple[float, float]]) -> None:
        """Fit the square to five landmarks in pixels of the photo, as in `DetectedFace`.

        Raises:
            ValueError: landmarks that span no area, or a framing that is neither PORTRAIT nor FACE.
        """
        crop = crop_of(framing, landmarks)
        cosine, sine = math.cos(math.radians(crop.degrees)), math.sin(math.radians(crop.degrees))
        linear = crop.side * np.array(((cosine, -sine), (sine, cosine)))
        self.side = crop.side
        self.to_photo = np.column_stack([linear, np.array((crop.x, crop.y)) - linear @ (0.5, 0.5)])
        self.to_square: NDArray[np.float64] = inverse(self.to_photo)

    def points(self, landmarks: Sequence[tuple[float, float]], size: int) -> list[tuple[float, float]]:
        """Return where points of the photo are in a picture of the square with `size` pixels a side."""
        moved = size * (np.asarray(landmarks) @ self.to_square[:, :2].T + self.to_square[:, 2])
        return [(float(x), float(y)) for x, y in moved]
