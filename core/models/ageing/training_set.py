"""The pictures that networks which age faces learn from, and those that they are measured on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.preflight import FEWEST_TO_GENERATE
from core.models.common.batches import hold_out_some
from core.vision.views import Framing, View

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.datasets.dataset_reader import DatasetReader


@dataclass(frozen=True, slots=True)
class AgedPictures:
    """Pictures of faces with ages.

    `images` (N, S, S, 3) RGB of `Framing.FACE`, memory-mapped; `ages` (N,) in years, NaN where there is no age or no
    face; `genders` (N,), 0 male, 1 female, -1 unknown. `rows` are learnt from; `held_out` are not, the youngest first.
    """

    images: NDArray[np.uint8]
    ages: NDArray[np.float32]
    genders: NDArray[np.int8]
    rows: NDArray[np.intp]
    held_out: NDArray[np.intp]


def read_aged_pictures(reader: DatasetReader, size: int, seed: int) -> AgedPictures:
    """Read the pictures of a data set that have a face and an age.

    Args:
        reader: of the data set.
        size: pixels a side.
        seed: of the run; it chooses what is held out.

    Raises:
        OmokageError: DATASET_UNFIT, too few pictures have a face and an age; DISK_FULL.
    """
    ages = np.where(reader.found, reader.ages, np.nan).astype(np.float32)
    aged = np.flatnonzero(~np.isnan(ages))
    if len(aged) < FEWEST_TO_GENERATE:
        details = {"count": len(aged), "minimum": FEWEST_TO_GENERATE}
        raise OmokageError(ErrorCode.DATASET_UNFIT, remark="few-ages", **details)
    images = reader.images(View(Framing.FACE, size))
    is_held_out = hold_out_some(len(aged), seed)
    held_out = aged[is_held_out]
    by_age = held_out[np.argsort(ages[held_out], kind="stable")]
    return AgedPictures(images, ages, reader.genders, aged[~is_held_out], by_age)
