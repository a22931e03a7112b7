"""Finds what a picture is of: a face, or whatever most pictures of a folder show."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from core.domain.data.curation import Crop, Subject
from core.vision.crop import middle, reach
from core.vision.curation.lite import KINDS, SIDE
from core.vision.datasets.main_face import find_face
from core.vision.views import MOST_BEYOND, portrait_crop

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.vision.curation.lite import KindNetwork
    from core.vision.recognition.photo_reader import Detector

_LEAST_AROUND = 1.15  # times the box: no portrait is closer than the face itself
# A kind of thing is common in a folder where one picture in ten shows it with 1 %: of 320 cats that gives nine kinds,
# five of them cats, and what is planted into a folder in small numbers does not make itself common.
_SHOWN, _COMMON = 0.01, 0.1
_HALF = 0.5  # of the most, from where on a place belongs to the subject
_SPREAD = 2.0  # standard deviations to each side: seven in eight of 160 cats' heads, and little else


@dataclass(frozen=True, slots=True)
class Found:
    """Where the subject is, and how sure that is; `face`: its size in pixels."""

    crop: Crop
    score: float
    face: float | None = None


class Finder(Protocol):
    """Finds subjects."""

    def find(self, image: NDArray[np.uint8]) -> Found:
        """In (H, W, 3) RGB; where there is none, score 0 and the middle."""


class FaceFinder:
    """By the product's detector: the largest face, upright, as a portrait where the picture reaches so far."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector

    def find(self, image: NDArray[np.uint8]) -> Found:
        """As in `Finder`."""
        face = find_face(self._detector, image)
        if face is None:
            return Found(middle(image), 0.0)
        return Found(_portrait(image, face), face.score, math.sqrt(max(face.box.w * face.box.h, 0.0)))


class CommonFinder:
    """By EfficientNet-Lite0: what the folder's pictures have in common, and where the network sees it.

    Args:
        network: what looks.
        sample: pictures of the folder; some hundreds say what is common.
    """

    def __init__(self, network: KindNetwork, sample: Sequence[NDArray[np.uint8]]) -> None:
        self._network = network
        kinds = np.array([network.kinds(_seen(network, image)) for image in sample]).reshape(-1, KINDS)
        self.common: tuple[int, ...] = common_kinds(kinds)
        weights = kinds[:, list(self.common)].mean(0) if len(kinds) else np.zeros(0, np.float32)
        mean = weights @ network.matrix[list(self.common)] / max(float(weights.sum()), 1e-6)
        self._direction = mean - network.matrix.mean(0)  # (1280,): towards these, away from everything

    def find(self, image: NDArray[np.uint8]) -> Found:
        """As in `Finder`."""
        features = _seen(self._network, image)
        # A folder of all sorts has nothing in common, and then nothing speaks against a picture.
        score = float(self._network.kinds(features)[list(self.common)].sum()) if self.common else 1.0
        return Found(_around(features @ self._direction, image) if self.common else middle(image), score)


def common_kinds(kinds: NDArray[np.float32]) -> tuple[int, ...]:
    """Which of 1,000 kinds many of the pictures show: (N, 1000) -> indices."""
    return tuple(map(int, np.flatnonzero((kinds >= _SHOWN).mean(0) >= _COMMON))) if len(kinds) else ()


def load_finder(subject: Subject, sample: Callable[[], Sequence[NDArray[np.uint8]]]) -> Finder:
    """The product's; `sample` is asked only where it is needed."""
    if subject is Subject.FACE:
        from core.vision.detection.detect import load_detector  # each loads its own network

        return FaceFinder(load_detector())
    from core.vision.curation.lite import load_network  # TensorFlow

    return CommonFinder(load_network(), sample())


def _portrait(image: NDArray[np.uint8], face: DetectedFace) -> Crop:
    """Framed as `views` has portraits, or closer where the picture ends."""
    crop = portrait_crop(face.landmarks)
    height, width = image.shape[:2]
    room = min(crop.x, crop.y, width - crop.x, height - crop.y) / reach(crop)
    fitting = max(room / (1 - 2 * MOST_BEYOND), _LEAST_AROUND * max(face.box.w, face.box.h))
    return replace(crop, side=min(crop.side, fitting))


def _seen(network: KindNetwork, image: NDArray[np.uint8]) -> NDArray[np.float32]:
    small = Image.fromarray(image).resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return network.features(np.asarray(small))


def _around(heat: NDArray[np.float32], image: NDArray[np.uint8]) -> Crop:
    """The square around the warm places, (7, 7), as much of it as there is of the picture."""
    fine = np.asarray(
        Image.fromarray(np.maximum(heat, 0).astype(np.float32)).resize((56, 56), Image.Resampling.BICUBIC)
    )
    warm = np.where(fine >= _HALF * fine.max(), np.maximum(fine, 0), 0)
    if warm.sum() <= 0:
        return middle(image)
    height, width = image.shape[:2]
    weight, places = warm / warm.sum(), (np.arange(56) + 0.5) / 56
    x, y = float(weight.sum(0) @ places), float(weight.sum(1) @ places)
    spread_x = width * math.sqrt(float(weight.sum(0) @ (places - x) ** 2))
    spread_y = height * math.sqrt(float(weight.sum(1) @ (places - y) ** 2))
    side = min(2 * _SPREAD * max(spread_x, spread_y), float(min(width, height)))
    left, top = (min(max(0.0, at - side / 2), most - side) for at, most in ((x * width, width), (y * height, height)))
    return Crop(left + side / 2, top + side / 2, side)
