"""Embeddings of the developers' 40 people, made with the product's own detector, alignment and network."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.helpers.report import shared_data
from core.models.embedding.cross_validation import Pictures
from core.vision.datasets.main_face import find_face
from core.vision.embedding.align import CHIP_SIZE, align
from core.vision.embedding.dlib_weights import EMBEDDING_SIZE

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


BATCH = 64


@dataclass(frozen=True)
class Faces:
    """`embeddings` (N, 128), `people` (N,) in 0..39; `missed` is the share of pictures in which no face was found."""

    embeddings: NDArray[np.float32]
    people: NDArray[np.intp]
    missed: float


@cache
def identity_faces(pictures: int) -> Faces:
    """`pictures` of each person, drawn with a fixed seed; pictures without a face are left out."""
    read = _read(tuple(identity_files(pictures)))
    return Faces(read.embeddings[read.found], read.labels[read.found].astype(np.intp), 1 - float(read.found.mean()))


@cache
def identity_pictures() -> Pictures:
    """All of them, in the order of their names, with those in which no face is found."""
    folders = sorted(shared_data("identity").iterdir())
    return _read(
        tuple((person, file) for person, folder in enumerate(folders) for file in sorted(folder.glob("*.jpg")))
    )


def _read(files: tuple[tuple[int, Path], ...]) -> Pictures:
    from core.vision.detection.detect import load_detector  # the networks, only when asked for
    from core.vision.embedding.embed import load_embedder

    detector, embedder = load_detector(), load_embedder()
    found = np.zeros(len(files), bool)
    chips: list[NDArray[np.uint8]] = []
    embeddings: list[NDArray[np.float32]] = []
    for row, (_, file) in enumerate(files):
        image = np.asarray(Image.open(file).convert("RGB"))
        face = find_face(detector, image)
        if face is not None:
            found[row] = True
            chips.append(align(image, face.landmarks))
        if len(chips) == BATCH or row == len(files) - 1:
            embeddings.append(embedder.embed(np.array(chips, np.uint8).reshape(-1, CHIP_SIZE, CHIP_SIZE, 3)))
            chips.clear()
    every = np.zeros((len(files), EMBEDDING_SIZE), np.float32)
    every[found] = np.concatenate(embeddings)
    return Pictures(every, np.array([person for person, _ in files]), found, people=40)


def identity_files(pictures: int) -> list[tuple[int, Path]]:
    """(person, file), `pictures` a person at most."""
    chosen = []
    for person, folder in enumerate(sorted(shared_data("identity").iterdir())):
        files = sorted(folder.glob("*.jpg"))
        random.Random(person).shuffle(files)
        chosen += [(person, file) for file in files[:pictures]]
    return chosen
