"""Embeddings of the developers' 40 people, made with the product's own detector, alignment and network."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.report import shared_data
from core.vision.align import align

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from core.domain.faces import DetectedFace
    from core.vision.detect import Detector

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
    from core.vision.detect import load_detector  # noqa: PLC0415 - the networks, only when asked for
    from core.vision.embed import load_embedder  # noqa: PLC0415

    files = identity_files(pictures)
    detector, embedder = load_detector(), load_embedder()
    people: list[int] = []
    chips: list[NDArray[np.uint8]] = []
    for person, file in files:
        image, face = find_face(detector, file)
        if face is not None:
            people.append(person)
            chips.append(align(image, face.landmarks))
    embeddings = [embedder.embed(np.stack(chips[start : start + BATCH])) for start in range(0, len(chips), BATCH)]
    return Faces(np.concatenate(embeddings), np.array(people), 1 - len(chips) / len(files))


def identity_files(pictures: int) -> list[tuple[int, Path]]:
    """(person, file), `pictures` a person at most."""
    chosen = []
    for person, folder in enumerate(sorted(shared_data("identity").iterdir())):
        files = sorted(folder.glob("*.jpg"))
        random.Random(person).shuffle(files)
        chosen += [(person, file) for file in files[:pictures]]
    return chosen


def find_face(detector: Detector, file: Path) -> tuple[NDArray[np.uint8], DetectedFace | None]:
    """A crop of 112 pixels as it would lie in a photo, twice its size with a margin, and its largest face."""
    with Image.open(file) as crop:
        face = crop.convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
    photo = Image.new("RGB", (256, 256))
    photo.paste(face, (16, 16))
    image = np.asarray(photo)
    found = detector.detect(image)
    return image, max(found, key=lambda one: one.box.w * one.box.h, default=None)
