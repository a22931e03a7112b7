"""Measurements of one picture: where its subject is, and everything that may speak against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.data.curation import LIMITS, Crop, CurationLimits, Measures
from core.vision.crop import cut_square
from core.vision.curation.copies import picture_hash
from core.vision.curation.detail import DETAIL_SIDE, detail
from core.vision.curation.text import text_fraction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.vision.curation.subjects import SubjectFinder


@dataclass(frozen=True, slots=True)
class MeasuredPicture:
    """The crop and the measurements of a picture; `hash` (256,) of the whole picture serves to find copies."""

    crop: Crop
    measures: Measures
    hash: NDArray[np.bool_]

    @property
    def worth(self) -> float:
        """The score by which the best of several copies is chosen: its side times its detail."""
        return self.measures.side * self.measures.detail


def measure_picture(
    image: NDArray[np.uint8], finder: SubjectFinder, limits: CurationLimits = LIMITS
) -> MeasuredPicture:
    """Measure a picture (H, W, 3) RGB; text, which takes the most time, only where nothing else is wrong."""
    location = finder.find(image)
    square = cut_square(image, location.crop, DETAIL_SIDE)
    sharp, side = detail(square), min(location.crop.side, *image.shape[:2])
    good = location.score >= limits.min_subject and side >= limits.min_side and sharp >= limits.min_detail
    measures = Measures(location.score, side, sharp, text_fraction(square) if good else 0.0, location.face)
    return MeasuredPicture(location.crop, measures, picture_hash(image))
