"""Detect faces and their landmarks in a photo.

Three passes with one network (figures and the alternatives: docs/decisions/002-face-detector.md):

1. the photo at its own size, or shrunk to what the time allows: most faces;
2. a thumbnail: faces that fill the photo, which are too large for the network at full size;
3. a crop of each candidate, brought to one size, plain and mirrored: a cat or a fold of cloth seldom looks like a face
   three times, and the mean of three sets of landmarks is more exact than one.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from core.domain.faces import Box, DetectedFace
from core.render.scaling import resize_array
from core.vision.detection.boxes import Detections, box_ious, concatenate, suppress_contained, suppress_overlapping
from core.vision.detection.centerface import STRIDE, CenterFace, FaceNetwork, model_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_PIXELS = 1024 * 768  # 100 ms of network on two cores; what chat shows of a photo is seldom larger
MAX_SIDE = 4096  # keeps a strip of 1 x 25,000,000 pixels, rounded up to the stride, within the same time
THUMBNAIL_SIDE = 192  # a face that fills it has 190 pixels, which the network knows; adds 4 % of the time
# Pixels at full size from which a thumbnail's candidate counts; the first pass sees smaller ones better.
MIN_THUMBNAIL_FACE = 160
CROP_SIZE = 96  # 9,216 pixels a crop: 1.2 ms
CROP_CONTEXT = 2.5  # sides of the box: the crop shows as much again around it, so a face has about 38 pixels there
CANDIDATE_SCORE = 0.2  # of a candidate; with less, even two perfect crops seldom lift it over MIN_SCORE
MIN_SCORE = 0.35  # the middle of the range without false detections on the test photos and with full recall
MIN_CROP_IOU = 0.4  # of a candidate with itself, detected again in its crop
MAX_IOU = 0.3  # of two faces
# Of one face's area within another: an eye or a cheek of a huge face looks like a face; two heads hide less.
MAX_CONTAINED = 0.8
MAX_FACE_RATIO = 2  # of a face to the photo's longer side: a face that is mostly out of the picture is no use
MAX_CANDIDATES = 200  # a bound on the time for a photo that is all faces
_BATCH = 32  # crops at once: 35 MB of activations at the first layer


class Detector(Protocol):
    """Anything that detects faces in a photo."""

    def detect(self, image: NDArray[np.uint8]) -> list[DetectedFace]:
        """Return the faces in (H, W, 3) RGB, in its pixels, best score first.

        Boxes and landmarks may reach beyond the photo's edge where a face does.
        """


class ThreePassDetector:
    """The three passes described above; thread-safe if its network is."""

    def __init__(self, network: FaceNetwork, *, threshold: float = MIN_SCORE) -> None:
        self._network = network
        self._threshold = threshold

    def detect(self, image: NDArray[np.uint8]) -> list[DetectedFace]:
        """Detect faces: see `Detector`.

        Raises:
            ValueError: the image is not (H, W, 3) uint8 with at least one pixel.
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
            raise ValueError(f"expected (H, W, 3) uint8, not {image.shape} {image.dtype}")
        candidates = self._candidates(image)
        refined = _refine(candidates, self._detect_in_crops(image, candidates))
        faces = suppress_overlapping(refined.take(refined.scores >= self._threshold), MAX_IOU)
        faces = suppress_contained(faces, MAX_CONTAINED)
        return [_to_face(faces, i) for i in range(len(faces))]

    def _candidates(self, photo: NDArray[np.uint8]) -> Detections:
        full, thumbnail = scales(photo.shape[1], photo.shape[0])
        parts = [self._detect_whole(photo, full)]
        if thumbnail < full:
            large = self._detect_whole(photo, thumbnail)
            parts.append(large.take(large.boxes[:, 2:].max(1) * full >= MIN_THUMBNAIL_FACE))
        candidates = concatenate(parts)
        plausible = candidates.boxes[:, 2:].max(1) <= MAX_FACE_RATIO * max(photo.shape)
        return suppress_overlapping(candidates.take(plausible), MAX_IOU).take(slice(MAX_CANDIDATES))

    def _detect_whole(self, photo: NDArray[np.uint8], scale: float) -> Detections:
        """Detect in the whole photo at this scale, stretched by less than a stride to a multiple of it."""
        height, width = (max(1, math.ceil(side * scale / STRIDE)) * STRIDE for side in photo.shape[:2])
        # Averaging over whole blocks before the exact filter halves the time for a photo of 12 megapixels.
        scaled = resize_array(photo, (width, height), Image.Resampling.BILINEAR, reducing_gap=2.0)
        (detections,) = self._network.detect(np.asarray(scaled)[None], CANDIDATE_SCORE)
        return detections.transformed((photo.shape[1] / width, photo.shape[0] / height))

    def _detect_in_crops(self, photo: NDArray[np.uint8], candidates: Detections) -> list[list[Detections]]:
        """Return, for each candidate, the detections in its plain and its mirrored crop, in the photo's pixels."""
        frames = [_frame(box) for box in candidates.boxes]
        plain: list[Detections] = []
        mirrored: list[Detections] = []
        for start in range(0, len(frames), _BATCH // 2):
            crops = np.stack([_crop(photo, frame) for frame in frames[start : start + _BATCH // 2]])
            detections = self._network.detect(np.concatenate([crops, crops[:, :, ::-1]]), CANDIDATE_SCORE / 2)
            plain += detections[: len(crops)]
            mirrored += [each.mirrored(CROP_SIZE) for each in detections[len(crops) :]]
        return [
            [each.transformed((side / CROP_SIZE,) * 2, (left, top)) for each in pair]
            for pair, (left, top, side) in zip(zip(plain, mirrored, strict=True), frames, strict=True)
        ]


def load_detector(*, threads: int = 2) -> Detector:
    """Build the detector; the network is read at the first photo.

    Args:
        threads: of onnxruntime; two, because a worker has two cores.

    Raises:
        FileNotFoundError: the network's wheel is not installed.
    """
    return ThreePassDetector(CenterFace(model_path(), threads=threads))


def scales(width: int, height: int) -> tuple[float, float]:
    """Return the scales of the first two passes for a photo of this size; the first never enlarges it."""
    full = min(1.0, math.sqrt(MAX_PIXELS / (width * height)), MAX_SIDE / max(width, height))
    return full, THUMBNAIL_SIDE / max(width, height)


def _frame(box: NDArray[np.floating]) -> tuple[int, int, int]:
    """Return left, top and side, in whole pixels of the photo, of the square crop around a box."""
    x, y, w, h = (float(value) for value in box)
    side = max(1, round(max(w, h) * CROP_CONTEXT))
    return round(x + w / 2 - side / 2), round(y + h / 2 - side / 2), side


def _crop(photo: NDArray[np.uint8], frame: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return the crop (96, 96, 3), black beyond the photo's edge, which is never allocated at the photo's scale."""
    left, top, side = frame
    scale = CROP_SIZE / side
    crop = Image.new("RGB", (CROP_SIZE, CROP_SIZE))
    height, width = photo.shape[:2]
    x, y, right, bottom = max(left, 0), max(top, 0), min(left + side, width), min(top + side, height)
    if x < right and y < bottom:
        size = max(1, round((right - x) * scale)), max(1, round((bottom - y) * scale))
        part = resize_array(photo, size, Image.Resampling.BILINEAR, (x, y, right, bottom), reducing_gap=2.0)
        crop.paste(part, (round((x - left) * scale), round((y - top) * scale)))
    return np.asarray(crop)


def _refine(candidates: Detections, crops: list[list[Detections]]) -> Detections:
    """Average the candidates with the detections in their crops, which make half of the score."""
    boxes, scores, points = candidates.boxes.copy(), candidates.scores.copy(), candidates.points.copy()
    for i, pair in enumerate(crops):
        matches = [match for each in pair if (match := _best_match(candidates.boxes[i], each)) is not None]
        scores[i] = candidates.scores[i] / 2 + sum(match.scores[0] for match in matches) / (2 * len(pair))
        boxes[i] = np.mean([candidates.boxes[i], *(match.boxes[0] for match in matches)], axis=0)
        points[i] = np.mean([candidates.points[i], *(match.points[0] for match in matches)], axis=0)
    return Detections(boxes, scores, points)


def _best_match(box: NDArray[np.floating], detections: Detections) -> Detections | None:
    """Return the best detection of the same face as `box`, or None."""
    same = detections.take(box_ious(box, detections.boxes) >= MIN_CROP_IOU)
    return same.take(np.argsort(-same.scores)[:1]) if len(same) else None


def _to_face(detections: Detections, i: int) -> DetectedFace:
    x, y, w, h = (float(value) for value in detections.boxes[i])
    left_eye, right_eye, nose, left_mouth, right_mouth = ((float(x), float(y)) for x, y in detections.points[i])
    landmarks = (left_eye, right_eye, nose, left_mouth, right_mouth)
    return DetectedFace(Box(x, y, w, h), float(detections.scores[i]), landmarks)
