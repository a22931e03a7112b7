"""Finds faces and their landmarks in a photo.

Three looks with one network (figures and the alternatives: docs/decisions/002-face-detector.md):

1. the photo at its own size, or shrunk to what the time allows: most faces;
2. a thumbnail: faces that fill the photo, for which the network is short-sighted at full size;
3. each candidate alone, brought to one size, plain and mirrored: a cat or a fold of cloth seldom looks like a face
   three times, and the mean of three sets of landmarks is more exact than one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from core.domain.faces import Box, DetectedFace
from core.render.scaling import resize_array
from core.vision.detection.boxes import Found, joined, overlap, without_doubles, without_parts
from core.vision.detection.centerface import STRIDE, CenterFace, FaceNetwork, model_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_PIXELS = 1024 * 768  # 100 ms of network on two cores; what chat shows of a photo is seldom larger
MOST_SIDE = 4096  # keeps a strip of 1 x 25,000,000 pixels, rounded up to the stride, within the same time
THUMBNAIL_SIDE = 192  # a face that fills it has 190 pixels, which the network knows; adds 4 % of the time
LARGE = 160  # pixels at full size from which a thumbnail's candidate counts; smaller ones are better seen there
LOOK_SIZE = 96  # 9,216 pixels a look: 1.2 ms
LOOK_CONTEXT = 2.5  # the look shows the box and as much again around it, so a face has about 38 pixels there
FLOOR = 0.2  # a candidate; with less, even two perfect looks seldom lift it over the threshold
THRESHOLD = 0.35  # in the middle of where nothing false is found on the test photos and recall holds
SAME_FACE = 0.4  # overlap of a candidate with itself, looked at again
MOST_OVERLAP = 0.3  # of two faces
MOST_INSIDE = 0.8  # of one face in another: an eye or a cheek of a huge face looks like a face; two heads hide less
MOST_BEYOND = 2  # times the photo's longer side: a face that is mostly out of the picture is no use
MOST_CANDIDATES = 200  # a bound on the time for a photo that is all faces
_BATCH = 32  # looks at once: 35 MB of activations at the first layer


class Detector(Protocol):
    """The port: whoever finds faces."""

    def detect(self, image: NDArray[np.uint8]) -> list[DetectedFace]:
        """Faces in (H, W, 3) RGB, in its pixels, best score first.

        Boxes and landmarks may reach beyond the photo's edge where a face does.
        """


class ThreeLookDetector:
    """The detector described above; safe to share between threads if its network is."""

    def __init__(self, network: FaceNetwork, *, threshold: float = THRESHOLD) -> None:
        self._network = network
        self._threshold = threshold

    def detect(self, image: NDArray[np.uint8]) -> list[DetectedFace]:
        """As in `Detector`.

        Raises:
            ValueError: the image is not (H, W, 3) uint8 with at least one pixel.
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            raise ValueError(f"expected (H, W, 3) uint8, not {image.shape} {image.dtype}")
        candidates = self._candidates(image)
        judged = _judged(candidates, self._looks(image, candidates))
        faces = without_doubles(judged.take(judged.scores >= self._threshold), MOST_OVERLAP)
        faces = without_parts(faces, MOST_INSIDE)
        return [_face(faces, i) for i in range(len(faces))]

    def _candidates(self, photo: NDArray[np.uint8]) -> Found:
        full, thumbnail = scales(photo.shape[1], photo.shape[0])
        found = [self._whole(photo, full)]
        if thumbnail < full:
            large = self._whole(photo, thumbnail)
            found.append(large.take(large.boxes[:, 2:].max(1) * full >= LARGE))
        candidates = joined(found)
        sane = candidates.boxes[:, 2:].max(1) <= MOST_BEYOND * max(photo.shape)
        return without_doubles(candidates.take(sane), MOST_OVERLAP).take(slice(MOST_CANDIDATES))

    def _whole(self, photo: NDArray[np.uint8], scale: float) -> Found:
        """The whole photo at this scale, stretched by less than a stride to what the network takes."""
        height, width = (max(1, math.ceil(side * scale / STRIDE)) * STRIDE for side in photo.shape[:2])
        # Averaging over whole blocks before the exact filter halves the time for a photo of 12 megapixels.
        canvas = resize_array(photo, (width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        (found,) = self._network.find(np.asarray(canvas)[None], FLOOR)
        return found.moved((photo.shape[1] / width, photo.shape[0] / height))

    def _looks(self, photo: NDArray[np.uint8], candidates: Found) -> list[list[Found]]:
        """For each candidate, what a plain and a mirrored look at it find, in the photo's pixels."""
        frames = [_frame(box) for box in candidates.boxes]
        plain: list[Found] = []
        mirrored: list[Found] = []
        for start in range(0, len(frames), _BATCH // 2):
            crops = np.stack([_crop(photo, frame) for frame in frames[start : start + _BATCH // 2]])
            found = self._network.find(np.concatenate([crops, crops[:, :, ::-1]]), FLOOR / 2)
            plain += found[: len(crops)]
            mirrored += [one.mirrored(LOOK_SIZE) for one in found[len(crops) :]]
        return [
            [one.moved((side / LOOK_SIZE,) * 2, (left, top)) for one in pair]
            for pair, (left, top, side) in zip(zip(plain, mirrored, strict=True), frames, strict=True)
        ]


def load_detector(*, threads: int = 2) -> Detector:
    """The product's detector; the network is read at the first photo.

    Args:
        threads: of onnxruntime; two, because a worker's share is two cores.

    Raises:
        FileNotFoundError: the network's wheel is not installed.
    """
    return ThreeLookDetector(CenterFace(model_path(), threads=threads))


def scales(width: int, height: int) -> tuple[float, float]:
    """At which two scales to look at a photo of this size, whole and as a thumbnail; whole it is never enlarged."""
    full = min(1.0, math.sqrt(MOST_PIXELS / (width * height)), MOST_SIDE / max(width, height))
    return full, THUMBNAIL_SIDE / max(width, height)


def _frame(box: NDArray[np.floating]) -> tuple[int, int, int]:
    """Left, top and side, in whole pixels of the photo, of the square to look at."""
    x, y, w, h = (float(value) for value in box)
    side = max(1, round(max(w, h) * LOOK_CONTEXT))
    return round(x + w / 2 - side / 2), round(y + h / 2 - side / 2), side


def _crop(photo: NDArray[np.uint8], frame: tuple[int, int, int]) -> NDArray[np.uint8]:
    """(96, 96, 3), black beyond the photo's edge; the part outside is never allocated at the photo's scale."""
    left, top, side = frame
    scale = LOOK_SIZE / side
    look = Image.new("RGB", (LOOK_SIZE, LOOK_SIZE))
    height, width = photo.shape[:2]
    x, y, right, bottom = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x < right and y < bottom:
        size = max(1, round((right - x) * scale)), max(1, round((bottom - y) * scale))
        part = resize_array(photo, size, Image.Resampling.BILINEAR, (x, y, right, bottom), reducing_gap=2.0)
        look.paste(part, (round((x - left) * scale), round((y - top) * scale)))
    return np.asarray(look)


def _judged(candidates: Found, looks: list[list[Found]]) -> Found:
    """The candidates with what the looks say: half of the score is theirs, boxes and landmarks are means."""
    boxes, scores, points = candidates.boxes.copy(), candidates.scores.copy(), candidates.points.copy()
    for i, pair in enumerate(looks):
        seen = [again for one in pair if (again := _same(candidates.boxes[i], one)) is not None]
        scores[i] = candidates.scores[i] / 2 + sum(one.scores[0] for one in seen) / (2 * len(pair))
        boxes[i] = np.mean([candidates.boxes[i], *(one.boxes[0] for one in seen)], axis=0)
        points[i] = np.mean([candidates.points[i], *(one.points[0] for one in seen)], axis=0)
    return Found(boxes, scores, points)


def _same(box: NDArray[np.floating], found: Found) -> Found | None:
    """The best of those that are the same face as `box`."""
    same = found.take(overlap(box, found.boxes) >= SAME_FACE)
    return same.take(np.argsort(-same.scores)[:1]) if len(same) else None


def _face(found: Found, i: int) -> DetectedFace:
    x, y, w, h = (float(value) for value in found.boxes[i])
    one, two, three, four, five = ((float(x), float(y)) for x, y in found.points[i])
    return DetectedFace(Box(x, y, w, h), float(found.scores[i]), (one, two, three, four, five))
