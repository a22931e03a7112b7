"""The pictures that a network learns to draw from: how they are framed, and which of them it never sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import LicensedPart
from core.domain.training.preflight import FEWEST_TO_GENERATE
from core.models.common import augment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.data.datasets import Dataset

_HELD_OUT = 0.1  # of the pictures: what samples are compared with must not be what was learnt from
_FEWEST, _MOST = 50, 250  # fewer make a distance of distributions a lottery; more make it no surer, and cost time
_LEAST = 4  # two of each
_EPOCH = 0  # stream of random numbers
# What every model that draws was made with.
PARTS = (
    LicensedPart("weights, trained from scratch", "as the pictures"),
    LicensedPart("face detector: CenterFace", "MIT"),
    LicensedPart("face embedding, which measures likeness: dlib's ResNet", "CC0-1.0"),
)


def check_enough(dataset: Dataset) -> None:
    """That there are pictures to learn from and some to compare with; how many make sense, preflight says.

    Raises:
        OmokageError: DATASET_UNFIT.
    """
    if dataset.pictures < _LEAST:
        details = {"count": dataset.pictures, "minimum": FEWEST_TO_GENERATE}
        raise OmokageError(ErrorCode.DATASET_UNFIT, remark="few-to-generate", **details)


def hold_out_some(pictures: int, seed: int) -> NDArray[np.bool_]:
    """(N,), the pictures that are only compared with: a tenth of them, 50 to 250, never more than half."""
    count = min(max(_FEWEST, round(_HELD_OUT * pictures)), _MOST, pictures // 2)
    held_out = np.zeros(pictures, np.bool_)
    held_out[np.random.default_rng(seed).permutation(pictures)[:count]] = True
    return held_out


def batch_rows(rows: NDArray[np.intp], batch: int, step: int, seed: int) -> NDArray[np.intp]:
    """Which pictures are in the batch of a step: epoch after epoch, each in an order of its own.

    Args:
        rows: of the training pictures.
        batch: pictures in each.
        step: from 0.
        seed: of the run; the epochs are its stream 0.
    """
    places = np.arange(step * batch, (step + 1) * batch)
    epochs = places // len(rows)
    orders = {epoch: augment.generator(seed, _EPOCH, int(epoch)).permutation(rows) for epoch in set(epochs)}
    return np.array([orders[epoch][at % len(rows)] for epoch, at in zip(epochs, places, strict=True)])
