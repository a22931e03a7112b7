"""SFace against its own file in onnxruntime, and both networks as one embedding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from PIL import Image

from core.vision.embedding import dlib_resnet, joint, sface
from core.vision.embedding.align import FaceChips
from core.vision.embedding.dlib_weights import load_weights
from core.vision.embedding.embed import MAX_BATCH, JointEmbedder
from core.vision.embedding.sface_weights import load_sface_weights, sface_path


@pytest.fixture(scope="module")
def dlib_network() -> Any:
    return dlib_resnet.build(load_weights())


@pytest.fixture(scope="module")
def sface_network() -> Any:
    return sface.build(load_sface_weights())


@pytest.fixture(scope="module")
def embedder(dlib_network: Any, sface_network: Any) -> JointEmbedder:
    return JointEmbedder(joint.build(dlib_network, sface_network))


@pytest.fixture(scope="module")
def original() -> Any:
    """The file as it came, run by onnxruntime; its weights are inputs that nothing uses."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(sface_path()), options, providers=["CPUExecutionProvider"])
    unused = {tensor.name: np.zeros(tensor.shape, np.float32) for tensor in session.get_inputs()[1:]}

    def run(pictures: np.ndarray) -> np.ndarray:
        planes = pictures.transpose(0, 3, 1, 2).astype(np.float32)
        return np.concatenate([session.run(None, {"data": plane[None], **unused})[0] for plane in planes])

    return run


def pictures(count: int, size: int, seed: int = 0) -> np.ndarray:
    """Soft random patterns, which light all channels up."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (count, 8, 8, 3), np.uint8)
    return np.stack([np.asarray(Image.fromarray(picture).resize((size, size))) for picture in small])


def chips(count: int) -> FaceChips:
    return FaceChips(pictures(count, 150), pictures(count, 112))


def test_sface_equals_its_file_in_onnxruntime(sface_network: Any, original: Any) -> None:
    extremes = np.stack([np.zeros((112, 112, 3), np.uint8), np.full((112, 112, 3), 255, np.uint8)])
    shown = np.concatenate([pictures(4, 112), extremes])
    ours = sface_network(shown.astype(np.float32)).numpy()
    assert np.abs(ours - original(shown)).max() <= 1e-3


def test_sface_equals_its_file_on_real_faces(sface_network: Any, original: Any, shared_data: Path) -> None:
    files = sorted((shared_data / "faces").glob("*.jpg"))[::250]
    shown = np.stack([np.asarray(Image.open(file).convert("RGB").resize((112, 112))) for file in files])
    assert np.abs(sface_network(shown.astype(np.float32)).numpy() - original(shown)).max() <= 1e-3


def test_the_joint_embedding_is_both_unit_vectors_weighted(
    embedder: JointEmbedder, dlib_network: Any, sface_network: Any
) -> None:
    faces = chips(3)
    embeddings = embedder.embed(faces)
    of_dlib = dlib_network(faces.dlib.astype(np.float32)).numpy()
    of_sface = sface_network(faces.sface.astype(np.float32)).numpy()
    assert embeddings.dlib == pytest.approx(of_dlib, abs=1e-5)
    unit = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in (of_dlib, of_sface)]
    expected = np.hstack([joint.DLIB_WEIGHT * unit[0], joint.SFACE_WEIGHT * unit[1]])
    assert embeddings.joint == pytest.approx(expected, abs=1e-5)
    assert np.linalg.norm(embeddings.joint, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_face_alone_gets_the_embedding_that_it_gets_in_a_batch(embedder: JointEmbedder) -> None:
    faces = chips(MAX_BATCH + 1)
    together = embedder.embed(faces)
    last = embedder.embed(FaceChips(faces.dlib[-1:], faces.sface[-1:]))
    assert together.joint[-1:] == pytest.approx(last.joint, abs=1e-5)
    assert together.dlib[-1:] == pytest.approx(last.dlib, abs=1e-5)


def test_warming_up_makes_no_new_graph_necessary(embedder: JointEmbedder) -> None:
    embedder.warm_up()
    graphs = embedder._forward.experimental_get_tracing_count()
    embedder.embed(chips(5))
    assert embedder._forward.experimental_get_tracing_count() == graphs == 1


def test_no_face_gives_no_embedding(embedder: JointEmbedder) -> None:
    embeddings = embedder.embed(FaceChips(*(part[:0] for part in chips(1))))
    assert embeddings.joint.shape == (0, 256)
    assert embeddings.dlib.shape == (0, 128)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (FaceChips(pictures(1, 112), pictures(1, 112)), "150"),
        (FaceChips(pictures(1, 150), pictures(1, 150)), "112"),
        (FaceChips(pictures(1, 150), pictures(1, 112).astype(np.float32)), "uint8"),
        (FaceChips(pictures(2, 150), pictures(1, 112)), "same faces"),
    ],
)
def test_pictures_that_are_not_both_views_of_the_same_faces_are_refused(
    embedder: JointEmbedder, wrong: FaceChips, match: str
) -> None:
    with pytest.raises(ValueError, match=match):
        embedder.embed(wrong)


def test_the_joint_embedding_can_be_differentiated_by_both_pictures(dlib_network: Any, sface_network: Any) -> None:
    model = joint.build(dlib_network, sface_network)
    inputs = [tf.constant(part, tf.float32) for part in chips(1)]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(model(inputs)[0][:, ::7])
    for gradient in tape.gradient(loss, inputs):
        assert np.isfinite(gradient.numpy()).all()
        assert np.abs(gradient.numpy()).max() > 0


def test_the_networks_stay_float32_whatever_the_global_policy(sface_network: Any) -> None:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = sface.build(load_sface_weights())
    finally:
        keras.config.set_dtype_policy(before)
    shown = pictures(2, 112).astype(np.float32)
    assert network(shown).numpy() == pytest.approx(sface_network(shown).numpy(), abs=1e-5)
