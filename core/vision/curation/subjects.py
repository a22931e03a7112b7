"""Locates the subject of a picture: a face, or whatever most pictures of a folder show."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from core.domain.data.curation import Crop, Subject
from core.vision.crop import half_extent, middle_square
from core.vision.curation.efficientnet import CLASSES, SIDE
from core.vision.datasets.main_face import find_face
from core.vision.views import MAX_OVERHANG, Framing, crop_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.vision.curation.efficientnet import ImageNetClassifier
    from core.vision.recognition.photo_reader import Detector

_MIN_AROUND = 1.15  # times the box: no portrait is closer than the face itself
# A kind of thing is common in a folder where one picture in ten shows it with 1 %: of 320 cats that gives nine kinds,
# five of them cats, and what is planted into a folder in small numbers does not make itself common.
_MIN_PROBABILITY, _MIN_FREQUENCY = 0.01, 0.1
_HALF = 0.5  # of the most, from where on a place belongs to the subject
_SPREAD = 2.0  # standard deviations to each side: seven in eight of 160 cats' heads, and little else


@dataclass(frozen=True, slots=True)
class SubjectLocation:
    """The crop around the subject and its confidence in [0, 1]; `face`: the size of the face in pixels."""

    crop: Crop
    score: float
    face: float | None = None


class SubjectFinder(Protocol):
    """Locates the subject of a picture."""

    def find(self, image: NDArray[np.uint8]) -> SubjectLocation:
        """Locate the subject in (H, W, 3) RGB; without one, return the middle square with score 0."""


class FaceFinder:
    """Locates the largest face with the face detector; the crop is an upright portrait as far as possible."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def find(self, image: NDArray[np.uint8]) -> SubjectLocation:
        """Locate the subject; see `SubjectFinder`."""
        face = find_face(self._detector, image)
        if face is None:
            return SubjectLocation(middle_square(image), 0.0)
        return SubjectLocation(_portrait(image, face), face.score, math.sqrt(max(face.box.w * face.box.h, 0.0)))


class CommonSubjectFinder:
    """Locates what the folder's pictures have in common, with EfficientNet-Lite0 and its class activation map.

    Args:
        network: the classifier.
        sample: pictures of the folder; some hundreds say what is common.
    """

    def __init__(self, network: ImageNetClassifier, sample: Sequence[NDArray[np.uint8]]) -> None:
        self._network = network
        kinds = np.array([network.kinds(_features(network, image)) for image in sample]).reshape(-1, CLASSES)
        self.common: tuple[int, ...] = common_kinds(kinds)
        weights = kinds[:, list(self.common)].mean(0) if len(kinds) else np.zeros(0, np.float32)
        mean = weights @ network.matrix[list(self.common)] / max(float(weights.sum()), 1e-6)
        self._direction = mean - network.matrix.mean(0)  # (1280,): towards these, away from everything

    def find(self, image: NDArray[np.uint8]) -> SubjectLocation:
        """Locate the subject; see `SubjectFinder`."""
        features = _features(self._network, image)
        # A folder of all sorts has nothing in common, and then nothing speaks against a picture.
        score = float(self._network.kinds(features)[list(self.common)].sum()) if self.common else 1.0
        return SubjectLocation(
            _around(features @ self._direction, image) if self.common else middle_square(image), score
        )


def common_kinds(kinds: NDArray[np.float32]) -> tuple[int, ...]:
    """Return the indices of the classes that many of the pictures show, from probabilities (N, 1000)."""
    return tuple(map(int, np.flatnonzero((kinds >= _MIN_PROBABILITY).mean(0) >= _MIN_FREQUENCY))) if len(kinds) else ()


def load_finder(subject: Subject, sample: Callable[[], Sequence[NDArray[np.uint8]]]) -> SubjectFinder:
    """Load the finder of a kind of subject; `sample` is called only where the finder needs it."""
    if subject is Subject.FACE:
        from core.vision.detection.detect import load_detector  # each loads its own network

        return FaceFinder(load_detector())
    from core.vision.curation.efficientnet import load_network  # TensorFlow

    return CommonSubjectFinder(load_network(), sample())


def _portrait(image: NDArray[np.uint8], face: DetectedFace) -> Crop:
    """Return the crop of a portrait as in `core.vision.views`, or a closer one where the picture ends."""
    crop = crop_of(Framing.PORTRAIT, face.landmarks)
    height, width = image.shape[:2]
    room = min(crop.x, crop.y, width - crop.x, height - crop.y) / half_extent(crop)
    fitting = max(room / (1 - 2 * MAX_OVERHANG), _MIN_AROUND * max(face.box.w, face.box.h))
    return replace(crop, side=min(crop.side, fitting))


def _features(network: ImageNetClassifier, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    small = Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return network.features(np.asarray(small))


def _around(heat: NDArray[np.float32], image: NDArray[np.uint8]) -> Crop:
    """Return the square around the maxima of a heat map (7, 7), within the picture."""
    fine = np.asarray(
        Image.fromarray(np.maximum(heat, 0).astype(np.float32)).resize((56, 56), Image.Resampling.BICUBIC)
    )
    warm = np.where(fine >= _HALF * fine.max(), np.maximum(fine, 0), 0)
    if warm.sum() <= 0:
        return middle_square(image)
    height, width = image.shape[:2]
    weight, places = warm / warm.sum(), (np.arange(56) + 0.5) / 56
    x, y = float(weight.sum(0) @ places), float(weight.sum(1) @ places)
    spread_x = width * math.sqrt(float(weight.sum(0) @ (places - x) ** 2))
    spread_y = height * math.sqrt(float(weight.sum(1) @ (places - y) ** 2))
    side = min(2 * _SPREAD * max(spread_x, spread_y), float(min(width, height)))
    left, top = (
        min(max(0.0, centre - side / 2), limit - side) for centre, limit in ((x * width, width), (y * height, height))
    )
    return Crop(left + side / 2, top + side / 2, side)
