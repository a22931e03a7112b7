"""dlib's age network against its own file in onnxruntime, and where its faces lie."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import onnxruntime
import pytest

from core.vision.age.age_network import AGE_TEMPLATE, build
from core.vision.age.age_weights import age_path, load_age_weights
from core.vision.age.estimate import age_chips
from core.vision.embedding.align import DLIB_TEMPLATE
from core.vision.views import Framing, View, portrait_template, render_view
from tests.models.core.vision.age.conftest import DrawnFace

MEANS = np.array([122.782, 117.001, 104.298], np.float32)  # dlib's input_rgb_image takes off and divides by 256


def onnx_probabilities(chips: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(str(age_path()), providers=["CPUExecutionProvider"])
    planes = ((chips - MEANS) / 256).astype(np.float32).transpose(0, 3, 1, 2)
    return np.asarray(session.run(None, {session.get_inputs()[0].name: planes})[0])


def test_probabilities_of_drawn_faces_noise_black_and_white_equal_the_files(chips: np.ndarray):
    noise = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), np.uint8)
    pictures = np.concatenate([chips, noise, np.zeros_like(noise), np.full_like(noise, 255)])
    logits = build(load_age_weights())(pictures.astype(np.float32))
    assert np.abs(keras.ops.softmax(logits).numpy() - onnx_probabilities(pictures)).max() <= 1e-4


@pytest.fixture
def bfloat16_everywhere() -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


@pytest.mark.usefixtures("bfloat16_everywhere")
def test_the_network_stays_float32_whatever_the_global_policy(chips: np.ndarray):
    logits = build(load_age_weights())(chips.astype(np.float32))
    assert np.abs(keras.ops.softmax(logits).numpy() - onnx_probabilities(chips)).max() <= 1e-4


@pytest.mark.parametrize(
    ("points", "fraction"),
    [(DLIB_TEMPLATE.points / DLIB_TEMPLATE.size, 1.4 / 1.5), (portrait_template(1), 0.71 * 1.4 / 1.5)],
    ids=["of the face", "of the portrait"],
)
def test_a_chip_shows_a_fixed_square_of_the_wider_view(points: np.ndarray, fraction: float):
    in_chip = AGE_TEMPLATE.points / AGE_TEMPLATE.size
    shift = points.mean(0) - fraction * in_chip.mean(0)
    assert points == pytest.approx(fraction * in_chip + shift, abs=1e-6)
    assert (shift >= 0).all()
    assert (shift + fraction <= 1).all()


def test_the_middle_of_the_face_view_looks_like_the_chip(drawn_faces: list[DrawnFace]):
    face = drawn_faces[0]
    view = render_view(View(Framing.FACE, 120), face.image, face.landmarks).astype(float)
    middle = view[4:116, 4:116]  # 0.9333 of 120 is 112
    chip = age_chips(face.image, [face.landmarks])[0].astype(float)
    blocks = chip.reshape(4, 16, 4, 16, 3).mean((1, 3)), middle.reshape(4, 28, 4, 28, 3).mean((1, 3))
    assert blocks[0] == pytest.approx(blocks[1], abs=3)
