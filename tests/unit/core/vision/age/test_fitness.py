"""Which faces no model can age: profiles and sunglasses, on drawn people and real ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from core.domain.ageing import AgeRefusal
from core.domain.faces import Box, DetectedFace
from core.vision.age.fitness import MAX_TURN, eye_brightness, find_unfit, fitness, turn
from core.vision.detection.detect import Detector, load_detector
from portraits import default_people
from portraits.people.traits import Variation
from portraits.picture import draw_person
from portraits.portraits import to_srgb
from portraits.rendering.scene import make_scene
from portraits.scenery.backdrop import backdrop
from portraits.scenery.glasses import FRAMES

FRONT = ((30.0, 40.0), (70.0, 40.0), (50.0, 62.0), (35.0, 82.0), (65.0, 82.0))


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_detector(threads=1)


def drawn(person: int, **variation: object) -> NDArray[np.uint8]:
    looks = replace(Variation(person), **variation)  # type: ignore[arg-type]
    canvas = backdrop(5, 256, 256)
    draw_person(canvas, make_scene(default_people()[person].traits, looks, 75), (128, 118))
    return to_srgb(canvas, 5)


def with_dark_lenses(image: NDArray[np.uint8], face: DetectedFace) -> NDArray[np.uint8]:
    picture = Image.fromarray(image)
    (left, _), (right, _) = face.landmarks[:2]
    size = 0.36 * (right - left)
    for x, y in face.landmarks[:2]:
        box = (x - size, y - 0.7 * size, x + size, y + 1.1 * size)
        ImageDraw.Draw(picture).ellipse(box, fill=(18, 17, 20))
    return np.asarray(picture)


def turned(points: object, degrees: float) -> list[tuple[float, float]]:
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [(float(x), float(y)) for x, y in np.asarray(points) @ rotation.T]


@pytest.mark.parametrize("degrees", [0, 30, -80, 180])
def test_a_face_from_the_front_is_not_turned_however_it_is_tilted(degrees: float) -> None:
    assert turn(turned(FRONT, degrees)) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("degrees", [0, 25])
def test_a_nose_beside_the_face_makes_a_profile(side: int, degrees: float) -> None:
    points = np.array(FRONT)
    points[2, 0] += side * 20
    assert turn(turned(points, degrees)) == pytest.approx(0.5)
    face = DetectedFace(Box(0, 0, 90, 90), 0.9, tuple(turned(points, degrees)))  # type: ignore[arg-type]
    assert fitness(np.full((100, 100, 3), 128, np.uint8), face) is AgeRefusal.PROFILE


def test_eyes_in_one_place_are_a_profile_and_a_mouth_between_the_eyes_is_none() -> None:
    one_eye = (FRONT[0], FRONT[0], *FRONT[2:])
    assert turn(one_eye) > MAX_TURN
    assert turn((*FRONT[:2], (50.0, 40.0), (45.0, 40.0), (55.0, 40.0))) == 0


def test_plain_pictures_have_no_sunglasses() -> None:
    for value in (0, 128, 255):
        assert eye_brightness(np.full((96, 96, 3), value, np.uint8)) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("person", range(12))
def test_drawn_people_can_be_aged_and_cannot_behind_dark_lenses(detector: Detector, person: int) -> None:
    image = drawn(person)
    face = detector.detect(image)[0]
    assert fitness(image, face) is None
    assert fitness(with_dark_lenses(image, face), face) is AgeRefusal.SUNGLASSES


@pytest.mark.parametrize("frame", sorted(FRAMES))
@pytest.mark.parametrize("person", [0, 2, 5])
def test_ordinary_glasses_are_none(detector: Detector, frame: str, person: int) -> None:
    image = drawn(person, glasses=frame)
    assert fitness(image, detector.detect(image)[0]) is None


@pytest.mark.parametrize("light", [-0.8, 0.8])
def test_a_dark_face_in_light_from_the_side_has_no_sunglasses(detector: Detector, light: float) -> None:
    darkest = min(range(12), key=lambda person: sum(default_people()[person].traits.skin))
    image = drawn(darkest, light_x=light, ambient=0.36, key=0.75)
    assert fitness(image, detector.detect(image)[0]) is None


def test_faces_of_a_photo_are_looked_at_each_by_itself(detector: Detector) -> None:
    image = drawn(3)
    face = detector.detect(image)[0]
    points = np.array(face.landmarks)
    points[2, 0] += 0.6 * (points[1, 0] - points[0, 0])
    profile = replace(face, landmarks=tuple((float(x), float(y)) for x, y in points))
    assert find_unfit(image, [face, profile]) == [None, AgeRefusal.PROFILE]
    assert find_unfit(image, []) == []


def test_hardly_any_real_face_from_the_front_is_refused(shared_data: Path, detector: Detector) -> None:
    refused = []
    for file in sorted((shared_data / "age").glob("*.jpg"))[::60]:
        image = np.asarray(Image.open(file).convert("RGB"))
        refused += [fitness(image, face) for face in detector.detect(image)[:1]]
    assert len(refused) > 50
    assert sum(refusal is not None for refusal in refused) <= 1
