"""The product's networks for data sets, and drawn people to read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from core.bootstrap import Services, build
from core.domain.faces import DetectedFace
from core.settings import Settings
from core.vision.datasets.dataset_pictures import PictureReader, load_picture_reader
from core.vision.embedding.align import FaceChips
from core.vision.embedding.face_embeddings import FaceEmbeddings
from core.vision.recognition.photo_reader import Detector, FaceEmbedder
from tests.models.portrait_files import write_people


def _hash(array: np.ndarray) -> tuple[tuple[int, ...], bytes]:
    return array.shape, hashlib.sha256(array.tobytes()).digest()


class CachingDetector:
    """A detector that searches each picture once."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._answers: dict[object, Sequence[DetectedFace]] = {}

    def detect(self, image: np.ndarray) -> Sequence[DetectedFace]:
        key = _hash(image)
        if key not in self._answers:
            self._answers[key] = self._detector.detect(image)
        return self._answers[key]


class CachingEmbedder:
    """An embedder that embeds each batch once."""

    def __init__(self, embedder: FaceEmbedder) -> None:
        self._embedder = embedder
        self._answers: dict[object, FaceEmbeddings] = {}

    def embed(self, chips: FaceChips) -> FaceEmbeddings:
        key = _hash(chips.dlib)
        if key not in self._answers:
            self._answers[key] = self._embedder.embed(chips)
        return FaceEmbeddings(*(embeddings.copy() for embeddings in self._answers[key]))

    def warm_up(self) -> None:
        """Leave it to the first call."""


@pytest.fixture(scope="session")
def reader() -> Iterator[PictureReader]:
    """Read pictures with the product's networks, asked once about the same pixels: tests import the same people."""
    loaded = load_picture_reader()
    loaded._detector = CachingDetector(loaded._detector)
    loaded._embedder = CachingEmbedder(loaded._embedder)
    yield loaded
    loaded.close()


@pytest.fixture(params=["float32", "bfloat16"])
def precision(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both kinds of arithmetic that a processor may train in, whatever this one has; bfloat16 is emulated, and slow."""
    monkeypatch.setenv("OMOKAGE_PRECISION", request.param)
    return str(request.param)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    built = build(Settings.from_env({"OMOKAGE_DATA": str(tmp_path / "data")}), lambda *_: None)
    yield built
    built.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_people(tmp_path / "people")
