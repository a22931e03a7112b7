"""What judges aged faces while `reage` is trained: three frozen networks.

dlib's age network says how old a face looks, dlib's embedding network whether it is still the same person, and
EfficientNet-Lite0, which knows a thousand kinds of things, finds the features that the discriminator looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from keras import ops

from core.models.common.backend import make_forward, to_numpy
from core.models.reage.sampling import matrices, resample
from core.vision.age.age_network import AGE_INPUT_SIZE, CLASS_AGES
from core.vision.embedding.dlib_weights import DLIB_INPUT_SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    MakeCritics = Callable[[NDArray[np.uint8], NDArray[np.float32], NDArray[np.intp]], "Critics"]

AGE_MARGIN = 1 / 30  # of a face's side on each side, beyond what the age network is shown (core/vision/age)
_SPREAD = 3.0  # years: the standard deviation of the ages that the age critic is to see
_AT_A_TIME = 64  # pictures
_FEATURE_SIZE = 128  # pixels a side: in fewer, wrinkles are no features
_STAGES = (1, 2, 4)  # of EfficientNet-Lite0: maps at a quarter, an eighth and a sixteenth of the side
_MEASURED = 256  # pictures that say how large features are; they take a second
_MIN_PICTURES = 2.0  # near a knot; with fewer it is left out
# Ages at which what the age network says of real people is averaged, and how far around.
_KNOTS = np.array([1, 3, 6, 9, 13, 18, 25, 35, 45, 55, 65, 75, 90], np.float64)


class CriticNetworks(NamedTuple):
    """Functions of RGB faces in [0, 255], differentiable by them.

    `age`: (N, 64, 64, 3) -> logits (N, 81); `embedding`: (N, 150, 150, 3) -> (N, 128); `features`: (N, 128, 128, 3) ->
    maps (N, h, w, C).
    """

    age: Callable[[Any], Any]
    embedding: Callable[[Any], Any]
    features: Callable[[Any], Sequence[Any]]


class Critics:
    """Judges of faces (N, S, S, 3) in pixel values.

    The age network's estimates are not how old people are: it takes people of 65 for 58. What it says of real people
    of an age is what an aged face has to look like, so the training pictures calibrate it.

    Args:
        networks: frozen.
        images: (N, S, S, 3) RGB.
        ages: (N,), years.
        rows: which of them calibrate.

    Attributes:
        age_side: pixels a side of the faces that the age critic takes.
        feature_side: pixels a side of the faces in which features are found.
        feature_shapes: height, width and channels of each map of features.
        estimated_ages: (N,), how old the pictures look: the age of which real people look as old to the network.
    """

    age_side = AGE_INPUT_SIZE
    feature_side = _FEATURE_SIZE

    def __init__(
        self,
        networks: CriticNetworks,
        images: NDArray[np.uint8],
        ages: NDArray[np.float32],
        rows: NDArray[np.intp],
    ) -> None:
        self._networks = networks
        size = images.shape[1]
        step = (1 - 2 * AGE_MARGIN) * size / AGE_INPUT_SIZE
        self._age_look = _fixed(size, AGE_INPUT_SIZE, AGE_MARGIN * size, step)
        self._embedding_look = _fixed(size, DLIB_INPUT_SIZE, 0.0, size / DLIB_INPUT_SIZE)
        self._feature_look = _fixed(size, _FEATURE_SIZE, 0.0, size / _FEATURE_SIZE)
        maps = self._maps(images[rows[:: -(-len(rows) // _MEASURED)]])
        self.feature_shapes: list[tuple[int, int, int]] = [x.shape[1:] for x in maps]
        scales = [(x.mean((0, 1, 2)), x.std((0, 1, 2)) + np.float32(1e-3)) for x in maps]
        self._feature_scales = [tuple(map(ops.convert_to_tensor, pair)) for pair in scales]
        self._estimate = make_forward(self._infer_ages)
        estimates = self.estimates(images)
        self._knots, means = _kernel_means(ages[rows], estimates[rows])
        self._seen = np.maximum.accumulate(means)
        self.estimated_ages = self.calibrated(estimates)

    def estimates(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what the age network says of pictures (N, S, S, 3), (N,)."""
        parts = [self._estimate(pictures[at : at + _AT_A_TIME]) for at in range(0, len(pictures), _AT_A_TIME)]
        return np.concatenate([np.zeros(0, np.float32), *parts])

    def calibrated(self, estimates: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the age (N,) of which real people look as old to the age network as `estimates` (N,)."""
        rising = self._seen + np.arange(len(self._knots)) * 1e-6  # interp needs no two alike
        return np.asarray(np.interp(estimates, rising, self._knots), np.float32)

    def targets(self, ages: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the probabilities (N, 81) of the age network's classes that faces of these ages (N,) are to have."""
        centres = np.interp(ages, self._knots, self._seen)
        weights = np.exp(-0.5 * ((CLASS_AGES - centres[:, None]) / _SPREAD) ** 2)
        return np.asarray(weights / weights.sum(1, keepdims=True), np.float32)

    def age_loss(self, faces: Any, targets: Any) -> Any:
        """Return the divergence (N,) of what is seen in faces (N, 64, 64, 3) from targets (N, 81)."""
        logits = self._networks.age(faces)
        seen = logits - ops.logsumexp(logits, axis=-1, keepdims=True)
        return ops.sum(targets * (ops.log(ops.maximum(targets, 1e-9)) - seen), axis=-1)

    def distance(self, faces: Any, aged: Any) -> Any:
        """Return how far (N,) the embeddings of faces (N, S, S, 3) are from each other; only the second is changed."""
        before = ops.stop_gradient(self._embed(faces))
        return ops.sqrt(ops.sum(ops.square(self._embed(aged) - before), axis=-1) + 1e-6)

    def features(self, faces: Any) -> list[Any]:
        """Return the maps (N, h, w, C) of faces (N, 128, 128, 3), each channel about as large as the others."""
        maps = self._networks.features(faces)
        return [(x - mean) / deviation for x, (mean, deviation) in zip(maps, self._feature_scales, strict=True)]

    def _maps(self, pictures: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        faces = (pictures[at : at + _AT_A_TIME].astype(np.float32) for at in range(0, len(pictures), _AT_A_TIME))
        found = [self._networks.features(resample(part, *self._feature_look)) for part in faces]
        return [np.concatenate([to_numpy(x) for x in parts]) for parts in zip(*found, strict=True)]

    def _embed(self, faces: Any) -> Any:
        return self._networks.embedding(resample(faces, *self._embedding_look))

    def _infer_ages(self, pixels: Any) -> Any:
        logits = self._networks.age(resample(ops.cast(pixels, "float32"), *self._age_look))
        return ops.matmul(ops.softmax(logits), CLASS_AGES[:, None])[:, 0]


def _fixed(size: int, target: int, first: float, step: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    matrix = matrices(size, target, np.array([first]), np.array([step]), np.zeros(1))[0]
    return matrix, matrix


def _kernel_means(
    ages: NDArray[np.floating], values: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return those knots near which there are pictures, and the means of the values at ages near each."""
    widths = np.maximum(1.5, np.gradient(_KNOTS) / 4)
    weights = np.exp(-0.5 * ((ages - _KNOTS[:, None]) / widths[:, None]) ** 2)
    totals = weights.sum(1)
    known = totals >= min(_MIN_PICTURES, totals.max())
    return _KNOTS[known], (weights[known] @ values) / totals[known]


def load_critics(images: NDArray[np.uint8], ages: NDArray[np.float32], rows: NDArray[np.intp]) -> Critics:
    """Load the networks, and calibrate; 2 ms a picture.

    Raises:
        WeightFileError, FileNotFoundError, TorchFileError: a package with weights is missing, or another version.
    """
    from core.vision.age import age_network, age_weights
    from core.vision.curation import efficientnet
    from core.vision.embedding import dlib_resnet, dlib_weights

    ager = age_network.build(age_weights.load_age_weights())
    embedder = dlib_resnet.build(dlib_weights.load_weights())
    features = efficientnet.build_features(_FEATURE_SIZE, _STAGES)
    return Critics(CriticNetworks(ager, embedder, features), images, ages, rows)
