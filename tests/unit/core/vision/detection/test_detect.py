"""Three passes over a photo, with a network that detects white rectangles."""

from __future__ import annotations

import numpy as np
import pytest

from core.vision.detection.boxes import Detections
from core.vision.detection.detect import CROP_SIZE, MAX_PIXELS, MAX_SIDE, ThreePassDetector, scales

MARGIN = 0.25  # of a pixel's value: resizing softens edges
LANDMARKS = np.array([(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)])


class RectangleNetwork:
    """Detects white rectangles as faces, with one score in whole photos and one in crops."""

    def __init__(self, whole: float = 0.9, crop: float = 0.9) -> None:
        self.whole, self.crop = whole, crop
        self.sizes: list[tuple[int, ...]] = []

    def detect(self, images: np.ndarray, min_score: float) -> list[Detections]:
        self.sizes.append(images.shape)
        score = self.crop if images.shape[1:3] == (CROP_SIZE, CROP_SIZE) else self.whole
        return [self._detect_one(image, score, min_score) for image in images]

    def _detect_one(self, image: np.ndarray, score: float, min_score: float) -> Detections:
        rows, columns = np.nonzero(image[:, :, 0] > 255 * (1 - MARGIN))
        if not len(rows) or score < min_score:
            return Detections(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2)))
        x, y, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        box = np.array([[x, y, right - x, bottom - y]], float)
        return Detections(box, np.array([score]), box[:, None, :2] + LANDMARKS * box[:, None, 2:])


def photo(width: int = 640, height: int = 480, face: tuple[int, int, int, int] = (200, 100, 60, 80)) -> np.ndarray:
    image = np.zeros((height, width, 3), np.uint8)
    x, y, w, h = face
    image[y : y + h, x : x + w] = 255
    return image


def test_a_face_is_detected_at_its_box():
    [face] = ThreePassDetector(RectangleNetwork()).detect(photo())
    assert (face.box.x, face.box.y, face.box.w, face.box.h) == pytest.approx((200, 100, 60, 80), abs=3)
    assert face.landmarks[0][0] < face.landmarks[1][0]
    assert face.score == pytest.approx(0.9)


def test_a_candidate_whose_crop_shows_no_face_is_dropped():
    assert ThreePassDetector(RectangleNetwork(whole=0.6, crop=0.05)).detect(photo()) == []


def test_a_weak_candidate_whose_crop_shows_a_face_is_kept():
    assert len(ThreePassDetector(RectangleNetwork(whole=0.25, crop=0.95)).detect(photo())) == 1


def test_a_huge_photo_is_shrunk_to_a_bounded_size():
    network = RectangleNetwork()
    [face] = ThreePassDetector(network).detect(photo(5000, 4000, (1000, 1000, 900, 1200)))
    assert all(height * width <= 1.1 * MAX_PIXELS for _, height, width, _ in network.sizes)
    assert (face.box.x, face.box.w) == pytest.approx((1000, 900), abs=30)  # a pixel of the thumbnail is 26


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 3000), (25_000_000, 1), (31, 33), (1024, 768)])
def test_any_size_is_shrunk_to_what_the_time_allows(width, height):
    full, _ = scales(width, height)
    assert full <= 1
    assert width * full <= MAX_SIDE
    assert width * height * full * full <= MAX_PIXELS * 1.001


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (33, 31, 3)])
def test_photos_of_odd_sizes_without_a_face_give_none(shape):
    assert ThreePassDetector(RectangleNetwork()).detect(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_an_array_that_is_no_picture_is_refused(image):
    with pytest.raises(ValueError, match="uint8"):
        ThreePassDetector(RectangleNetwork()).detect(image)
