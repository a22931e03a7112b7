"""Embeddings of the developers' people and of the drawn ones, made with the product's own detection and embedder."""

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
from portraits import default_people

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray


BATCH = 64
_DRAWN_SEED = 7000  # neither the default people were chosen with these pictures nor is the cohort made of them
_DRAWN_SIZE = 256


@dataclass(frozen=True)
class Faces:
    """`embeddings` (N, 256), `people` (N,) in 0..P-1; `missed` is the fraction of pictures without a detected face."""

    embeddings: NDArray[np.float32]
    people: NDArray[np.intp]
    missed: float

    @classmethod
    def of(cls, pictures: Pictures) -> Faces:
        """Leave out pictures without a face."""
        has_face = pictures.found
        labels = pictures.labels[has_face].astype(np.intp)
        return cls(pictures.embeddings[has_face], labels, 1 - float(has_face.mean()))


@cache
def identity_faces(pictures: int) -> Faces:
    """Return `pictures` faces of each of the 40 people, drawn with a fixed seed."""
    return Faces.of(_embed(_read(identity_files(pictures)), people=40))


@cache
def idol_faces() -> Faces:
    """Return all faces of the seven idols."""
    return Faces.of(all_pictures("idols"))


@cache
def drawn_faces(pictures: int) -> Faces:
    """Return the faces of `pictures` portraits of each of the twelve default people."""
    return Faces.of(_embed(_portraits(pictures), people=len(default_people())))


@cache
def all_pictures(folder: str) -> Pictures:
    """Return all pictures of a folder of people in the order of their names, with those without a detected face."""
    folders = sorted(shared_data(folder).iterdir())
    files = [(person, file) for person, folder in enumerate(folders) for file in sorted(folder.glob("*.jpg"))]
    return _embed(_read(files), people=len(folders))


def identity_pictures() -> Pictures:
    """Return all pictures of the 40 people."""
    return all_pictures("identity")


def _read(files: Iterable[tuple[int, Path]]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    return ((person, np.asarray(Image.open(file).convert("RGB"))) for person, file in files)


def _portraits(pictures: int) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    from portraits.portraits import portrait  # loads the renderer

    for index, person in enumerate(default_people()):
        for number in range(pictures):
            yield index, portrait(person, _DRAWN_SEED + number, _DRAWN_SIZE).image


def _embed(images: Iterable[tuple[int, NDArray[np.uint8]]], people: int) -> Pictures:
    from core.vision.detection.detect import load_detector  # loads the networks
    from core.vision.embedding.embed import load_embedder

    detector, embedder = load_detector(), load_embedder()
    labels: list[int] = []
    rows: list[int] = []
    chips: list[FaceChips] = []
    embeddings: list[NDArray[np.float32]] = []
    for row, (person, image) in enumerate(images):
        labels.append(person)
        face = find_face(detector, image)
        if face is not None:
            rows.append(row)
            chips.append(face_chips(image, [face.landmarks]))
        if len(chips) == BATCH:
            embeddings.append(embedder.embed(join_chips(chips)).joint)
            chips.clear()
    embeddings.append(embedder.embed(join_chips(chips)).joint)
    all_embeddings = np.zeros((len(labels), EMBEDDING_SIZE), np.float32)
    all_embeddings[rows] = np.concatenate(embeddings)
    has_face = np.isin(np.arange(len(labels)), rows)
    return Pictures(all_embeddings, np.array(labels), has_face, people)


def identity_files(pictures: int) -> list[tuple[int, Path]]:
    """Return (person, file), at most `pictures` a person."""
    chosen = []
    for person, folder in enumerate(sorted(shared_data("identity").iterdir())):
        files = sorted(folder.glob("*.jpg"))
        random.Random(person).shuffle(files)
        chosen += [(person, file) for file in files[:pictures]]
    return chosen
