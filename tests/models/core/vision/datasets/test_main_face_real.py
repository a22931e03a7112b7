"""Crops in which the first look shows no face; real faces, on developers' machines only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.vision.datasets.main_face import DETECTOR_VIEWS, _faces, find_face
from core.vision.detection.detect import Detector, load_detector

DIFFICULT = ("p18/013", "p19/040", "p28/077", "p30/020", "p34/016")  # hats, hair, sunglasses, a veil


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_detector(threads=1)


@pytest.mark.parametrize("name", DIFFICULT)
def test_a_face_that_fills_its_crop_is_found_with_more_around_it(
    shared_data: Path, detector: Detector, name: str
) -> None:
    image = np.asarray(Image.open(shared_data / "identity" / f"{name}.jpg").convert("RGB"))
    assert not _faces(detector, image, DETECTOR_VIEWS[0])
    face = find_face(detector, image)
    assert face is not None
    eyes_and_mouth = np.array(face.landmarks)
    assert (eyes_and_mouth > -10).all()
    assert (eyes_and_mouth < 122).all()
    assert eyes_and_mouth[:2, 1].mean() < eyes_and_mouth[3:, 1].mean()


@pytest.mark.parametrize("colour", [(0, 0, 0), (110, 110, 110), (255, 255, 255)])
def test_an_empty_crop_has_no_face_in_any_look(detector: Detector, colour: tuple[int, int, int]) -> None:
    assert len(DETECTOR_VIEWS) > 1
    assert find_face(detector, np.full((112, 112, 3), colour, np.uint8)) is None
