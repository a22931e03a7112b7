from __future__ import annotations

import numpy as np
import pytest

from core.vision.transfer.cutting import cut_face
from core.vision.views import Framing, View, render_view
from tests.unit.core.vision.transfer.test_delta import face, photo

FRAMINGS = [Framing.PORTRAIT, Framing.FACE]


@pytest.mark.parametrize("framing", FRAMINGS)
@pytest.mark.parametrize(("side", "size"), [(100, 32), (60, 96), (40, 40), (190, 96)])
def test_a_face_is_cut_as_trainings_see_it(framing: Framing, side: int, size: int) -> None:
    rows, columns = np.mgrid[:240, :320]
    waves = 128 + 60 * np.sin(columns / 19) + 50 * np.cos(rows / 17)
    image, landmarks = np.repeat(waves[..., None], 3, axis=2).astype(np.uint8), face(150, 118, side, degrees=12)
    view = View(framing, size)
    cut, rendered = (
        picture.astype(int) for picture in (cut_face(image, landmarks, view), render_view(view, image, landmarks))
    )
    assert np.abs(cut - rendered).max() <= 6  # blocks that are averaged first may begin elsewhere


def test_beyond_the_photo_its_edge_is_repeated_however_far_the_face_reaches() -> None:
    image = np.full((100, 100, 3), 40, np.uint8)
    image[:, 50:] = 200
    cut = cut_face(image, face(95, 50, 90), View(Framing.PORTRAIT, 30))
    assert (cut[:, 20:] == 200).all()


def test_landmarks_in_one_place_are_refused() -> None:
    with pytest.raises(ValueError, match="all lie in one place"):
        cut_face(photo(), [(5.0, 5.0)] * 5, View(Framing.PORTRAIT, 30))
