"""Looks at one picture: where its subject is, and everything that may speak against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.data.curation import LIMITS, Crop, Limits, Measures
from core.vision.crop import cut
from core.vision.curation.copies import picture_hash
from core.vision.curation.detail import LOOK, detail
from core.vision.curation.text import text_share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.vision.curation.subjects import Finder


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen; `hash` (256,) is of the whole picture, by which copies are found."""

    crop: Crop
    measures: Measures
    hash: NDArray[np.bool_]

    @property
    def worth(self) -> float:
        """By which the best of some copies is chosen: the sharper of two of a size, and the larger by far."""
        return self.measures.side * self.measures.detail


def look_at(image: NDArray[np.uint8], finder: Finder, limits: Limits = LIMITS) -> Looked:
    """All measures of (H, W, 3) RGB; letters, which take the most time, only where nothing else is wrong."""
    found = finder.find(image)
    look = cut(image, found.crop, LOOK)
    sharp, side = detail(look), min(found.crop.side, *image.shape[:2])
    good = found.score >= limits.least_subject and side >= limits.least_side and sharp >= limits.least_detail
    measures = Measures(found.score, side, sharp, text_share(look) if good else 0.0, found.face)
    return Looked(found.crop, measures, picture_hash(image))
