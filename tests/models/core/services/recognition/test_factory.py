"""A version's file becomes a head, or is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.jobs import JSON
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.models.cnn.head import CnnHead, cnn_tensors
from core.models.cnn.network import build_net
from core.models.cnn.training_step import middle
from core.models.common import weights_file
from core.models.embedding.head import ARCHITECTURE, head_tensors, train_head
from core.models.families import load_head
from core.vision.recognition.mean_embedding import Gallery, MeanEmbeddingRecogniser
from core.vision.recognition.photo_reader import PhotoReading
from core.vision.recognition.version_recogniser import VersionRecogniser
from core.vision.views import render_view

CLASSES = (("Anna", 1), ("Ben", 2), ("Cara", 3))
CNN: Mapping[str, JSON] = {"net": "slim", "framing": "aligned", "size": 32, "grey": False, "temperature": 1.5}
META = {"embedder": EMBEDDING_NAME}


def version(architecture: str, config: Mapping[str, JSON], classes: tuple[tuple[str, int], ...] = CLASSES) -> Version:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    kind = RunKind.RECOGNISER
    return Version(1, 700, kind, 1, 5, 6, "family v1", "", architecture, config, classes, {}, (), "", 1, 30, now)


def people(seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Twelve pictures of three people who look nothing alike."""
    owners = np.repeat(np.arange(3), 4)
    noise = np.random.default_rng(seed).normal(0, 0.02, (12, 256))
    return (np.eye(256)[owners] * 0.6 + noise).astype(np.float32), owners


def gate() -> dict[str, NDArray[Any]]:
    return head_tensors(*train_head(*people(), 3))


def embedding_file(**meta: str) -> bytes:
    return weights_file.dump(gate(), {**META, "architecture": ARCHITECTURE, **meta})


def cnn_file(**meta: str) -> bytes:
    net = build_net("slim", 32, 3)
    return weights_file.dump(cnn_tensors(net, gate()), {**META, "architecture": "cnn-slim", **meta})


def photo() -> PhotoReading:
    """Anna, Ben, and a stranger."""
    embeddings = np.concatenate([people(1)[0][[0, 4]], np.eye(256, dtype=np.float32)[[9]]])
    points = ((20.0, 20.0), (40.0, 20.0), (30.0, 32.0), (22.0, 42.0), (38.0, 42.0))
    image = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    return PhotoReading(image, tuple(DetectedFace(Box(10, 10, 40, 40), 0.9, points) for _ in range(3)), embeddings)


def refusal(asked: Version, weights: bytes) -> ErrorCode:
    with pytest.raises(OmokageError) as caught:
        load_head(asked, weights)
    return caught.value.code


def test_an_embedding_version_is_loaded_and_names_people() -> None:
    head = load_head(version(ARCHITECTURE, {}), embedding_file())
    assert head.classes == CLASSES
    chances = head.probabilities(photo())
    assert chances.argmax(1).tolist() == [0, 1, 3]
    assert chances.sum(1) == pytest.approx(1)


def test_a_cnn_version_is_loaded_and_knows_strangers() -> None:
    head = load_head(version("cnn-slim", CNN), cnn_file())
    assert head.classes == CLASSES
    chances = head.probabilities(photo())
    assert chances.shape == (3, 4)
    assert chances.sum(1) == pytest.approx(1)
    assert chances.argmax(1)[2] == 3


@pytest.mark.parametrize("kind", ["embedding", "cnn"])
def test_a_head_says_who_a_face_would_be_if_it_had_to_be_somebody(kind: str) -> None:
    head = (
        load_head(version(ARCHITECTURE, {}), embedding_file())
        if kind == "embedding"
        else load_head(version("cnn-slim", CNN), cnn_file())
    )
    opened, closed = head.probabilities(photo()), head.known(photo())
    assert closed.shape == (3, 3)
    assert closed.sum(1) == pytest.approx(1)
    np.testing.assert_allclose(closed * (1 - opened[:, -1:]), opened[:, :-1], atol=1e-9)


