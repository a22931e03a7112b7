"""The rule by which the detector's recall is counted."""

from __future__ import annotations

import pytest

from benchmarks.helpers.box_matching import is_hit, match_boxes
from core.domain.faces import Box, box_iou

TRUE = Box(100, 100, 40, 50)


def test_iou_of_halves_is_a_third():
    assert box_iou(Box(0, 0, 10, 10), Box(5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert box_iou(Box(0, 0, 10, 10), Box(20, 0, 10, 10)) == 0


@pytest.mark.parametrize(
    ("found", "hit"),
    [
        (TRUE, True),
        (Box(110, 112, 20, 25), True),  # half the side, inside
        (Box(112, 115, 16, 20), False),  # inside, but too small
        (Box(90, 90, 100, 110), False),  # too large
        (Box(130, 100, 40, 50), False),  # its centre is outside
    ],
)
def test_a_hit_overlaps_or_lies_inside_at_like_size(found, hit):
    assert is_hit(found, TRUE) is hit


def test_one_found_box_counts_for_one_face_only():
    neighbour = Box(104, 100, 40, 50)
    assert sum(match_boxes([TRUE, neighbour], [TRUE])) == 1
    assert match_boxes([TRUE, neighbour], [neighbour, TRUE]) == [True, True]


def test_nothing_found_is_nothing_hit():
    assert match_boxes([TRUE], []) == [False]
    assert match_boxes([], [TRUE]) == []
