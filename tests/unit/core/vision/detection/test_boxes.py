"""Overlaps of boxes, and what is suppressed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vision.detection.boxes import Detections, box_ious, concatenate, suppress_contained, suppress_overlapping

SIDES = st.floats(1, 500)
COORDINATES = st.floats(-200, 800)


def detections_of(*rows: tuple[float, float, float, float, float]) -> Detections:
    """Rows of x, y, w, h, score; landmarks at the box's corner and centre, told apart by their coordinates."""
    data = np.array(rows, float).reshape(-1, 5)
    landmarks = np.array([(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)])
    points = data[:, None, :2] + landmarks * data[:, None, 2:4]
    return Detections(data[:, :4], data[:, 4], points)


@st.composite
def detections(draw: st.DrawFn) -> Detections:
    rows = draw(st.lists(st.tuples(COORDINATES, COORDINATES, SIDES, SIDES, st.floats(0, 1)), max_size=12))
    return detections_of(*rows)


def test_iou_is_the_intersection_over_the_union():
    boxes = np.array([[0, 0, 10, 10], [5, 0, 10, 10], [20, 20, 5, 5]], float)
    assert box_ious(np.array([0, 0, 10, 10.0]), boxes) == pytest.approx([1, 1 / 3, 0])


def test_of_two_overlapping_boxes_the_better_stays():
    kept = suppress_overlapping(detections_of((0, 0, 10, 10, 0.5), (1, 0, 10, 10, 0.9), (40, 0, 10, 10, 0.3)), 0.3)
    assert kept.scores.tolist() == [0.9, 0.3]


def test_a_box_within_a_better_one_is_dropped():
    kept = suppress_contained(detections_of((0, 0, 100, 100, 0.9), (10, 10, 20, 20, 0.8), (90, 90, 40, 40, 0.7)), 0.8)
    assert kept.scores.tolist() == [0.9, 0.7]


@given(detections())
def test_the_boxes_that_are_kept_do_not_overlap_and_are_sorted(original: Detections):
    kept = suppress_overlapping(original, 0.3)
    assert (np.diff(kept.scores) <= 0).all()
    for index in range(len(kept)):
        assert (box_ious(kept.boxes[index], kept.boxes[index + 1 :]) < 0.3).all()


@given(detections(), st.floats(0.1, 10), st.floats(-50, 50))
def test_a_transform_and_its_inverse_change_nothing(original: Detections, scale: float, shift: float):
    moved = original.transformed((scale, scale), (shift, shift))
    back = moved.transformed((1 / scale, 1 / scale), (-shift / scale, -shift / scale))
    assert back.boxes == pytest.approx(original.boxes, abs=1e-6)
    assert back.points == pytest.approx(original.points, abs=1e-6)


@given(detections())
def test_mirroring_twice_changes_nothing(original: Detections):
    twice = original.mirrored(640).mirrored(640)
    assert twice.boxes == pytest.approx(original.boxes, abs=1e-6)
    assert twice.points == pytest.approx(original.points, abs=1e-6)


def test_a_mirrored_left_eye_is_the_right_eye():
    mirrored = detections_of((0, 0, 10, 10, 1)).mirrored(100)
    left, right = mirrored.points[0, 0], mirrored.points[0, 1]
    assert left[0] < right[0]
    assert mirrored.boxes[0].tolist() == [90, 0, 10, 10]


def test_detections_are_concatenated_in_order():
    parts = [detections_of((0, 0, 1, 1, 0.1)), detections_of((0, 0, 1, 1, 0.2))]
    assert concatenate(parts).scores.tolist() == [0.1, 0.2]
