"""What is shown of a face, and the gradient by the photo's pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.domain.faces import Box, DetectedFace
from core.vision.embedding.align import DLIB_TEMPLATE, SFACE_TEMPLATE, align
from core.vision.gradients.rendering import FaceView, ViewSpec
from core.vision.views import Framing, View, render_view

NET = ViewSpec(View(Framing.ALIGNED, 56), 48)
CHIP = ViewSpec(View(Framing.ALIGNED, DLIB_TEMPLATE.size), DLIB_TEMPLATE.size)
SFACE_CHIP = ViewSpec(View(Framing.ALIGNED_SFACE, SFACE_TEMPLATE.size), SFACE_TEMPLATE.size)
CROP = ViewSpec(View(Framing.CROP, 112), 96)
WHOLE = ViewSpec(View(Framing.WHOLE, 56), 48)


def photo(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """Noise without black and white, so that nothing is clipped."""
    return np.random.default_rng(seed).integers(64, 192, (height, width, 3), np.uint8)


def face(x: float, y: float, side: float, degrees: float = 0.0) -> DetectedFace:
    """A face about (x, y), `side` pixels wide."""
    angle = np.radians(degrees)
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    points = (DLIB_TEMPLATE.points - DLIB_TEMPLATE.size / 2) / DLIB_TEMPLATE.size * 2 * side @ turn + (x, y)
    one, two, three, four, five = ((float(px), float(py)) for px, py in points)
    return DetectedFace(Box(x - side / 2, y - side / 2, side, side * 1.2), 0.9, (one, two, three, four, five))


FACES = {
    "upright": face(150, 120, 75),
    "turned": face(140, 110, 60, 25),
    "small": face(100, 90, 20, -10),
    "averaged": face(150, 120, 240, 5),
    "beyond the edge": face(20, 15, 70, 12),
}


def check_gradient(sampling: FaceView, shape: tuple[int, int]) -> None:
    """<render(x + d) - render(x), g> is <d, back(g)>, up to what rounding does."""
    random = np.random.default_rng(3)
    before = photo(*shape)
    # Smooth, since averages over many pixels would drown a change of white noise in rounding.
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    wave = 40 * np.sin(rows / 11 + random.uniform(0, 6)) * np.cos(columns / 9 + random.uniform(0, 6))
    change = np.round(wave[:, :, None] * [1.0, -0.7, 0.5]).astype(np.int16)
    after = (before + change).astype(np.uint8)
    shown, then = sampling.render(before), sampling.render(after)
    gradient = np.sign(then.astype(np.float32) - shown) + random.normal(0, 0.1, shown.shape).astype(np.float32)
    left = float(((then.astype(np.float64) - shown) * gradient).sum())
    right = float((change * sampling.backward(gradient).astype(np.float64)).sum())
    assert left == pytest.approx(right, rel=0.005)


@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("spec", [NET, CHIP, SFACE_CHIP, CROP, WHOLE], ids=["net", "chip", "sface", "crop", "whole"])
def test_the_gradient_by_the_photo_is_the_transpose_of_the_rendering(name: str, spec: ViewSpec) -> None:
    check_gradient(FaceView((240, 300), spec, FACES[name]), (240, 300))


@pytest.mark.parametrize("shape", [(336, 336), (48, 48), (100, 163)])
@pytest.mark.parametrize("spec", [NET, CHIP, SFACE_CHIP, CROP], ids=["net", "chip", "sface", "crop"])
def test_so_it_is_where_there_is_no_face(shape: tuple[int, int], spec: ViewSpec) -> None:
    check_gradient(FaceView(shape, spec, None), shape)


anywhere = st.builds(face, st.floats(-40, 220), st.floats(-40, 180), st.floats(6, 260), st.floats(-180, 180))


@given(anywhere, st.integers(0, 9))
@settings(max_examples=30, deadline=None)
def test_what_is_shown_is_what_recognition_shows_to_the_bit(one: DetectedFace, seed: int) -> None:
    image = photo(160, 200, seed)
    assert (FaceView((160, 200), CHIP, one).render(image) == align(image, one.landmarks)).all()
    sface = align(image, one.landmarks, SFACE_TEMPLATE)
    assert (FaceView((160, 200), SFACE_CHIP, one).render(image) == sface).all()
    whole = render_view(NET.view, image, one.landmarks, one.box)
    assert (FaceView((160, 200), NET, one).render(image) == whole[4:52, 4:52]).all()
    cropped = render_view(CROP.view, image, one.landmarks, one.box)
    assert (FaceView((160, 200), CROP, one).render(image) == cropped[8:104, 8:104]).all()


@given(anywhere, st.integers(20, 90), st.integers(20, 90))
@settings(max_examples=30, deadline=None)
@example(face(0, 0, 6, 45), 20, 20)  # turned so that pixels lie just on the photo's edge
def test_the_shares_of_a_pixel_add_up_to_what_it_gave(one: DetectedFace, height: int, width: int) -> None:
    """A grey photo becomes a grey face, black beyond the photo's edge: the maps' rows add up to 1 there, or to 0."""
    sampling = FaceView((height, width), CHIP, one)
    shown = sampling.render(np.full((height, width, 3), 200, np.uint8)) / 200
    total = sampling.backward(np.ones((DLIB_TEMPLATE.size, DLIB_TEMPLATE.size, 3), np.float32)).sum()
    assert float(total) == pytest.approx(float(shown.sum()), rel=1e-3, abs=1)


def test_nothing_depends_on_what_is_not_shown() -> None:
    sampling = FaceView((400, 500), NET, face(100, 100, 40))
    gradient = sampling.backward(np.ones((48, 48, 3), np.float32))
    assert gradient.shape == (400, 500, 3)
    assert np.abs(gradient).sum() == np.abs(gradient[sampling.region]).sum()
    assert gradient[80:120, 80:120].any()
    assert not gradient[200:].any()
    assert not gradient[:, 200:].any()


def test_portraits_are_no_recognisers_framing() -> None:
    with pytest.raises(ValueError, match="trained on these"):
        FaceView((240, 300), ViewSpec(View(Framing.PORTRAIT, 56), 48), FACES["upright"])


def test_landmarks_in_one_place_are_refused() -> None:
    nowhere = DetectedFace(Box(0, 0, 9, 9), 0.9, ((5.0, 5.0),) * 5)
    with pytest.raises(ValueError, match="one place"):
        FaceView((240, 300), CHIP, nowhere)
