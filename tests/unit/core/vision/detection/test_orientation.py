from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.domain.faces import Box, DetectedFace, is_upright, tilt
from core.vision.detection.orientation import (
    MIN_FACE_FRACTION,
    MIN_UPRIGHT_SCORE,
    SEARCH_SIDE,
    find_turn,
    make_upright,
    rotate,
)
from core.vision.embedding.align import DLIB_TEMPLATE

WIDTH, HEIGHT = 240, 160


def face(x: float, y: float, size: float = 40.0, score: float = 0.9, lies: int = 0) -> DetectedFace:
    """With the landmarks of a face that stands, or lies by so many degrees clockwise."""
    turns = {0: (1, 0, 0, 1), 90: (0, -1, 1, 0), 180: (-1, 0, 0, -1), 270: (0, 1, -1, 0)}
    a, b, c, d = turns[lies]
    centred = (DLIB_TEMPLATE.points - 75) * size / 150
    points = [(x + size / 2 + a * px + b * py, y + size / 2 + c * px + d * py) for px, py in centred]
    one, two, three, four, five = ((float(px), float(py)) for px, py in points)
    return DetectedFace(Box(x, y, size, size), score, (one, two, three, four, five))


class Scene:
    """Detects in each rotation of a photo the faces that a test set; a white corner shows the rotation."""

    def __init__(self, **positions: list[DetectedFace]) -> None:
        self.faces = {int(key.removeprefix("at_")): faces for key, faces in positions.items()}
        self.searched: list[int] = []

    def detect(self, image: np.ndarray) -> list[DetectedFace]:
        corners = (image[0, 0], image[0, -1], image[-1, -1], image[-1, 0])
        degrees = next(90 * index for index, corner in enumerate(corners) if corner[0] > 200)
        self.searched.append(degrees)
        return self.faces.get(degrees, [])


def photo(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    image = np.zeros((height, width, 3), np.uint8)
    image[:8, :8] = 255
    return image


@pytest.mark.parametrize("lies", [0, 90, 180, 270])
def test_the_tilt_of_a_face_follows_from_its_landmarks(lies: int) -> None:
    assert abs(tilt(face(10, 10, lies=lies).landmarks)) == pytest.approx(min(lies, 360 - lies), abs=3)
    assert is_upright(face(10, 10, lies=lies).landmarks) == (lies == 0)


def test_a_photo_with_an_upright_face_is_searched_once_and_stays() -> None:
    scene, image = Scene(at_0=[face(10, 10)], at_90=[face(10, 10, score=0.99)]), photo()
    result = make_upright(scene.detect, image)
    assert (result.image is image, result.turned, result.faces) == (True, 0, (face(10, 10),))
    assert scene.searched == [0]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photo_without_a_detected_face_is_rotated_until_a_face_is_upright(degrees: int) -> None:
    image = photo()
    result = make_upright(Scene(**{f"at_{degrees}": [face(20, 30)]}).detect, image)
    assert (result.turned, result.faces) == (degrees, (face(20, 30),))
    assert (result.image == np.rot90(image, -degrees // 90)).all()
    assert result.image.flags["C_CONTIGUOUS"]


def test_a_lying_face_is_rotated_too() -> None:
    scene = Scene(at_0=[face(10, 10, lies=90, score=0.9)], at_270=[face(20, 30, score=0.8)])
    assert make_upright(scene.detect, photo()).turned == 270


def test_the_rotation_with_the_better_score_is_taken() -> None:
    scene = Scene(at_90=[face(20, 30, score=0.7)], at_180=[face(20, 30, score=0.8)])
    assert make_upright(scene.detect, photo()).turned == 180


@pytest.mark.parametrize(
    "turned_face",
    [
        face(20, 30, score=MIN_UPRIGHT_SCORE - 0.01),  # a cat
        face(20, 30, size=MIN_FACE_FRACTION * WIDTH - 1),  # on a magazine
        face(20, 30, lies=90),
    ],
)
def test_a_doubtful_small_or_lying_face_is_no_reason_to_rotate(turned_face: DetectedFace) -> None:
    image = photo()
    result = make_upright(Scene(at_90=[turned_face]).detect, image)
    assert (result.image is image, result.turned, result.faces) == (True, 0, ())


def test_a_doubtful_face_that_stands_is_kept_against_one_that_is_hardly_better() -> None:
    doubtful = face(10, 10, score=MIN_UPRIGHT_SCORE - 0.05)
    hardly_better, better = face(20, 30, score=MIN_UPRIGHT_SCORE + 0.01), face(20, 30, score=MIN_UPRIGHT_SCORE + 0.1)
    assert make_upright(Scene(at_0=[doubtful], at_90=[hardly_better]).detect, photo()).faces == (doubtful,)
    assert make_upright(Scene(at_0=[doubtful], at_90=[better]).detect, photo()).turned == 90


def test_lying_faces_stay_where_no_position_is_better() -> None:
    lying = face(10, 10, lies=90)
    assert make_upright(Scene(at_0=[lying]).detect, photo()).faces == (lying,)


def test_a_large_photo_is_searched_at_a_size_that_costs_little_and_kept_at_its_own() -> None:
    sizes = []

    def detect(image: np.ndarray) -> list[DetectedFace]:
        sizes.append(image.shape[:2])
        return [face(20, 30, size=400)] if image.shape[0] > image.shape[1] else []

    result = make_upright(detect, photo(3000, 2000))
    assert result.image.shape == (3000, 2000, 3)
    assert [max(size) for size in sizes] == [3000, *[SEARCH_SIDE] * 3, 3000]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 5000), (3, 2)])
def test_photos_of_hardly_a_pixel_stay(width: int, height: int) -> None:
    assert make_upright(lambda _: [], np.zeros((height, width, 3), np.uint8)).turned == 0


def patches(image: np.ndarray) -> list[DetectedFace]:
    """A face where the picture is green, which stands where the green is brighter above."""
    rows, columns = np.nonzero(image[..., 1] > 100)
    if not rows.size:
        return []
    x, y, size = float(columns.min()), float(rows.min()), float(columns.max() + 1 - columns.min())
    part = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1, 1].astype(float)
    half = len(part) // 2
    brighter = {0: part[:half], 180: part[-half:], 90: part[:, -half:], 270: part[:, :half]}
    return [face(x, y, size, lies=max(brighter, key=lambda side: brighter[side].mean()))]


def test_the_turn_of_a_photo_follows_from_its_stored_face() -> None:
    upright_photo = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    upright_photo[20:60, 150:190, 1] = 150
    upright_photo[20:40, 150:190, 1] = 250
    (stored,) = patches(upright_photo)
    for degrees in (0, 90, 180, 270):
        as_posted = rotate(upright_photo, (360 - degrees) % 360)
        assert make_upright(patches, as_posted).turned == find_turn(patches, as_posted, stored) == degrees


def test_a_stored_face_that_is_not_found_again_leaves_the_photo_as_it_is() -> None:
    boxes = itertools.product((-50.0, 0.0, 500.0), (-50.0, 0.0, 500.0))
    assert {find_turn(lambda _: [], photo(), face(x, y)) for x, y in boxes} == {0}
