"""Where the subject is: a face as a portrait, or what a folder's pictures have in common."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from core.domain.data.curation import LIMITS
from core.domain.faces import Box, DetectedFace
from core.vision.crop import cut_square
from core.vision.curation.efficientnet import CLASSES, GRID
from core.vision.curation.subjects import CommonSubjectFinder, FaceFinder, common_kinds
from core.vision.embedding.align import DLIB_TEMPLATE
from core.vision.views import portrait_template

SIZE = 300


class OneFace:
    """Finds a face where it is told, in pictures large enough to be looked at as they are."""

    def __init__(self, points: np.ndarray | None) -> None:
        self.points = points

    def detect(self, image: np.ndarray) -> Sequence[DetectedFace]:
        if self.points is None:
            return []
        (left, top), (right, bottom) = self.points.min(0), self.points.max(0)
        one, two, three, four, five = ((float(x), float(y)) for x, y in self.points)
        box = Box(float(left) - 10, float(top) - 15, float(right - left) + 20, float(bottom - top) + 30)
        return [DetectedFace(box, 0.8, (one, two, three, four, five))]


def points(scale: float, middle: tuple[float, float], degrees: float = 0.0) -> np.ndarray:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return (DLIB_TEMPLATE.points - DLIB_TEMPLATE.points.mean(0)) * scale @ turn + middle


def image(size: int = SIZE) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (size, size, 3), np.uint8)


@pytest.mark.parametrize("degrees", [0, 20, -35])
def test_a_face_with_room_around_it_becomes_a_portrait_upright(degrees: float) -> None:
    face = points(0.6, (150, 150), degrees)
    result = FaceFinder(OneFace(face)).find(image())
    # Then the landmarks lie in the square where portraits have them
    angle = np.radians(result.crop.degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    inside = (face - (result.crop.x, result.crop.y)) @ turn / result.crop.side + 0.5
    assert result.crop.degrees == pytest.approx(degrees, abs=0.5)
    assert np.abs(inside - portrait_template(1)).max() < 0.02
    assert result.score == 0.8


def test_a_face_that_fills_the_picture_is_cut_closer() -> None:
    result = FaceFinder(OneFace(points(1.8, (150, 150)))).find(image())
    assert SIZE * 0.9 < result.crop.side < SIZE * 1.45
    assert cut_square(image(), result.crop).shape[0] == round(result.crop.side)


def test_no_face_is_no_subject() -> None:
    result = FaceFinder(OneFace(None)).find(image())
    assert (result.score, result.crop.side, result.face) == (0.0, SIZE, None)


class Patches:
    """Takes a bright patch for kind 3, at the place where it is, and everything else for kind 9."""

    def __init__(self) -> None:
        self.matrix = np.zeros((CLASSES, 2), np.float32)
        self.matrix[3, 0], self.matrix[9, 1] = 1, 1

    def features(self, image: np.ndarray) -> np.ndarray:
        cells = image.astype(np.float32).mean(2).reshape(GRID, 32, GRID, 32).mean((1, 3)) / 255
        return np.stack([cells > 0.6, cells <= 0.6], 2).astype(np.float32)

    def kinds(self, features: np.ndarray) -> np.ndarray:
        kinds = np.zeros(CLASSES, np.float32)
        kinds[3 if features[..., 0].any() else 9] = 1
        return kinds


def patch(x: int, y: int) -> np.ndarray:
    picture = np.zeros((448, 448, 3), np.uint8)
    picture[y : y + 128, x : x + 128] = 255
    return picture


def test_what_most_pictures_show_is_the_subject_and_is_found_where_it_is() -> None:
    finder = CommonSubjectFinder(Patches(), [patch(64, 64)] * 19 + [np.zeros((448, 448, 3), np.uint8)])  # type: ignore[arg-type]
    assert finder.common == (3,)
    result = finder.find(patch(256, 128))
    assert result.score == 1.0
    assert (result.crop.x, result.crop.y) == pytest.approx((320, 192), abs=25)
    assert 100 < result.crop.side < 320
    assert finder.find(np.zeros((448, 448, 3), np.uint8)).score < LIMITS.min_subject


def test_the_square_stays_within_the_picture() -> None:
    finder = CommonSubjectFinder(Patches(), [patch(0, 0)] * 5)  # type: ignore[arg-type]
    crop = finder.find(patch(320, 320)).crop
    assert crop.x + crop.side / 2 <= 448
    assert crop.y + crop.side / 2 <= 448


def test_where_pictures_have_nothing_in_common_none_is_dropped_for_that() -> None:
    kinds = np.eye(40, CLASSES, dtype=np.float32)
    assert common_kinds(kinds) == ()
    assert common_kinds(np.zeros((0, CLASSES), np.float32)) == ()
    finder = CommonSubjectFinder(Patches(), [])  # type: ignore[arg-type]
    assert finder.find(patch(0, 0)).score == 1.0
