"""The cast is only of use if the product itself finds its faces and tells them apart."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.faces import Box, DetectedFace
from portraits import StarterPicture, default_people, group, portrait

PICTURES = 4  # a person: three to know and one to ask


def finds(face: DetectedFace, truth: Box) -> bool:
    box = face.box
    wide = min(truth.x + truth.w, box.x + box.w) - max(truth.x, box.x)
    high = min(truth.y + truth.h, box.y + box.h) - max(truth.y, box.y)
    shared = max(wide, 0) * max(high, 0)
    return shared / (truth.w * truth.h + box.w * box.h - shared) >= 0.35


@pytest.fixture(scope="module")
def detector():
    from core.vision.detection.detect import load_detector

    return load_detector()


@pytest.fixture(scope="module")
def portraits() -> list[StarterPicture]:
    return [portrait(person, 300 + n, 224) for person in default_people() for n in range(PICTURES)]


@pytest.fixture(scope="module")
def faces(detector, portraits: list[StarterPicture]) -> list[DetectedFace | None]:
    result = [[face for face in detector.detect(p.image) if finds(face, p.boxes[0])] for p in portraits]
    return [some[0] if some else None for some in result]


@pytest.mark.long
def test_the_detector_finds_at_least_nine_in_ten_portraits(faces: list[DetectedFace | None]) -> None:
    assert sum(face is not None for face in faces) >= 0.9 * len(faces)


def test_the_detector_finds_at_least_nine_in_ten_faces_of_group_photos(detector) -> None:
    pictures = [group(default_people()[i : i + n], 60 + n) for i, n in ((0, 3), (3, 5), (4, 8))]
    result = [detector.detect(p.image) for p in pictures]
    hits = [any(finds(face, box) for face in some) for p, some in zip(pictures, result, strict=True) for box in p.boxes]
    assert sum(hits) >= 0.9 * len(hits)


def test_a_fourth_picture_is_nearest_to_the_right_person_of_twelve(
    portraits: list[StarterPicture], faces: list[DetectedFace | None]
) -> None:
    from core.vision.embedding.align import face_chips, join_chips
    from core.vision.embedding.embed import load_embedder

    seen = [(p, f) for p, f in zip(portraits, faces, strict=True) if f is not None]
    chips = join_chips(face_chips(p.image, [f.landmarks]) for p, f in seen)
    embeddings = load_embedder().embed(chips).joint
    people = np.array([p.people[0].id for p, _ in seen])
    known = np.concatenate([np.flatnonzero(people == person.id)[: PICTURES - 1] for person in default_people()])
    asked = np.setdiff1d(np.arange(len(people)), known)
    distances = np.linalg.norm(embeddings[asked][:, None] - embeddings[known][None], axis=2)
    right = people[known][distances.argmin(axis=1)] == people[asked]
    assert right.mean() >= 0.9  # of twelve: one may be wrong
