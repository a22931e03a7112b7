"""Error of the estimated ages: on aged faces, and on the same ones in smaller pictures; the correction; the speed.

`python -m benchmarks age`; needs the developers' faces. The files' ages are noisy themselves.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image
from scipy.stats import spearmanr
from sklearn.isotonic import IsotonicRegression

from benchmarks.helpers.report import Figures, shared_data
from benchmarks.helpers.timing import median_ms
from core.domain.age_bins import AGE_BINS
from core.vision.age.estimate import CORRECTION, AgeEstimator, age_chips, chip_side, correct, load_age_estimator
from core.vision.datasets.main_face import find_face
from core.vision.detection.detect import load_detector

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SHRINKS = (2, 3, 4, 5, 6)
EVERY = 4  # of the pictures, for the smaller ones: 1,046 are enough for a tenth of a year
ROUNDS = 20
SEEDS = 5  # halves to fit on, and their other halves to test on
KNOTS = np.array([expectation for expectation, _ in CORRECTION])


class AgedFaces(NamedTuple):
    """Pictures with a detected face: `landmarks` (N, 5, 2) in their pixels, `ages` (N,) in years, by the file names."""

    pictures: list[Image.Image]
    landmarks: NDArray[np.float64]
    ages: NDArray[np.float64]
    missed: int


def run() -> Figures:
    """Return mean error and rank correlation, in all and by bin, with and without the correction; milliseconds."""
    faces = detect(sorted(shared_data("age").glob("*.jpg")))
    estimator = load_age_estimator()
    chips = smaller_chips(faces, 1, 1)
    expectation = estimator.expectation(chips)
    figures: dict[str, float | int | str] = {"faces": len(faces.ages), "pictures without a face": faces.missed}
    figures |= errors("as the network has it", expectation, faces.ages)
    figures |= errors("corrected", correct(expectation), faces.ages)
    figures |= fitted(expectation.astype(np.float64), faces.ages)
    return figures | of_smaller(estimator, faces) | speed(estimator, chips)


def detect(files: list[Path]) -> AgedFaces:
    """Find the faces of pictures whose names begin with an age in years."""
    detector = load_detector()
    pictures, landmarks, ages = [], [], []
    for file in files:
        picture = Image.open(file).convert("RGB")
        face = find_face(detector, np.asarray(picture))
        if face is not None:
            pictures.append(picture)
            landmarks.append(face.landmarks)
            ages.append(float(file.name.split("_")[0]))
    return AgedFaces(pictures, np.array(landmarks), np.array(ages), len(files) - len(ages))


def errors(title: str, estimated: NDArray[np.float32], ages: NDArray[np.float64]) -> Figures:
    """Return the mean absolute error in years, Spearman's correlation, and the mean error by bin."""
    difference = estimated - ages
    figures: dict[str, float | int | str] = {
        f"{title}: mean error, years": float(np.abs(difference).mean()),
        f"{title}: Spearman": float(spearmanr(estimated, ages)[0]),
        f"{title}: children up to 15 taken for 21 or older, %": 100 * float((estimated[ages <= 15] >= 21).mean()),
    }
    for first, last in AGE_BINS:
        rows = (ages >= first) & (ages <= (last if last < AGE_BINS[-1][1] else np.inf))
        absolute, mean = np.abs(difference[rows]).mean(), difference[rows].mean()
        figures[f"{title}: mean error from {first} to {last}"] = f"{absolute:.1f} ({mean:+.1f})"
    return figures


def fitted(expectation: NDArray[np.float64], ages: NDArray[np.float64]) -> Figures:
    """Return the correction fitted on all pictures, and its error on halves that it was not fitted on."""
    held_out, isotonic = [], []
    for seed in range(SEEDS):
        rows = np.random.default_rng(seed).permutation(len(ages))
        for fit, test in (np.array_split(rows, 2), np.array_split(rows, 2)[::-1]):
            corrected = np.interp(expectation[test], KNOTS, fit_correction(expectation[fit], ages[fit]))
            held_out.append(np.abs(corrected - ages[test]).mean())
            curve = IsotonicRegression(out_of_bounds="clip").fit(expectation[fit], ages[fit])
            isotonic.append(np.abs(curve.predict(expectation[test]) - ages[test]).mean())
    values = ", ".join(
        f"{knot:.0f}: {age:.1f}" for knot, age in zip(KNOTS, fit_correction(expectation, ages), strict=True)
    )
    return {
        "correction fitted on all": values,
        "correction fitted on halves: mean error on the others, years": float(np.mean(held_out)),
        "correction fitted on halves: standard deviation of that": float(np.std(held_out)),
        "an isotonic correction fitted on halves: mean error on the others, years": float(np.mean(isotonic)),
    }


def fit_correction(expectation: NDArray[np.float64], ages: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ages at `KNOTS` between which straight lines have the least absolute error.

    By least squares with each picture's weight the inverse of its error before: what the outliers of noisy ages say
    counts for as little as in a median.
    """
    basis = np.stack([np.interp(expectation, KNOTS, unit) for unit in np.eye(len(KNOTS))], axis=1)
    values = np.linalg.lstsq(basis, ages, rcond=None)[0]
    for _ in range(100):
        weights = np.maximum(np.abs(basis @ values - ages), 0.1) ** -0.5
        values = np.linalg.lstsq(basis * weights[:, None], ages * weights, rcond=None)[0]
    return np.asarray(values)


def of_smaller(estimator: AgeEstimator, faces: AgedFaces) -> Figures:
    """Return the mean error of the same faces in pictures that were shrunk, landmarks with them."""
    side = np.median([chip_side(landmarks) for landmarks in faces.landmarks])
    figures: dict[str, float | int | str] = {}
    for shrink in SHRINKS:
        estimated = estimator.estimate(smaller_chips(faces, shrink, EVERY))
        figures[f"mean error where a chip shows {side / shrink:.0f} pixels a side"] = float(
            np.abs(estimated - faces.ages[::EVERY]).mean()
        )
    return figures


def smaller_chips(faces: AgedFaces, shrink: int, every: int) -> NDArray[np.uint8]:
    """Return the chips of every so many faces, cut from pictures of a fraction of their size."""
    chips = []
    for picture, landmarks in zip(faces.pictures[::every], faces.landmarks[::every], strict=True):
        small = picture.resize((picture.width // shrink, picture.height // shrink), Image.Resampling.LANCZOS)
        chips.append(age_chips(np.asarray(small), [landmarks * (small.width / picture.width)]))
    return np.concatenate(chips)


def speed(estimator: AgeEstimator, chips: NDArray[np.uint8]) -> Figures:
    """Return the milliseconds a face."""
    return {
        f"ms a face, {count} at once": median_ms(partial(estimator.estimate, chips[:count]), ROUNDS) / count
        for count in (1, 4, 10, 32)
    }
