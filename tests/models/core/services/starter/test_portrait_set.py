from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from core.services.starter.portrait_set import write_portrait_set
from core.vision.views import Framing, View, portrait_template, render_view
from portraits.random_people import SIDE, random_person


def test_portraits_are_drawn_once_and_found_by_the_detector(tmp_path: Path) -> None:
    # Given: a folder in which somebody stopped half way through a line.
    first = write_portrait_set(tmp_path, 3, seed=7)
    (index,) = tmp_path.glob("index-*.jsonl")
    text = index.read_text()
    index.write_text(text + '{"file": "0070')
    made = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.jpg")}
    # When
    again = write_portrait_set(tmp_path, 2, seed=7)
    # Then: nothing is drawn anew, and the half line is gone.
    assert again == first[:2]
    assert index.read_text() == text
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*.jpg")} == made
    for one in first:
        assert dict(one.labels) == dict(random_person(int(one.file.removesuffix(".jpg"))).labels)
        picture = np.asarray(Image.open(tmp_path / one.file))
        assert picture.shape == (SIDE, SIDE, 3)
        # The face was found where it was drawn: its portrait is no shift away from the picture's middle.
        portrait = render_view(View(Framing.PORTRAIT, 96), picture, one.face.landmarks, one.face.box)
        assert portrait.shape == (96, 96, 3)
        eyes = np.array(one.face.landmarks[:2])
        expected = (portrait_template(193)[:2] + (SIDE - 193) / 2)[:, 0]
        assert np.abs(eyes[:, 0] - expected).max() < 25
        assert abs(eyes[:, 1].mean() - 0.455 * SIDE) < 15
