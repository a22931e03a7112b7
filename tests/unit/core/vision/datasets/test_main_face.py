from __future__ import annotations

import numpy as np
import pytest

from core.domain.faces import Box, DetectedFace
from core.vision.datasets.main_face import DETECTOR_VIEWS, SMALL, find_face

GREEN = np.array([0, 255, 0])


class GreenDetector:
    """Calls every picture's green patches faces, one a row of pixels apart, if the picture is large enough."""

    def __init__(self, smallest: int = 0) -> None:
        self.smallest = smallest
        self.seen: list[tuple[int, int]] = []

    def detect(self, image: np.ndarray) -> list[DetectedFace]:
        self.seen.append(image.shape[:2])
        if min(image.shape[:2]) < self.smallest:
            return []
        green = np.abs(image.astype(int) - GREEN).sum(2) < 200
        if not green.any():
            return []
        rows, columns = np.flatnonzero(green.any(1)), np.flatnonzero(green.any(0))
        x, y = float(columns[0]), float(rows[0])
        w, h = float(columns[-1] + 1 - x), float(rows[-1] + 1 - y)
        return [_face(Box(x, y, w / 4, h / 4)), _face(Box(x, y, w, h))]


def _face(box: Box) -> DetectedFace:
    middle = (box.x + box.w / 2, box.y + box.h / 2)
    return DetectedFace(box, 0.9, ((box.x, box.y), (box.x + box.w, box.y), middle, middle, middle))


def picture(width: int, height: int, box: tuple[int, int, int, int]) -> np.ndarray:
    image = np.zeros((height, width, 3), np.uint8)
    left, top, right, bottom = box
    image[top:bottom, left:right] = GREEN
    return image


@pytest.mark.parametrize(("width", "height"), [(112, 112), (112, 60), (31, 200), (600, 400)])
def test_a_face_is_told_in_the_pictures_own_pixels(width: int, height: int) -> None:
    box = (width // 4, height // 4, width // 2, height // 2)
    face = find_face(GreenDetector(), picture(width, height, box))
    assert face is not None
    told = np.array([face.box.x, face.box.y, face.box.x + face.box.w, face.box.y + face.box.h])
    assert np.abs(told - box).max() <= 2  # enlarging blurs the edge
    assert np.abs(np.array(face.landmarks[0]) - box[:2]).max() <= 2


def test_the_largest_of_several_faces_is_taken() -> None:
    face = find_face(GreenDetector(), picture(112, 112, (20, 20, 100, 100)))
    assert face is not None
    assert face.box.w > 70


def test_a_crop_gets_more_looks_until_one_shows_a_face() -> None:
    detector = GreenDetector(smallest=400)
    assert find_face(detector, picture(112, 112, (20, 20, 100, 100))) is not None
    first, second = DETECTOR_VIEWS[:2]
    assert detector.seen == [(look.side + 2 * look.border,) * 2 for look in (first, second)]


def test_a_photo_is_first_seen_as_it_is() -> None:
    detector = GreenDetector()
    find_face(detector, picture(SMALL + 1, 90, (20, 20, 60, 60)))
    assert detector.seen == [(90, SMALL + 1)]


def test_no_face_is_none_after_all_looks() -> None:
    detector = GreenDetector()
    assert find_face(detector, picture(112, 112, (0, 0, 0, 0))) is None
    assert len(detector.seen) == len(DETECTOR_VIEWS)


def test_a_picture_of_one_pixel_is_looked_at_too() -> None:
    assert find_face(GreenDetector(), picture(1, 1, (0, 0, 0, 0))) is None
