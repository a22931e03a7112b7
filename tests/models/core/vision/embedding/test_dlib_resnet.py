from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.vision.embedding.dlib_resnet import build
from core.vision.embedding.dlib_weights import load_weights, weights_path
from core.vision.embedding.embed import MAX_DLIB_BATCH, DlibEmbedder, load_dlib_embedder


@pytest.fixture(scope="module")
def embedder() -> DlibEmbedder:
    return load_dlib_embedder()


@pytest.fixture(scope="module")
def dlib_network() -> Any:
    dlib = pytest.importorskip("dlib", reason="dlib-bin is built for x86-64 only")
    return dlib.face_recognition_model_v1(str(weights_path()))


def dlib_embeddings(network: Any, chips: np.ndarray) -> np.ndarray:
    return np.array([network.compute_face_descriptor(chip) for chip in chips])


def drawn_faces(count: int) -> np.ndarray:
    random = np.random.default_rng(0)
    chips = []
    for _ in range(count):
        picture = Image.fromarray(random.integers(0, 80, (150, 150, 3), np.uint8))
        draw = ImageDraw.Draw(picture)
        draw.ellipse((20, 5, 130, 145), fill=tuple(random.integers(90, 255, 3)))
        for x, y, radius in ((50, 50, 8), (100, 50, 8), (75, 79, 6), (75, 98, 14)):
            draw.ellipse((x - radius, y - 5, x + radius, y + 5), fill=tuple(random.integers(0, 160, 3)))
        chips.append(np.asarray(picture))
    return np.stack(chips)


def test_embeddings_of_drawn_faces_equal_dlibs(embedder: DlibEmbedder, dlib_network: Any) -> None:
    chips = drawn_faces(4)
    assert np.abs(embedder.embed(chips) - dlib_embeddings(dlib_network, chips)).max() <= 1e-3


def test_embeddings_of_noise_black_and_white_equal_dlibs(embedder: DlibEmbedder, dlib_network: Any) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2, 150, 150, 3), np.uint8)
    chips = np.concatenate([noise, np.zeros_like(noise[:1]), np.full_like(noise[:1], 255)])
    assert np.abs(embedder.embed(chips) - dlib_embeddings(dlib_network, chips)).max() <= 1e-3


def test_embeddings_of_real_faces_equal_dlibs(embedder: DlibEmbedder, dlib_network: Any, shared_data: Path) -> None:
    files = sorted((shared_data / "faces").glob("*.jpg"))[::250]
    chips = np.stack([np.asarray(Image.open(file).convert("RGB").resize((150, 150))) for file in files])
    assert np.abs(embedder.embed(chips) - dlib_embeddings(dlib_network, chips)).max() <= 1e-3


def test_one_face_alone_gets_the_embedding_it_gets_in_a_batch(embedder: DlibEmbedder) -> None:
    chips = drawn_faces(MAX_DLIB_BATCH + 2)
    together = embedder.embed(chips)
    alone = np.concatenate([embedder.embed(chip[None]) for chip in chips])
    assert together == pytest.approx(alone, abs=1e-5)


def test_no_face_gives_no_embedding(embedder: DlibEmbedder) -> None:
    assert embedder.embed(np.zeros((0, 150, 150, 3), np.uint8)).shape == (0, 128)


@pytest.mark.parametrize("wrong", [np.zeros((1, 112, 112, 3), np.uint8), np.zeros((1, 150, 150, 3), np.float32)])
def test_faces_of_another_size_or_type_are_refused(embedder: DlibEmbedder, wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="faces must be"):
        embedder.embed(wrong)


@pytest.fixture
def bfloat16_everywhere() -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


@pytest.mark.usefixtures("bfloat16_everywhere")
def test_the_network_stays_float32_whatever_the_global_policy(embedder: DlibEmbedder) -> None:
    other = DlibEmbedder(build(load_weights()))
    chips = drawn_faces(2)
    assert other.embed(chips) == pytest.approx(embedder.embed(chips), abs=1e-5)


def test_another_number_of_faces_needs_no_new_graph(embedder: DlibEmbedder) -> None:
    embedder.embed(drawn_faces(2))
    graphs = embedder._forward.experimental_get_tracing_count()
    embedder.embed(drawn_faces(5))
    assert embedder._forward.experimental_get_tracing_count() == graphs == 1
