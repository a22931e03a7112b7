from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from core.domain.embedders import DLIB, EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.models.common import weights_file
from core.models.embedding.head import ARCHITECTURE, head_tensors, load_embedding_head, some, train_head
from core.vision.recognition.photo_reader import PhotoReading
from tests.unit.core.models.embedding import old_version
from tests.unit.core.models.embedding.builders import faces_of
from tests.unit.core.models.embedding.old_version import old_tensors

META = {"embedder": EMBEDDING_NAME}


def version(people: int) -> Version:
    classes = tuple((f"person {i}", 10 + i) for i in range(people))
    return Version(
        id=1,
        guild_id=0,
        kind=RunKind.RECOGNISER,
        number=4,
        run_id=1,
        dataset_id=1,
        dataset_title="family v1",
        dataset_hash="",
        architecture=ARCHITECTURE,
        config={},
        classes=classes,
        metrics={},
        parts=(),
        weights="",
        size=0,
        created_by=0,
        created_at=datetime.now(UTC),
    )


def reading(embeddings: np.ndarray) -> PhotoReading:
    return PhotoReading(np.zeros((1, 1, 3), np.uint8), (), embeddings)


def test_three_pictures_a_person_are_enough_to_be_named() -> None:
    embeddings, owners = faces_of([40] * 8)
    first = np.concatenate([np.flatnonzero(owners == person)[:3] for person in range(8)])
    others = np.setdiff1d(np.arange(len(owners)), first)
    head = load_embedding_head(version(8), head_tensors(*train_head(embeddings[first], owners[first], 8)), META)
    chances = head.probabilities(reading(embeddings[others]))
    assert (chances[:, :-1].argmax(1) == owners[others]).mean() > 0.95


def test_a_head_is_the_same_after_it_was_a_file() -> None:
    embeddings, owners = faces_of([5, 6, 7])
    references, open_set = train_head(embeddings, owners, 3)
    tensors, meta = weights_file.load(weights_file.dump(head_tensors(references, open_set), META))
    head = load_embedding_head(version(3), tensors, meta)
    faces = faces_of([4, 4], seed=5)[0]
    assert head.probabilities(reading(faces)) == pytest.approx(open_set.probabilities(references.evidence(faces)))
    assert head.classes == version(3).classes


def test_a_photo_without_a_face_has_no_rows() -> None:
    head = load_embedding_head(version(2), head_tensors(*train_head(*faces_of([3, 3]), 2)), META)
    assert head.probabilities(reading(np.zeros((0, 256), np.float32))).shape == (0, 3)


def test_somebody_without_a_face_in_any_picture_is_never_named() -> None:
    embeddings, owners = faces_of([4, 4])
    head = load_embedding_head(version(3), head_tensors(*train_head(embeddings, owners, 3)), META)
    assert (head.probabilities(reading(embeddings))[:, 2] == 0).all()


def test_a_version_of_before_the_second_network_answers_as_ever_to_the_last_bit() -> None:
    # Given a version as its trainer wrote it, of people with many pictures, few, one and none
    tensors = old_tensors([40, 5, 3, 1, 0])
    stored, meta = weights_file.load(weights_file.dump(tensors, old_version.META))
    head = load_embedding_head(version(5), stored, meta)
    # When photos are read whose faces both networks embedded
    near, far = tensors["embeddings"][::2], old_tensors([4] * 8, seed=1)["embeddings"]
    faces = np.concatenate([near * np.float32(0.9), far])
    joint = np.random.default_rng(2).normal(size=(len(faces), 256)).astype(np.float32)
    photo = PhotoReading(np.zeros((1, 1, 3), np.uint8), (), joint, dlib=faces)
    # Then it looks at dlib's, with the constants and formulas of then
    assert np.array_equal(head.probabilities(photo), old_version.old_probabilities(tensors, faces))
    assert 0.2 < head.probabilities(photo)[:, -1].mean() < 0.95  # some are known, and some are not


def test_an_embedder_that_is_not_known_is_named() -> None:
    tensors = head_tensors(*train_head(*faces_of([3, 3]), 2))
    with pytest.raises(OmokageError) as caught:
        load_embedding_head(version(2), tensors, {"embedder": "another network"})
    assert caught.value.details == {"version": 4, "reason": "unknown-embedder", "embedder": "another network"}


@pytest.mark.parametrize(
    ("change", "meta"),
    [
        ({}, {"embedder": "another network"}),
        ({}, {"embedder": DLIB}),
        ({}, {}),
        ({"embeddings": np.zeros((6, 64), np.float32)}, META),
        ({"owners": np.array([0, 0, 0, 1, 1, 7], np.int32)}, META),
        ({"owners": np.array([0, 0, 0, 1, 1, -1], np.int32)}, META),
        ({"offsets": np.zeros(5)}, META),
        ({"weights": None}, META),
    ],
)
def test_weights_of_something_else_are_refused(change: dict[str, np.ndarray | None], meta: dict[str, str]) -> None:
    tensors = {**head_tensors(*train_head(*faces_of([3, 3]), 2)), **change}
    with pytest.raises(OmokageError) as caught:
        load_embedding_head(version(2), {name: one for name, one in tensors.items() if one is not None}, meta)
    assert caught.value.code is ErrorCode.BAD_WEIGHTS


def test_of_many_rows_the_same_are_taken_each_time() -> None:
    rows = np.arange(50) * 2
    assert some(rows, 50).tolist() == rows.tolist()
    fewer = some(rows, 20)
    assert len(set(fewer.tolist())) == 20
    assert fewer.tolist() == sorted(some(rows, 20).tolist())
