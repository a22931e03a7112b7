"""Three looks at a photo, with a network that sees what the test has painted."""

from __future__ import annotations

import numpy as np
import pytest

from core.vision.detection.boxes import Found
from core.vision.detection.detect import LOOK_SIZE, MOST_PIXELS, MOST_SIDE, ThreeLookDetector, scales

MARGIN = 0.25  # of a pixel's value: resizing softens edges
SHARES = np.array([(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)])


class Painted:
    """Takes white rectangles for faces; `score(looking_closely)` is how sure it is."""

    def __init__(self, whole: float = 0.9, look: float = 0.9) -> None:
        self.whole, self.look = whole, look
        self.sizes: list[tuple[int, ...]] = []

    def find(self, images: np.ndarray, floor: float) -> list[Found]:
        self.sizes.append(images.shape)
        score = self.look if images.shape[1:3] == (LOOK_SIZE, LOOK_SIZE) else self.whole
        return [self._one(image, score, floor) for image in images]

    def _one(self, image: np.ndarray, score: float, floor: float) -> Found:
        rows, columns = np.nonzero(image[:, :, 0] > 255 * (1 - MARGIN))
        if not len(rows) or score < floor:
            return Found(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2)))
        x, y, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        box = np.array([[x, y, right - x, bottom - y]], float)
        return Found(box, np.array([score]), box[:, None, :2] + SHARES * box[:, None, 2:])


def photo(width: int = 640, height: int = 480, face: tuple[int, int, int, int] = (200, 100, 60, 80)) -> np.ndarray:
    image = np.zeros((height, width, 3), np.uint8)
    x, y, w, h = face
    image[y : y + h, x : x + w] = 255
    return image


def test_a_face_is_where_it_is_in_the_photo():
    [face] = ThreeLookDetector(Painted()).detect(photo())
    assert (face.box.x, face.box.y, face.box.w, face.box.h) == pytest.approx((200, 100, 60, 80), abs=3)
    assert face.landmarks[0][0] < face.landmarks[1][0]
    assert face.score == pytest.approx(0.9)


def test_what_looks_like_a_face_only_from_afar_is_none():
    assert ThreeLookDetector(Painted(whole=0.6, look=0.05)).detect(photo()) == []


def test_a_faint_candidate_that_convinces_closely_is_one():
    assert len(ThreeLookDetector(Painted(whole=0.25, look=0.95)).detect(photo())) == 1


def test_a_huge_photo_is_looked_at_in_bounded_size():
    network = Painted()
    [face] = ThreeLookDetector(network).detect(photo(5000, 4000, (1000, 1000, 900, 1200)))
    assert all(height * width <= 1.1 * MOST_PIXELS for _, height, width, _ in network.sizes)
    assert (face.box.x, face.box.w) == pytest.approx((1000, 900), abs=30)  # a pixel of the thumbnail is 26


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 3000), (25_000_000, 1), (31, 33), (1024, 768)])
def test_any_size_is_shrunk_to_what_the_time_allows(width, height):
    full, _ = scales(width, height)
    assert full <= 1
    assert width * full <= MOST_SIDE
    assert width * height * full * full <= MOST_PIXELS * 1.001


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 2000, 3), (33, 31, 3)])
def test_odd_sizes_are_no_trouble(shape):
    assert ThreeLookDetector(Painted()).detect(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize(
    "image",
    [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_what_is_no_picture_is_refused(image):
    with pytest.raises(ValueError, match="uint8"):
        ThreeLookDetector(Painted()).detect(image)
