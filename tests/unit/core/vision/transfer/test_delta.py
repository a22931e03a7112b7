from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.vision.transfer.delta import transfer
from core.vision.transfer.ellipse import FaceEllipse
from core.vision.transfer.square import FaceSquare
from core.vision.views import Framing, portrait_template

Landmarks = list[tuple[float, float]]
PORTRAIT = Framing.PORTRAIT


def face(x: float, y: float, side: float, degrees: float = 0.0) -> Landmarks:
    """Return the landmarks of a face whose portrait has its middle at (x, y)."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    points = (portrait_template(1) - 0.5) * side @ np.array(((cosine, sine), (-sine, cosine))) + (x, y)
    return [(float(px), float(py)) for px, py in points]


def photo(height: int = 240, width: int = 320) -> NDArray[np.uint8]:
    return np.random.default_rng(5).integers(60, 190, (height, width, 3), np.uint8)


def flat(*values: float, size: int = 48) -> NDArray[np.float32]:
    return np.stack([np.full((size, size, 3), value, np.float32) for value in values])


def difference(after: NDArray[np.uint8], before: NDArray[np.uint8]) -> NDArray[np.int32]:
    return after.astype(np.int32) - before


@pytest.mark.parametrize("framing", [Framing.PORTRAIT, Framing.FACE])
def test_a_change_shows_whole_in_the_face_and_not_at_all_outside_its_square(framing: Framing) -> None:
    before, landmarks = photo(), face(160, 120, 150, degrees=20)
    added = difference(transfer(before, framing, [landmarks], flat(20)), before)
    assert (added[100:130, 150:170] == 20).all()
    rows, columns = np.mgrid[:240, :320]
    places = np.stack([columns + 0.5, rows + 0.5], -1).reshape(-1, 2)
    square = FaceSquare(framing, landmarks)
    inside = np.abs(np.asarray(square.points(places, 1)) - 0.5).max(1) < 0.5  # type: ignore[arg-type]
    assert (added.reshape(-1, 3)[~inside] == 0).all()


def test_the_photo_itself_is_not_changed() -> None:
    before = photo()
    copy = before.copy()
    transfer(before, PORTRAIT, [face(160, 120, 150)], flat(20))
    assert (before == copy).all()


@given(st.floats(-100, 420), st.floats(-100, 340), st.floats(10, 500), st.floats(-180, 180), st.integers(0, 2**32 - 1))
def test_wherever_a_face_is_every_pixel_outside_its_ellipse_is_the_photos(
    x: float, y: float, side: float, degrees: float, seed: int
) -> None:
    before, landmarks = photo(), face(x, y, side, degrees)
    noise = np.random.default_rng(seed).normal(0, 90, (1, 32, 32, 3)).astype(np.float32)
    after = transfer(before, PORTRAIT, [landmarks], noise)
    ellipse = FaceEllipse(PORTRAIT, landmarks)
    window = ellipse.window(before.shape)
    same = np.ones(before.shape[:2], bool)
    if not window.is_empty:
        same[window.slices] = ellipse.radii(window) >= 1
    assert (after[same] == before[same]).all()


def test_a_change_fades_without_an_edge() -> None:
    before = np.full((400, 400, 3), 100, np.uint8)
    added = difference(transfer(before, PORTRAIT, [face(200, 200, 380)], flat(60)), before)
    steps = np.abs(np.diff(added, axis=0)).max(), np.abs(np.diff(added, axis=1)).max()
    assert max(steps) <= 4
    assert added.max() == 60
    assert added.min() == 0


def test_a_change_lies_where_the_network_saw_it_also_of_a_turned_face() -> None:
    before, landmarks = np.full((400, 400, 3), 100, np.uint8), face(200, 200, 300, degrees=-30)
    delta = np.zeros((1, 60, 60, 3), np.float32)
    delta[0, 26:30, 20:24] = 80  # the eye on the image's left
    added = difference(transfer(before, PORTRAIT, [landmarks], delta), before)[..., 0]
    rows, columns = np.nonzero(added > 40)
    eye = FaceSquare(PORTRAIT, landmarks).to_photo @ (22 / 60, 28 / 60, 1)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(tuple(eye), abs=1)
    assert len(rows) == pytest.approx(20 * 20, rel=0.2)


@pytest.mark.parametrize("side", [40, 150, 1500])
def test_an_edge_is_not_overshot_by_more_than_a_bicubic_filter_does(side: int) -> None:
    before = np.full((side, side, 3), 100, np.uint8)
    delta = np.zeros((1, 64, 64, 3), np.float32)
    delta[:, :, 32:] = 100
    added = difference(transfer(before, PORTRAIT, [face(side / 2, side / 2, side)], delta), before)
    assert added.min() >= -8
    assert added.max() <= 108
    assert added[side // 2, int(0.7 * side)].max() == pytest.approx(100, abs=1)


def test_values_stay_within_what_a_pixel_holds() -> None:
    before, landmarks = photo(), face(160, 120, 200)
    assert transfer(before, PORTRAIT, [landmarks], flat(250))[120, 160].tolist() == [255] * 3
    assert transfer(before, PORTRAIT, [landmarks], flat(-250))[120, 160].tolist() == [0] * 3


def test_the_order_of_faces_that_overlap_does_not_matter() -> None:
    before = photo(400, 500)
    faces = [face(170, 200, 260), face(290, 190, 240, degrees=10), face(260, 260, 120)]
    deltas = np.random.default_rng(3).normal(0, 60, (3, 48, 48, 3)).astype(np.float32)
    expected = transfer(before, PORTRAIT, faces, deltas)
    for order in ([2, 1, 0], [1, 2, 0]):
        changed = transfer(before, PORTRAIT, [faces[index] for index in order], deltas[order])
        assert (changed == expected).all()


def test_where_faces_overlap_the_nearer_one_prevails_and_there_is_no_seam() -> None:
    before = np.full((400, 600, 3), 100, np.uint8)
    faces = [face(220, 200, 300), face(380, 200, 300)]
    added = difference(transfer(before, PORTRAIT, faces, flat(60, -60)), before)[..., 0]
    assert (added[190:210, 210:230] > 57).all()
    assert (added[190:210, 370:390] < -57).all()
    assert added[200, 300] == pytest.approx(0, abs=4)
    assert np.abs(np.diff(added, axis=1)).max() <= 10  # of 120
    assert added.max() <= 60
    assert added.min() >= -60


def test_a_face_outside_the_photo_and_no_face_change_nothing() -> None:
    before = photo()
    assert (transfer(before, PORTRAIT, [face(-500, -500, 80)], flat(50)) == before).all()
    assert (transfer(before, PORTRAIT, [], flat(1)[:0]) == before).all()


def test_changes_and_faces_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="1 faces, but 2 changes"):
        transfer(photo(), PORTRAIT, [face(100, 100, 50)], flat(1, 2))


def test_a_framing_without_a_square_around_landmarks_is_refused() -> None:
    with pytest.raises(ValueError, match="no square"):
        transfer(photo(), Framing.WHOLE, [face(100, 100, 50)], flat(1))