def test_a_picture_that_is_taken_for_a_face_is_seen_as_trainings_see_it() -> None:
    head = load_head(version("cnn-slim", CNN), cnn_file())
    assert isinstance(head, CnnHead)
    image = np.random.default_rng(1).integers(0, 256, (91, 140, 3), np.uint8)
    whole = PhotoReading(image, (DetectedFace(Box(24, 0, 91, 91), 0.0, ()),), np.zeros((1, 256), np.float32))  # type: ignore[arg-type]
    view, size = head.config.view, head.config.size
    assert (head.views(whole) == middle(render_view(view, image, None)[None], size)).all()


def test_both_answer_with_the_live_method_beside_them() -> None:
    nobody = Gallery((), (), np.zeros((0, 256), np.float32), np.zeros(0, np.intp))
    head = load_head(version(ARCHITECTURE, {}), embedding_file())
    names = {1: "Anna", 2: "Ben", 3: "Cara"}
    result = VersionRecogniser(head, MeanEmbeddingRecogniser(nobody), names).recognise(photo(), [frozenset()] * 3)
    assert [one.named.name if one.named else None for one in result] == ["Anna", "Ben", None]


@pytest.mark.parametrize("cut", [0, 7, 100, -1])
def test_a_truncated_file_is_refused(cut: int) -> None:
    assert refusal(version(ARCHITECTURE, {}), embedding_file()[:cut]) is ErrorCode.BAD_WEIGHTS
    assert refusal(version("cnn-slim", CNN), cnn_file()[:cut]) is ErrorCode.BAD_WEIGHTS


def test_the_file_of_another_version_is_refused() -> None:
    assert refusal(version("cnn-slim", CNN), embedding_file()) is ErrorCode.BAD_WEIGHTS
    assert refusal(version(ARCHITECTURE, {}), cnn_file()) is ErrorCode.BAD_WEIGHTS
    assert refusal(version("cnn-slim", {**CNN, "size": 48}), cnn_file()) is ErrorCode.BAD_WEIGHTS
    assert refusal(version("cnn-slim", CNN, CLASSES[:2]), cnn_file()) is ErrorCode.BAD_WEIGHTS
    assert refusal(version(ARCHITECTURE, {}, CLASSES[:2]), embedding_file()) is ErrorCode.BAD_WEIGHTS


def test_a_file_without_the_right_tensors_is_refused() -> None:
    empty = weights_file.dump({}, {**META, "architecture": "cnn-slim"})
    assert refusal(version("cnn-slim", CNN), empty) is ErrorCode.BAD_WEIGHTS
    empty = weights_file.dump({}, {**META, "architecture": ARCHITECTURE})
    assert refusal(version(ARCHITECTURE, {}), empty) is ErrorCode.BAD_WEIGHTS


def test_a_card_without_the_networks_numbers_is_refused() -> None:
    assert refusal(version("cnn-slim", {}), cnn_file()) is ErrorCode.BAD_WEIGHTS


def test_embeddings_of_another_network_are_refused() -> None:
    assert refusal(version(ARCHITECTURE, {}), embedding_file(embedder="net-2")) is ErrorCode.BAD_WEIGHTS


def test_a_version_of_a_later_omokage_is_refused() -> None:
    assert refusal(version("transformer-1", {}), embedding_file(architecture="transformer-1")) is ErrorCode.BAD_WEIGHTS


def test_weights_that_are_no_numbers_are_noticed_at_the_first_answer() -> None:
    broken = {name: np.full_like(one, np.nan) if name == "weights" else one for name, one in gate().items()}
    file = weights_file.dump(broken, {**META, "architecture": ARCHITECTURE})
    nobody = Gallery((), (), np.zeros((0, 256), np.float32), np.zeros(0, np.intp))
    head = load_head(version(ARCHITECTURE, {}), file)
    with pytest.raises(OmokageError) as caught:
        VersionRecogniser(head, MeanEmbeddingRecogniser(nobody), {}).recognise(photo(), [frozenset()] * 3)
    assert caught.value.code is ErrorCode.BAD_WEIGHTS
