"""Which way faces get a smile or glasses: differences between latents of pictures of which it is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDE = 48  # pixels: glasses still show, and a picture is 7,000 numbers
_COMPONENTS = 100
_TESTED = 0.2  # of the pictures, for the labeller's accuracy
# Added to the labels' variances, which are about 0.2: what hardly ever differs, or only together with something else,
# as where a model never draws a beard, gets a short direction instead of a huge one.
_RIDGE = 1e-3
_SHARPNESS = 0.05  # inverse strength of the penalty on the classifier's weights


def trait_directions(
    latents: NDArray[np.floating], labels: Mapping[str, NDArray[np.floating]], beside: NDArray[np.floating]
) -> dict[str, NDArray[np.float32]]:
    """For each trait, how latents differ with it from those without, all else being equal.

    Plain differences of means would give a beard the shape of a man's head: what goes with what is taken apart by
    least squares over all traits at once.

    Args:
        latents: (N, Z).
        labels: of each trait (N,), 0 to 1.
        beside: (N, K), what else faces differ by that goes with the traits.

    Returns:
        Of each trait (Z,).
    """
    design = np.column_stack([*labels.values(), beside]).astype(np.float64)
    centred = design - design.mean(0)
    normal = centred.T @ centred / len(latents) + _RIDGE * np.eye(design.shape[1])
    directions = np.linalg.solve(normal, centred.T @ (latents - latents.mean(0, dtype=np.float64)) / len(latents))
    return {name: np.asarray(row, np.float32) for name, row in zip(labels, directions, strict=False)}


@dataclass(frozen=True, slots=True)
class Labeller:
    """Says of pictures which traits they show; `accuracy` of each on pictures that it was not made from."""

    pixels: Any  # scikit-learn's principal components
    traits: Mapping[str, Any]  # and its classifiers
    accuracy: Mapping[str, float]

    def label(self, pictures: NDArray[np.uint8]) -> dict[str, NDArray[np.float64]]:
        """(N, S, S, 3) RGB -> of each trait (N,), its probability."""
        features = self.pixels.transform(_small(pictures))
        return {name: classifier.predict_proba(features)[:, 1] for name, classifier in self.traits.items()}


def make_labeller(pictures: NDArray[np.uint8], labels: Mapping[str, NDArray[np.floating]]) -> Labeller:
    """From pictures (N, S, S, 3) and what they show (N,); the same ones give the same labeller.

    Faces that all lie in the same place need no more than a linear classifier of their pixels.
    """
    from sklearn.decomposition import PCA  # a second
    from sklearn.linear_model import LogisticRegression

    tested = np.random.default_rng(0).random(len(pictures)) < _TESTED
    small = _small(pictures)
    pixels = PCA(min(_COMPONENTS, len(pictures) // 2), whiten=True, svd_solver="randomized", random_state=0)
    pixels.fit(small[~tested])
    features = pixels.transform(small)
    traits, accuracy = {}, {}
    for name, values in labels.items():
        known = values > 0.5
        traits[name] = LogisticRegression(C=_SHARPNESS, max_iter=1000).fit(features[~tested], known[~tested])
        accuracy[name] = float(traits[name].score(features[tested], known[tested]))
    return Labeller(pixels, traits, accuracy)


def _small(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    size = (_SIDE, _SIDE)
    small = [
        np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX), np.float32) for picture in pictures
    ]
    return np.stack(small).reshape(len(pictures), -1) / 255.0
