"""The product's networks for data sets, and drawn people to read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.bootstrap import Services, build
from core.domain.faces import DetectedFace
from core.settings import Settings
from core.vision.dataset_pictures import PictureReader
from core.vision.decode import OPERATOR_LIMITS, SafeDecoder
from core.vision.detect import load_detector
from core.vision.embed import load_embedder
from core.vision.reader import Detector, FaceEmbedder
from tests.models.drawn import write_people


def _hash(array: np.ndarray) -> tuple[tuple[int, ...], bytes]:
    return array.shape, hashlib.sha256(array.tobytes()).digest()


class RememberingDetector:
    """Does not search the same picture twice."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._seen: dict[object, tuple[DetectedFace, ...]] = {}

    def detect(self, image: np.ndarray) -> tuple[DetectedFace, ...]:
        key = _hash(image)
        if key not in self._seen:
            self._seen[key] = self._detector.detect(image)
        return self._seen[key]


class RememberingEmbedder:
    """Does not embed the same batch twice."""

    def __init__(self, embedder: FaceEmbedder) -> None:
        self._embedder = embedder
        self._seen: dict[object, np.ndarray] = {}

    def embed(self, chips: np.ndarray) -> np.ndarray:
        key = _hash(chips)
        if key not in self._seen:
            self._seen[key] = self._embedder.embed(chips)
        return self._seen[key].copy()


@pytest.fixture(scope="session")
def reader() -> Iterator[PictureReader]:
    """The product's networks, and a decoder of its own; many tests bring in the same drawn people."""
    loaded = PictureReader(
        SafeDecoder(OPERATOR_LIMITS), RememberingDetector(load_detector()), RememberingEmbedder(load_embedder())
    )
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
