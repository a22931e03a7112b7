"""From faces that were named in the chat to a version."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from core.bootstrap import Services
from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import NewFace
from core.services.datasets.from_labels import from_labels
from core.vision.datasets.dataset_pictures import PictureReader
from core.vision.recognition.photo_reader import PhotoReader
from portraits import default_people, group
from tests.models.core.services.datasets.builders import GUILD, never
from tests.models.portrait_files import picture


def enrol(services: Services, reader: PhotoReader, photo: np.ndarray, names: dict[int, str], keep: bool = True) -> None:
    """Name the faces of a photo, from left to right."""
    out = io.BytesIO()
    Image.fromarray(photo).save(out, "JPEG", quality=95)
    blob = services.blobs.put(out.getvalue()) if keep else None
    reading = reader.read(out.getvalue())
    order = sorted(range(len(reading.faces)), key=lambda at: reading.faces[at].box.x)
    for place, called in names.items():
        face, embedding = reading.faces[order[place]], reading.embeddings[order[place]].astype("<f4").tobytes()
        new = NewFace(1, face.box, face.score, face.landmarks, embedding, EMBEDDING_NAME)
        services.people.enrol(GUILD, called, new, source="test", photo=blob)


def test_labels_become_a_version_with_the_faces_that_were_named(services: Services, reader: PictureReader) -> None:
    from core.vision.decoding.decode import SafeDecoder
    from core.vision.detection.detect import load_detector

    photos = PhotoReader(SafeDecoder(), load_detector(), reader._embedder)
    friends = group(default_people()[:3], 43)
    enrol(services, photos, friends.image, {0: "Left"})
    enrol(services, photos, np.rot90(friends.image), {2: "Right"})  # the same photo on its side
    enrol(services, photos, np.asarray(Image.open(io.BytesIO(picture(5, 0, 300)))), {0: "Left"}, keep=False)
    photos.close()
    dataset = from_labels(services.database, services.dataset_storage, GUILD, 41, load=lambda: reader)
    assert (dataset.title, [(one.name, one.pictures) for one in dataset.classes]) == (
        "labels v1",
        [("Left", 1), ("Right", 1)],
    )
    assert dataset.findings.damaged == 1  # whose photo was not kept
    known = {person.name: person.id for person in services.people.list(GUILD)}
    assert {one.name: one.person_id for one in dataset.classes} == known
    # Each of the two is the own face out of a photo with three.
    opened = services.dataset_storage.open(dataset)
    live = {row.name: row.id for row in services.people.list(GUILD)}
    rows = services.people.gallery.enrolled(GUILD)
    for label, one in enumerate(dataset.classes):
        stored_ones = [
            np.frombuffer(raw, "<f4")
            for raw, owner in zip(rows.embeddings, rows.owners, strict=True)
            if owner == live[one.name]
        ]
        assert min(float(np.linalg.norm(opened.embeddings[label] - raw)) for raw in stored_ones) < 0.05
    assert from_labels(services.database, services.dataset_storage, GUILD, 41, load=never) == dataset


def test_a_guild_without_a_label_has_nothing_to_freeze(services: Services) -> None:
    with pytest.raises(OmokageError) as caught:
        from_labels(services.database, services.dataset_storage, GUILD, 41, load=never)
    assert caught.value.code is ErrorCode.DATASET_UNFIT
