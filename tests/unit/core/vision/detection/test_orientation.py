from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.domain.faces import Box, DetectedFace, stands, tilt
from core.vision.detection.orientation import SEARCHED_SIDE, SMALLEST, SURE, turn_of, turned_by, upright
from core.vision.embedding.align import TEMPLATE

WIDTH, HEIGHT = 240, 160


def face(x: float, y: float, size: float = 40.0, score: float = 0.9, lies: int = 0) -> DetectedFace:
    """With the landmarks of a face that stands, or lies by so many degrees clockwise."""
    turns = {0: (1, 0, 0, 1), 90: (0, -1, 1, 0), 180: (-1, 0, 0, -1), 270: (0, 1, -1, 0)}
    a, b, c, d = turns[lies]
    centred = (TEMPLATE - 75) * size / 150
    points = [(x + size / 2 + a * px + b * py, y + size / 2 + c * px + d * py) for px, py in centred]
    one, two, three, four, five = ((float(px), float(py)) for px, py in points)
    return DetectedFace(Box(x, y, size, size), score, (one, two, three, four, five))


class Scene:
    """Finds in each position of a photo the faces that a test put there; the position is a colour in a corner."""

    def __init__(self, **positions: list[DetectedFace]) -> None:
        self.faces = {int(key.removeprefix("at_")): faces for key, faces in positions.items()}
        self.searched: list[int] = []

    def find(self, image: np.ndarray) -> list[DetectedFace]:
        corners = (image[0, 0], image[0, -1], image[-1, -1], image[-1, 0])
        degrees = next(90 * index for index, corner in enumerate(corners) if corner[0] > 200)
        self.searched.append(degrees)
        return self.faces.get(degrees, [])


def photo(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    image = np.zeros((height, width, 3), np.uint8)
    image[:8, :8] = 255
    return image


@pytest.mark.parametrize("lies", [0, 90, 180, 270])
def test_the_tilt_of_a_face_is_told_by_its_landmarks(lies: int) -> None:
    assert abs(tilt(face(10, 10, lies=lies).landmarks)) == pytest.approx(min(lies, 360 - lies), abs=3)
    assert stands(face(10, 10, lies=lies).landmarks) == (lies == 0)


def test_a_photo_with_a_face_that_stands_is_searched_once_and_left_as_it_is() -> None:
    scene, image = Scene(at_0=[face(10, 10)], at_90=[face(10, 10, score=0.99)]), photo()
    seen = upright(scene.find, image)
    assert (seen.image is image, seen.turned, seen.faces) == (True, 0, (face(10, 10),))
    assert scene.searched == [0]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photo_in_which_nothing_is_found_is_turned_to_where_a_face_stands(degrees: int) -> None:
    image = photo()
    seen = upright(Scene(**{f"at_{degrees}": [face(20, 30)]}).find, image)
    assert (seen.turned, seen.faces) == (degrees, (face(20, 30),))
    assert (seen.image == np.rot90(image, -degrees // 90)).all()
    assert seen.image.flags["C_CONTIGUOUS"]


def test_a_face_that_is_found_lying_is_turned_too() -> None:
    scene = Scene(at_0=[face(10, 10, lies=90, score=0.9)], at_270=[face(20, 30, score=0.8)])
    assert upright(scene.find, photo()).turned == 270


def test_of_two_positions_the_surer_one_is_taken() -> None:
    scene = Scene(at_90=[face(20, 30, score=0.7)], at_180=[face(20, 30, score=0.8)])
    assert upright(scene.find, photo()).turned == 180


@pytest.mark.parametrize(
    "there",
    [
        face(20, 30, score=SURE - 0.01),  # a cat
        face(20, 30, size=SMALLEST * WIDTH - 1),  # on a magazine
        face(20, 30, lies=90),
    ],
)
def test_what_is_doubtful_small_or_lies_there_too_is_no_reason_to_turn(there: DetectedFace) -> None:
    image = photo()
    seen = upright(Scene(at_90=[there]).find, image)
    assert (seen.image is image, seen.turned, seen.faces) == (True, 0, ())


def test_a_doubtful_face_that_stands_is_kept_against_one_that_is_hardly_better() -> None:
    doubtful = face(10, 10, score=SURE - 0.05)
    assert upright(Scene(at_0=[doubtful], at_90=[face(20, 30, score=SURE + 0.01)]).find, photo()).faces == (doubtful,)
    assert upright(Scene(at_0=[doubtful], at_90=[face(20, 30, score=SURE + 0.1)]).find, photo()).turned == 90


def test_lying_faces_stay_where_no_position_is_better() -> None:
    lying = face(10, 10, lies=90)
    assert upright(Scene(at_0=[lying]).find, photo()).faces == (lying,)


def test_a_large_photo_is_searched_at_a_size_that_costs_little_and_kept_at_its_own() -> None:
    sizes = []

    def find(image: np.ndarray) -> list[DetectedFace]:
        sizes.append(image.shape[:2])
        return [face(20, 30, size=400)] if image.shape[0] > image.shape[1] else []

    seen = upright(find, photo(3000, 2000))
    assert seen.image.shape == (3000, 2000, 3)
    assert [max(size) for size in sizes] == [3000, *[SEARCHED_SIDE] * 3, 3000]


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 5000), (3, 2)])
def test_photos_of_hardly_a_pixel_are_no_trouble(width: int, height: int) -> None:
    assert upright(lambda _: [], np.zeros((height, width, 3), np.uint8)).turned == 0


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


def test_a_stored_face_tells_how_its_photo_was_turned() -> None:
    stands_at = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    stands_at[20:60, 150:190, 1] = 150
    stands_at[20:40, 150:190, 1] = 250
    (stored,) = patches(stands_at)
    for degrees in (0, 90, 180, 270):
        as_it_came = turned_by(stands_at, (360 - degrees) % 360)
        assert upright(patches, as_it_came).turned == turn_of(patches, as_it_came, stored) == degrees


def test_a_stored_face_that_is_not_found_again_leaves_the_photo_as_it_is() -> None:
    boxes = itertools.product((-50.0, 0.0, 500.0), (-50.0, 0.0, 500.0))
    assert {turn_of(lambda _: [], photo(), face(x, y)) for x, y in boxes} == {0}
