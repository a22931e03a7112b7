"""The classify service with the real vision parts; importing it loads numpy, loading it loads TensorFlow."""

from __future__ import annotations

from core.services.classify import ClassifyService
from core.services.people import PeopleService
from core.storage.blobs import Blobs
from core.vision.reader import EMBEDDING_NAME, load_photo_reader
from core.vision.recognise import RECOGNISER_NAME, make_recogniser


def load_classifier(people: PeopleService, blobs: Blobs) -> ClassifyService:
    """Load the networks: seconds and hundreds of megabytes, so once a process, and never before a fork."""
    return ClassifyService(
        load_photo_reader(),
        make_recogniser,
        people,
        blobs,
        embedder=EMBEDDING_NAME,
        model=f"{EMBEDDING_NAME}+{RECOGNISER_NAME}",
    )
