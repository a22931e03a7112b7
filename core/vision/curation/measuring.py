"""Measurements of one picture: where its subject is, and everything that may speak against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.data.curation import LIMITS, Crop, CurationLimits, Measures
from core.vision.crop import cut
from core.vision.curation.copies import picture_hash
from core.vision.curation.detail import LOOK, detail
from core.vision.curation.text import text_share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.vision.curation.subjects import Finder


@dataclass(frozen=True, slots=True)
class MeasuredPicture:
    """The crop and the measurements of a picture; `hash` (256,) of the whole picture serves to find copies."""

    crop: Crop
    measures: Measures
    hash: NDArray[np.bool_]

    @property
    def worth(self) -> float:
        """By which the best of some copies is chosen: the sharper of two of a size, and the larger by far."""
        return self.measures.side * self.measures.detail


def measure_picture(image: NDArray[np.uint8], finder: Finder, limits: CurationLimits = LIMITS) -> MeasuredPicture:
    """Measure a picture (H, W, 3) RGB; text, which takes the most time, only where nothing else is wrong."""
    found = finder.find(image)
    look = cut(image, found.crop, LOOK)
    sharp, side = detail(look), min(found.crop.side, *image.shape[:2])
    good = found.score >= limits.min_subject and side >= limits.min_side and sharp >= limits.min_detail
    measures = Measures(found.score, side, sharp, text_share(look) if good else 0.0, found.face)
    return MeasuredPicture(found.crop, measures, picture_hash(image))
