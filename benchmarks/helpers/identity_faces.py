"""Embeddings of the developers' 40 people, made with the product's own detector, alignment and network."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.helpers.report import shared_data
from core.domain.embedders import EMBEDDING_SIZE
from core.models.embedding.cross_validation import Pictures
from core.vision.datasets.main_face import find_face
from core.vision.embedding.align import FaceChips, face_chips, join_chips

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


BATCH = 64


@dataclass(frozen=True)
class Faces:
    """`embeddings` (N, 256), `people` (N,) in 0..39; `missed` is the fraction of pictures without a detected face."""

    embeddings: NDArray[np.float32]
    people: NDArray[np.intp]
    missed: float


@cache
def identity_faces(pictures: int) -> Faces:
    """Return `pictures` faces of each person, drawn with a fixed seed; pictures without a face are omitted."""
    embedded = _embed(tuple(identity_files(pictures)))
    has_face = embedded.found
    return Faces(embedded.embeddings[has_face], embedded.labels[has_face].astype(np.intp), 1 - float(has_face.mean()))


@cache
def identity_pictures() -> Pictures:
    """Return all pictures in the order of their names, with those in which no face is detected."""
    folders = sorted(shared_data("identity").iterdir())
    return _embed(
        tuple((person, file) for person, folder in enumerate(folders) for file in sorted(folder.glob("*.jpg")))
    )


def _embed(files: tuple[tuple[int, Path], ...]) -> Pictures:
    from core.vision.detection.detect import load_detector  # loads the networks
    from core.vision.embedding.embed import load_embedder

    detector, embedder = load_detector(), load_embedder()
    has_face = np.zeros(len(files), bool)
    chips: list[FaceChips] = []
    embeddings: list[NDArray[np.float32]] = []
    for row, (_, file) in enumerate(files):
        image = np.asarray(Image.open(file).convert("RGB"))
        face = find_face(detector, image)
        if face is not None:
            has_face[row] = True
            chips.append(face_chips(image, [face.landmarks]))
        if len(chips) == BATCH or row == len(files) - 1:
            embeddings.append(embedder.embed(join_chips(chips)).joint)
            chips.clear()
    all_embeddings = np.zeros((len(files), EMBEDDING_SIZE), np.float32)
    all_embeddings[has_face] = np.concatenate(embeddings)
    return Pictures(all_embeddings, np.array([person for person, _ in files]), has_face, people=40)


def identity_files(pictures: int) -> list[tuple[int, Path]]:
    """Return (person, file), at most `pictures` a person."""
    chosen = []
    for person, folder in enumerate(sorted(shared_data("identity").iterdir())):
        files = sorted(folder.glob("*.jpg"))
        random.Random(person).shuffle(files)
        chosen += [(person, file) for file in files[:pictures]]
    return chosen
