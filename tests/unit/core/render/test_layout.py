from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.render.layout import Rect, place_labels

boxes = st.builds(
    lambda x, y, w, h: Rect(x, y, x + w, y + h),
    st.integers(-200, 900),
    st.integers(-200, 700),
    st.integers(1, 400),
    st.integers(1, 400),
)


@given(st.lists(boxes, max_size=12), st.integers(1, 200), st.integers(1, 60), st.integers(1, 800), st.integers(1, 600))
def test_labels_never_leave_the_picture(faces: list[Rect], width: int, height: int, wide: int, high: int) -> None:
    for label in place_labels([(width, height)] * len(faces), faces, (wide, high)):
        if label is None:
            assert width > wide or height > high
        else:
            assert label.left >= 0
            assert label.top >= 0
            assert label.right <= wide
            assert label.bottom <= high
            assert (label.right - label.left, label.bottom - label.top) == (width, height)


def test_a_label_stands_on_its_box_where_there_is_room() -> None:
    assert place_labels([(50, 20)], [Rect(100, 100, 200, 220)], (400, 400)) == [Rect(100, 80, 150, 100)]


def test_a_label_goes_below_a_face_at_the_upper_edge() -> None:
    assert place_labels([(50, 20)], [Rect(100, 5, 200, 120)], (400, 400)) == [Rect(100, 120, 150, 140)]


def test_two_faces_side_by_side_get_labels_that_do_not_touch() -> None:
    faces = [Rect(100, 100, 140, 150), Rect(145, 100, 185, 150), Rect(190, 100, 230, 150)]
    first, second, third = place_labels([(90, 20)] * 3, faces, (400, 400))
    assert first is not None
    assert second is not None
    assert third is not None
    assert first.overlap(second) == first.overlap(third) == second.overlap(third) == 0


def test_a_face_without_a_label_gets_none() -> None:
    assert place_labels([None], [Rect(0, 0, 10, 10)], (100, 100)) == [None]
