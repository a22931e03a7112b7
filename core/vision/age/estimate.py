"""Estimate how old faces look, in years.

Importing this module loads TensorFlow; a process that has run a model cannot be forked (`core.vision.embedding.embed`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf

from core.vision.age import age_network
from core.vision.age.age_network import AGE_INPUT_SIZE, AGE_TEMPLATE, CLASS_AGES
from core.vision.age.age_weights import load_age_weights
from core.vision.embedding.align import align, inverse, similarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Mean absolute error in years on pictures of all ages that the correction below was not fitted on, 7.5 without it
# (`python -m benchmarks age`). Answers that state an age state it.
AGE_ERROR = 7.1
# The network's expectation and the age that such faces have, in years, joined by straight lines: without, every sixth
# child up to 15 is taken for 21 or older, with it every thirteenth. Fitted by the same command, and rounded.
CORRECTION = ((0.0, 1.0), (20.0, 14.0), (30.0, 30.0), (80.0, 85.0))
# Faces in one run: 2.8 ms each, 3.6 where there are ten (the same command). The first layer of 32 takes 7 MB.
MAX_BATCH = 32
# Pixels a side of the part of the photo that a chip shows. At 68 and more the error is 7 years, at 45 it
# is 7.4, at 34 it is 8.1, at 27 it is 9.6: faces are taken for younger, the old first (the same command).
MIN_CHIP_SIDE = 40


class AgeEstimator:
    """dlib's age network, compiled once for batches of any size. `mean_error` is that of its ages, in years."""

    mean_error = AGE_ERROR

    def __init__(self, model: Any) -> None:
        """`model`: Keras, as `age_network.build` makes it."""
        signature = [tf.TensorSpec((None, AGE_INPUT_SIZE, AGE_INPUT_SIZE, 3), tf.uint8)]

        @tf.function(input_signature=signature)  # type: ignore[untyped-decorator]
        def forward(chips: Any) -> Any:
            probabilities = tf.nn.softmax(model(tf.cast(chips, tf.float32), training=False))  # (N, 81)
            return tf.linalg.matvec(probabilities, CLASS_AGES)

        self._forward = forward

    def estimate(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Estimate the ages of aligned faces: (N, 64, 64, 3) RGB, as `age_chips` makes them -> (N,) years; N may be 0.

        A face's age does not depend on the faces beside it.

        Raises:
            ValueError: another shape or type.
        """
        return correct(self.expectation(chips))

    def photo_ages(
        self, image: NDArray[np.uint8], faces: Sequence[Sequence[tuple[float, float]]]
    ) -> list[float | None]:
        """Estimate the ages of a photo's faces in years; None for faces that are too small to say.

        Args:
            image: (H, W, 3) RGB.
            faces: the five landmarks of each, in pixels of `image`; may be empty.

        Raises:
            ValueError: landmarks that span no area of the photo.
        """
        large = [chip_side(landmarks) >= MIN_CHIP_SIDE for landmarks in faces]
        chips = age_chips(image, [landmarks for landmarks, is_large in zip(faces, large, strict=True) if is_large])
        ages = iter(self.estimate(chips).tolist())
        return [next(ages) if is_large else None for is_large in large]

    def expectation(self, chips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the mean (N,) of the network's distribution over `CLASS_AGES`, as it is before the correction."""
        if chips.shape[1:] != (AGE_INPUT_SIZE, AGE_INPUT_SIZE, 3) or chips.dtype != np.uint8:
            raise ValueError(f"faces must be (N, 64, 64, 3) uint8, not {chips.shape} {chips.dtype}")
        parts = [self._forward(chips[row : row + MAX_BATCH]).numpy() for row in range(0, len(chips), MAX_BATCH)]
        return np.concatenate([np.zeros(0, np.float32), *parts])


def correct(expectation: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the ages (N,) that faces with these expectations (N,) have on average, by `CORRECTION`."""
    expectations, ages = np.array(CORRECTION).T
    corrected = np.interp(expectation.astype(np.float64), expectations, ages)
    return np.asarray(corrected, np.float32)


def age_chips(image: NDArray[np.uint8], faces: Sequence[Sequence[tuple[float, float]]]) -> NDArray[np.uint8]:
    """Align the faces of a photo for the age network.

    Args:
        image: (H, W, 3) RGB.
        faces: the five landmarks of each, in pixels of `image`; may be empty.

    Returns:
        (N, 64, 64, 3) RGB.

    Raises:
        ValueError: see `align`.
    """
    chips = np.zeros((len(faces), AGE_INPUT_SIZE, AGE_INPUT_SIZE, 3), np.uint8)
    for chip, landmarks in zip(chips, faces, strict=True):
        chip[:] = align(image, landmarks, AGE_TEMPLATE)
    return chips


def chip_side(landmarks: Sequence[tuple[float, float]]) -> float:
    """Return the side of the square that a face's chip shows, in pixels of the photo that the landmarks are in.

    Raises:
        ValueError: landmarks that span no area.
    """
    back = inverse(similarity(np.asarray(landmarks, np.float64), AGE_TEMPLATE.points))
    return AGE_INPUT_SIZE * math.hypot(back[0, 0], back[1, 0])


def load_age_estimator() -> AgeEstimator:
    """Build the estimator with the installed weights.

    Raises:
        WeightFileError: see `load_age_weights`.
    """
    return AgeEstimator(age_network.build(load_age_weights()))
