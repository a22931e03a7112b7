from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from core.vision.embedding.align import DLIB_TEMPLATE, SFACE_TEMPLATE, align, face_chips, join_chips, similarity


def moved(points: np.ndarray, scale: float, angle: float, shift: tuple[float, float]) -> np.ndarray:
    turn = np.array([(math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))])
    return np.asarray(scale * points @ turn.T + shift)


def photo_with_dots(landmarks: np.ndarray, size: tuple[int, int], radius: float) -> np.ndarray:
    photo = Image.new("RGB", size, (40, 40, 40))
    draw = ImageDraw.Draw(photo)
    for index, (x, y) in enumerate(landmarks):
        draw.circle((x, y), radius, fill=(50 * (index + 1), 0, 255))
    return np.asarray(photo)


@given(
    scale=st.floats(0.05, 20),
    angle=st.floats(-math.pi, math.pi),
    shift=st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)),
)
def test_a_similarity_is_found_again(scale: float, angle: float, shift: tuple[float, float]) -> None:
    matrix = similarity(moved(DLIB_TEMPLATE.points, scale, angle, shift), DLIB_TEMPLATE.points)
    back = moved(DLIB_TEMPLATE.points, scale, angle, shift) @ matrix[:, :2].T + matrix[:, 2]
    assert back == pytest.approx(DLIB_TEMPLATE.points, abs=1e-6)


def test_a_mirrored_face_is_never_mirrored_back() -> None:
    mirrored = DLIB_TEMPLATE.points * [-1, 1]
    matrix = similarity(mirrored, DLIB_TEMPLATE.points)
    assert np.linalg.det(matrix[:, :2]) > 0


def test_no_other_similarity_fits_noisy_landmarks_better() -> None:
    random = np.random.default_rng(0)
    noisy = moved(DLIB_TEMPLATE.points, 0.7, 0.4, (30, 50)) + random.normal(0, 3, DLIB_TEMPLATE.points.shape)
    matrix = similarity(noisy, DLIB_TEMPLATE.points)
    best = ((noisy @ matrix[:, :2].T + matrix[:, 2] - DLIB_TEMPLATE.points) ** 2).sum()
    for _ in range(200):
        factor, turn, shift = 1 + random.normal(0, 0.02), random.normal(0, 0.02), random.normal(0, 0.5, 2)
        other = moved(noisy @ matrix[:, :2].T + matrix[:, 2], factor, turn, tuple(shift))
        assert ((other - DLIB_TEMPLATE.points) ** 2).sum() >= best - 1e-9


@pytest.mark.parametrize("angle", [0.0, 0.6, -1.2, math.pi])
@pytest.mark.parametrize("scale", [0.5, 1.0, 4.3])
def test_landmarks_come_to_lie_on_the_template(angle: float, scale: float) -> None:
    landmarks = moved(DLIB_TEMPLATE.points - 75, scale, angle, (500, 450))
    photo = photo_with_dots(landmarks, (1000, 900), radius=max(2.0, 4 * scale))
    chip = align(photo, [tuple(point) for point in landmarks]).astype(int)
    for index, (x, y) in enumerate(DLIB_TEMPLATE.points):
        assert chip[int(y), int(x)] == pytest.approx((50 * (index + 1), 0, 255), abs=12)
    blue_y, blue_x = np.nonzero(chip[..., 2] > 150)
    drawn_to_whole_pixels = 0.6 / min(scale, 1)
    assert (blue_x.mean() + 0.5, blue_y.mean() + 0.5) == pytest.approx(
        DLIB_TEMPLATE.points.mean(0), abs=drawn_to_whole_pixels
    )


def test_an_upright_face_of_the_chips_own_size_is_not_changed() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (DLIB_TEMPLATE.size, DLIB_TEMPLATE.size, 3), np.uint8)
    chip = align(photo, [tuple(point) for point in DLIB_TEMPLATE.points])
    assert np.abs(chip.astype(int) - photo).max() <= 1


def test_a_large_face_is_averaged_rather_than_sampled() -> None:
    fine_stripes = np.zeros((1500, 1500, 3), np.uint8)
    fine_stripes[:, ::2] = 255
    chip = align(fine_stripes, [tuple(point) for point in DLIB_TEMPLATE.points * 10])
    assert chip.std() < 2
    assert chip.mean() == pytest.approx(127, abs=2)


def test_beyond_the_photo_the_chip_is_black() -> None:
    white = np.full((200, 200, 3), 255, np.uint8)
    chip = align(white, [tuple(point) for point in DLIB_TEMPLATE.points - [75, 0]])
    assert chip[:, :70].max() == 0
    assert chip[:, 80:].min() == 255


def test_a_face_wholly_beyond_the_photo_gives_a_black_chip() -> None:
    white = np.full((50, 50, 3), 255, np.uint8)
    assert align(white, [tuple(point) for point in DLIB_TEMPLATE.points + 1000]).max() == 0


@given(
    scale=st.floats(0.02, 30),
    angle=st.floats(-4, 4),
    shift=st.tuples(st.floats(-300, 300), st.floats(-300, 300)),
    size=st.tuples(st.integers(1, 120), st.integers(1, 120)),
)
def test_any_face_gives_a_chip(scale: float, angle: float, shift: tuple[float, float], size: tuple[int, int]) -> None:
    photo = np.full((*size, 3), 200, np.uint8)
    chip = align(photo, [tuple(point) for point in moved(DLIB_TEMPLATE.points, scale, angle, shift)])
    assert chip.shape == (DLIB_TEMPLATE.size, DLIB_TEMPLATE.size, 3)
    assert chip.dtype == np.uint8


@pytest.mark.parametrize(
    "landmarks",
    [
        [(5.0, 5.0)] * 5,
        [(float("nan"), 1.0), *[(1.0, 2.0)] * 4],
        [(1.0, 2.0), (3.0, 4.0)],
        [],
    ],
)
def test_landmarks_that_tell_no_pose_are_refused(landmarks: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="landmarks"):
        align(np.zeros((20, 20, 3), np.uint8), landmarks)


def test_a_face_is_aligned_for_each_network_by_its_own_template() -> None:
    photo = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    landmarks = [tuple(point) for point in SFACE_TEMPLATE.points + 40]
    chips = face_chips(photo, [landmarks, landmarks])
    assert np.abs(chips.sface.astype(int) - photo[40:152, 40:152]).max() <= 1  # rounding of the transform
    assert chips.dlib.shape == (2, 150, 150, 3)
    assert (chips.dlib[0] == align(photo, landmarks, DLIB_TEMPLATE)).all()


def test_faces_of_several_photos_come_into_one_batch() -> None:
    photo = np.zeros((200, 200, 3), np.uint8)
    landmarks = [tuple(point) for point in DLIB_TEMPLATE.points]
    both = join_chips([face_chips(photo, [landmarks]), face_chips(photo, []), face_chips(photo + 9, [landmarks])])
    assert both.dlib.shape == (2, 150, 150, 3)
    assert both.sface.shape == (2, 112, 112, 3)
    assert both.sface[1].max() == 9
    assert join_chips([]).sface.shape == (0, 112, 112, 3)
