"""How well faces were aged: how old they look then, and whether they are still the same people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from core.vision.embedding.dlib_weights import SAME_PERSON_DISTANCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MIN_GAP = 10.0  # years: less is within what the age network errs by
_NEAR, _FAR = (10.0, 25.0), (30.0, 50.0)  # years: about 20, about 40


class AgedSet(NamedTuple):
    """Faces (N,) at one age: how old they looked, the age, how old they look now, and how far they went (dlib)."""

    present: NDArray[np.float32]
    age: float
    seen: NDArray[np.float32]
    distances: NDArray[np.float32]


def age_figures(sets: Sequence[AgedSet]) -> dict[str, float]:
    """Return the figures of faces at several ages; those within 10 years of the present age do not count.

    Returns:
        `age_error`: mean difference from the age that was asked for, in years. `age_slope`: years that a face looks
        older for each that was asked for. `identity_kept` and `identity_kept_far`: the fraction that is still the same
        person to dlib's network after about 20 and about 40 years.
    """
    present = np.concatenate([each.present for each in sets])
    ages = np.concatenate([np.full(len(each.present), each.age) for each in sets])
    seen = np.concatenate([each.seen for each in sets])
    distances = np.concatenate([each.distances for each in sets])
    gaps = np.abs(ages - present)
    counted = gaps >= MIN_GAP
    return {
        "age_error": _mean(np.abs(seen - ages)[counted]),
        "age_slope": _slope(ages[counted], seen[counted]),
        "identity_kept": _mean((distances < SAME_PERSON_DISTANCE)[_within(gaps, _NEAR)]),
        "identity_kept_far": _mean((distances < SAME_PERSON_DISTANCE)[_within(gaps, _FAR)]),
    }


def _within(values: NDArray[np.floating], bounds: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= bounds[0]) & (values <= bounds[1])


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean()) if len(values) else 0.0


def _slope(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    centred = x - x.mean() if len(x) else x
    return float(centred @ y / (centred @ centred)) if len(x) and float(centred @ centred) else 0.0
