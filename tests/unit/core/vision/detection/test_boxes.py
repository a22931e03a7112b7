"""Boxes in common, doubles and parts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vision.detection.boxes import Found, joined, overlap, without_doubles, without_parts

SIDES = st.floats(1, 500)
PLACES = st.floats(-200, 800)


def found(*rows: tuple[float, float, float, float, float]) -> Found:
    """Rows of x, y, w, h, score; landmarks at the box's corner and centre, told apart by their place."""
    data = np.array(rows, float).reshape(-1, 5)
    shares = np.array([(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)])
    points = data[:, None, :2] + shares * data[:, None, 2:4]
    return Found(data[:, :4], data[:, 4], points)


@st.composite
def detections(draw: st.DrawFn) -> Found:
    rows = draw(st.lists(st.tuples(PLACES, PLACES, SIDES, SIDES, st.floats(0, 1)), max_size=12))
    return found(*rows)


def test_overlap_is_shared_area_over_the_whole():
    others = np.array([[0, 0, 10, 10], [5, 0, 10, 10], [20, 20, 5, 5]], float)
    assert overlap(np.array([0, 0, 10, 10.0]), others) == pytest.approx([1, 1 / 3, 0])


def test_of_two_overlapping_boxes_the_better_stays():
    kept = without_doubles(found((0, 0, 10, 10, 0.5), (1, 0, 10, 10, 0.9), (40, 0, 10, 10, 0.3)), 0.3)
    assert kept.scores.tolist() == [0.9, 0.3]


def test_a_box_within_a_better_one_is_a_part_of_it():
    kept = without_parts(found((0, 0, 100, 100, 0.9), (10, 10, 20, 20, 0.8), (90, 90, 40, 40, 0.7)), 0.8)
    assert kept.scores.tolist() == [0.9, 0.7]


@given(detections())
def test_what_is_left_does_not_overlap_and_is_sorted(some: Found):
    kept = without_doubles(some, 0.3)
    assert (np.diff(kept.scores) <= 0).all()
    for index in range(len(kept)):
        assert (overlap(kept.boxes[index], kept.boxes[index + 1 :]) < 0.3).all()


@given(detections(), st.floats(0.1, 10), st.floats(-50, 50))
def test_moving_there_and_back_changes_nothing(some: Found, scale: float, shift: float):
    back = some.moved((scale, scale), (shift, shift)).moved((1 / scale, 1 / scale), (-shift / scale, -shift / scale))
    assert back.boxes == pytest.approx(some.boxes, abs=1e-6)
    assert back.points == pytest.approx(some.points, abs=1e-6)


@given(detections())
def test_the_mirror_s_mirror_is_the_picture(some: Found):
    twice = some.mirrored(640).mirrored(640)
    assert twice.boxes == pytest.approx(some.boxes, abs=1e-6)
    assert twice.points == pytest.approx(some.points, abs=1e-6)


def test_in_the_mirror_the_left_eye_is_the_right_one():
    mirrored = found((0, 0, 10, 10, 1)).mirrored(100)
    left, right = mirrored.points[0, 0], mirrored.points[0, 1]
    assert left[0] < right[0]
    assert mirrored.boxes[0].tolist() == [90, 0, 10, 10]


def test_parts_are_joined_in_order():
    assert joined([found((0, 0, 1, 1, 0.1)), found((0, 0, 1, 1, 0.2))]).scores.tolist() == [0.1, 0.2]
