"""A photo of 25 megapixels is never copied whole on its way to an answer."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.domain.faces import DetectedFace, RecognisedFace
from core.render.annotate import annotate
from core.vision.datasets.main_face import find_face
from core.vision.detection.detect import ThreePassDetector
from core.vision.embedding.align import align
from core.vision.views import Framing, View, render_view
from tests.unit.core.vision.detection.test_detect import RectangleNetwork, photo

WIDTH, HEIGHT = 5760, 4320
FACE = (1000, 800, 2600, 2900)


@pytest.fixture
def largest(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The pixels of the largest array that became an image."""
    most, fromarray = [0], Image.fromarray

    def noted(array: np.ndarray, *arguments: object) -> Image.Image:
        most[0] = max(most[0], array.shape[0] * array.shape[1])
        return fromarray(array, *arguments)

    monkeypatch.setattr(Image, "fromarray", noted)
    return most


def detected(image: np.ndarray) -> DetectedFace:
    [face] = ThreePassDetector(RectangleNetwork()).detect(image)
    return face


def test_finding_aligning_and_drawing_a_face_that_fills_it_takes_strips(largest: list[int]):
    image = photo(WIDTH, HEIGHT, FACE)
    face = detected(image)
    assert align(image, face.landmarks).shape == (150, 150, 3)
    annotate(image, [RecognisedFace(face, (), None)])
    assert 0 < largest[0] < 2_000_000


def test_a_small_face_is_shown_to_a_recogniser_without_the_rest(largest: list[int]):
    image = photo(WIDTH, HEIGHT, (1000, 800, 300, 400))
    face = detected(image)
    for framing in Framing:
        if framing not in {Framing.WHOLE, Framing.PORTRAIT, Framing.FACE}:  # these are cut from a window of the photo
            assert render_view(View(framing, 96), image, face.landmarks, face.box).shape == (96, 96, 3)
    assert 0 < largest[0] < 2_000_000


def test_where_no_face_is_found_the_other_looks_take_strips_too(largest: list[int]):
    assert find_face(ThreePassDetector(RectangleNetwork()), np.zeros((HEIGHT, WIDTH, 3), np.uint8)) is None
    assert 0 < largest[0] < 2_000_000
