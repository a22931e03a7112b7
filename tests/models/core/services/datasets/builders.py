"""Builders of imported data sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.bootstrap import Services
from core.domain.data.datasets import Dataset
from core.domain.embedders import DLIB
from core.services.datasets.builder import PictureFileReader
from core.services.datasets.importing import import_folder
from core.vision.datasets import dataset_pictures
from core.vision.datasets.dataset_pictures import PictureReader
from core.vision.embedding.align import FaceChips
from core.vision.embedding.face_embeddings import FaceEmbeddings
from core.vision.recognition.photo_reader import FaceEmbedder

GUILD = 7


def imported(services: Services, reader: PictureFileReader, source: Path, called: str = "family") -> Dataset:
    """Import a folder with people's names and return the version."""
    return import_folder(services.dataset_storage, source, GUILD, called, 41, load=lambda: reader)[0]


class OldEmbedder:
    """The face network before there were two: 128 numbers."""

    def __init__(self, embedder: FaceEmbedder) -> None:
        self._embedder = embedder

    def embed(self, chips: FaceChips) -> FaceEmbeddings:
        dlib = self._embedder.embed(chips).dlib
        return FaceEmbeddings(dlib, dlib)

    def warm_up(self) -> None:
        """Leave it to the first call."""


def imported_before(services: Services, reader: PictureReader, source: Path, called: str = "family") -> Dataset:
    """Import a folder as it was done when dlib's network alone embedded faces."""
    old = PictureReader(reader._decoder, reader._detector, OldEmbedder(reader._embedder))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dataset_pictures, "EMBEDDING_NAME", DLIB)
        return imported(services, old, source, called)


def never() -> PictureFileReader:
    """Fail the test where the networks are loaded."""
    raise AssertionError("the networks were loaded")
