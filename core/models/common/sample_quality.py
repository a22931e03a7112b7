"""How good drawn faces are, in figures: likeness to real ones (KID), variety, novelty, and whether they are faces.

The feature is the embedding by dlib's network of a *fixed* chip: where the framing says that the face is, not where a
detector would find it, so that a picture without a face counts, too. Embeddings are brought to unit length. Recognisers
compare faces by two networks; these figures stay on the first, so that they compare with earlier ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.vision.embedding.align import DLIB_TEMPLATE, align
from core.vision.views import Framing, portrait_template

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Features = NDArray[np.float64]  # (N, 128), each of length 1

# Of a run's evaluation, which takes no more than three seconds on two cores: an embedding takes 4 ms, a look for faces
# 5, a picture 1. The last evaluation of a run takes all of the samples that it is given, and more training pictures.
_COMPARED, _ALL_COMPARED = 500, 2500  # training pictures among which the nearest is searched
_LOOKED_AT = 64  # samples in which a face is searched


@dataclass(frozen=True, slots=True)
class FaceAnalysers:
    """The networks that samples are measured by.

    Args:
        embed: chips (N, 150, 150, 3) RGB -> (N, 128).
        has_face: whether there is a face in (S, S, 3) RGB.
    """

    embed: Callable[[NDArray[np.uint8]], NDArray[np.float32]]
    has_face: Callable[[NDArray[np.uint8]], bool]


@cache
def load_face_analysers() -> FaceAnalysers:
    """dlib's embedding and the product's detector; seconds, and once a process."""
    from core.vision.detection.detect import load_detector  # onnxruntime
    from core.vision.embedding.embed import load_dlib_embedder  # TensorFlow

    embedder, detector = load_dlib_embedder(), load_detector()
    return FaceAnalysers(embedder.embed, lambda picture: bool(detector.detect(picture)))


class SampleQuality:
    """Compares samples with the pictures that were not learnt from, and with those that were.

    Args:
        images: (N, S, S, 3) RGB, of the framing; may be a memory map.
        held_out: (N,), those that are not learnt from; at least two.
        framing: PORTRAIT or WHOLE.
        analysers: None: the product's, loaded when they are needed.
        seed: of the choice among the training pictures where they are many.
    """

    def __init__(
        self,
        images: NDArray[np.uint8],
        held_out: NDArray[np.bool_],
        framing: Framing,
        analysers: FaceAnalysers | None = None,
        seed: int = 0,
    ) -> None:
        self._images = images
        self._held_out = np.flatnonzero(held_out)
        self._training = np.random.default_rng(seed).permutation(np.flatnonzero(~held_out))
        self._framing = framing
        self._given = analysers
        self._described: Features = np.zeros((0, 128))

    def figures(self, samples: NDArray[np.uint8], *, thorough: bool = False) -> dict[str, float]:
        """`kid`, `diversity`, `novelty` and `faces` of samples (M, S, S, 3), two at least.

        `kid`: see `kernel_distance`. `diversity`: mean distance between samples, over that between held-out pictures.
        `novelty`: median distance of samples to their nearest training picture, over that of held-out pictures: 1: as
        new as real ones, near 0: copies. `faces`: share in which a face is found.

        Args:
            samples: as the model draws them.
            thorough: compare and look at more; not within a run's evaluation.
        """
        drawn = self.describe(samples)
        compared = self._known(_ALL_COMPARED if thorough else _COMPARED)
        looked_at = samples if thorough else samples[:_LOOKED_AT]
        return {
            "kid": kernel_distance(drawn, self._real),
            "diversity": _spread(drawn) / max(_spread(self._real), 1e-9),
            "novelty": _to_nearest(drawn, compared) / max(_to_nearest(self._real, compared), 1e-9),
            "faces": float(np.mean([self._analysers.has_face(sample) for sample in looked_at])),
        }

    def real_kid(self) -> float:
        """KID of training pictures: what samples could reach at best; its distance from 0 is chance."""
        return kernel_distance(self._known(_COMPARED), self._real)

    def nearest_real(self) -> float:
        """Median distance of held-out pictures to their nearest training picture: where novelty is 1."""
        return _to_nearest(self._real, self._known(_ALL_COMPARED))

    def describe(self, pictures: NDArray[np.uint8]) -> Features:
        """(N, S, S, 3) -> (N, 128)."""
        return describe(pictures, self._framing, self._analysers.embed)

    @property
    def _analysers(self) -> FaceAnalysers:
        return self._given or load_face_analysers()

    @cached_property
    def _real(self) -> Features:
        return self.describe(self._images[self._held_out])

    def _known(self, most: int) -> Features:
        """Of so many training pictures; described once."""
        missing = self._training[len(self._described) : most]
        if len(missing):
            more = self.describe(self._images[np.sort(missing)])
            self._described = np.concatenate([self._described, more])
        return self._described[:most]


def describe(
    pictures: NDArray[np.uint8], framing: Framing, embed: Callable[[NDArray[np.uint8]], NDArray[np.float32]]
) -> Features:
    """The feature of pictures (N, S, S, 3), in no need of a detector: (N, 128) of length 1."""
    embeddings = embed(fixed_chips(pictures, framing)).astype(np.float64)
    return np.asarray(embeddings / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-9))


def fixed_chips(pictures: NDArray[np.uint8], framing: Framing) -> NDArray[np.uint8]:
    """What the embedding is taken of: (N, S, S, 3) -> (N, 150, 150, 3).

    Of a portrait what `align` cuts where the template says that the landmarks are; otherwise the whole picture.
    """
    chips = np.empty((len(pictures), DLIB_TEMPLATE.size, DLIB_TEMPLATE.size, 3), np.uint8)
    for chip, picture in zip(chips, pictures, strict=True):
        chip[:] = _chip(picture, framing)
    return chips


def kernel_distance(drawn: Features, real: Features) -> float:
    """The squared maximum mean discrepancy with the kernel (cosine + 1)^3, unbiased: 0 on average for the same faces.

    Binkowski et al. 2018, "Demystifying MMD GANs", whose kernel is (x.y / d + 1)^3: here x and y have the length
    sqrt(d), since what people differ by is in the direction. Two sets of 250 real pictures are within 0.005 of 0.
    """
    return _mean_of_others(drawn) + _mean_of_others(real) - 2.0 * float(_kernel(drawn, real).mean())


def distances(one: Features, others: Features) -> Features:
    """(N, 128), (M, 128) -> Euclidean, (N, M), 0 to 2."""
    return np.asarray(np.sqrt(np.maximum(2.0 - 2.0 * one @ others.T, 0.0)))


def _chip(picture: NDArray[np.uint8], framing: Framing) -> NDArray[np.uint8]:
    if framing is Framing.PORTRAIT:
        return align(picture, [(x, y) for x, y in portrait_template(len(picture))])
    return np.asarray(
        Image.fromarray(picture).resize((DLIB_TEMPLATE.size, DLIB_TEMPLATE.size), Image.Resampling.BILINEAR)
    )


def _kernel(one: Features, other: Features) -> Features:
    return np.asarray((one @ other.T + 1.0) ** 3)


def _mean_of_others(features: Features) -> float:
    """The mean over all pairs of different rows."""
    kernel, count = _kernel(features, features), len(features)
    return float((kernel.sum() - np.trace(kernel)) / (count * (count - 1)))


def _spread(features: Features) -> float:
    count = len(features)
    return float(distances(features, features).sum() / (count * (count - 1)))


def _to_nearest(features: Features, others: Features) -> float:
    return float(np.median(distances(features, others).min(1)))
