"""How a face is shown to a network that is trained from scratch: the crop as it came, or turned upright.

Training and classifying call the same function, so that a network never sees two framings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.vision.align import align

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from core.domain.faces import Box


class Framing(StrEnum):
    """Where the face lies in the picture."""

    CROP = "crop"  # the box, a square; as collections of face crops have it
    ALIGNED = "aligned"  # eyes level, and always in the same place


@dataclass(frozen=True, slots=True)
class View:
    """A framing and the pixels a side."""

    framing: Framing
    size: int

    @property
    def key(self) -> str:
        """For file names; another way of rendering must have another key."""
        return f"{self.framing.value}-{self.size}-2"


def render_view(
    view: View,
    image: NDArray[np.uint8],
    landmarks: Sequence[tuple[float, float]] | None,
    box: Box | None = None,
) -> NDArray[np.uint8]:
    """One face.

    Args:
        view: which, and how large.
        image: (H, W, 3) RGB.
        landmarks: five points in pixels of `image`, as in `DetectedFace`; None: the detector found no face, and the
            middle of the picture stands in for it.
        box: of the face, where `image` is a whole photo; None: `image` is a crop of one face already.

    Returns:
        (size, size, 3) RGB.

    Raises:
        ValueError: landmarks that span no area.
    """
    if view.framing is Framing.ALIGNED and landmarks is not None:
        picture = Image.fromarray(align(image, landmarks))
    elif box is None:
        picture = Image.fromarray(image)
        side = min(picture.size)
        left, top = (picture.width - side) // 2, (picture.height - side) // 2
        picture = picture.crop((left, top, left + side, top + side))
    else:
        picture = Image.fromarray(image).crop(_square(box))  # black where it reaches beyond the photo
    if picture.size != (view.size, view.size):
        picture = picture.resize((view.size, view.size), Image.Resampling.BICUBIC)
    return np.asarray(picture)


def _square(box: Box) -> tuple[int, int, int, int]:
    side = max(box.w, box.h)  # no more: of collections of face crops, most show about as much as the detector's box
    x, y = box.x + box.w / 2, box.y + box.h / 2
    return round(x - side / 2), round(y - side / 2), round(x + side / 2), round(y + side / 2)
