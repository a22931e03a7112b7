"""The real detector, alignment, network and recogniser together, on real faces: the constants still fit each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.vision.detection.detect import Detector, load_detector
from core.vision.embedding.align import face_chips
from core.vision.embedding.embed import JointEmbedder, load_embedder
from core.vision.recognition.mean_embedding import FaceNaming, Gallery, MeanEmbeddingRecogniser

ENROLLED, ASKED = 5, 8  # pictures a person
KNOWN, STRANGERS = range(8), range(8, 14)


def embedding(file: Path, detector: Detector, embedder: JointEmbedder) -> np.ndarray | None:
    crop = Image.open(file).convert("RGB").resize((224, 224), Image.Resampling.BICUBIC)
    photo = Image.new("RGB", (256, 256))
    photo.paste(crop, (16, 16))
    image = np.asarray(photo)
    faces = detector.detect(image)
    return embedder.embed(face_chips(image, [faces[0].landmarks])).joint[0] if faces else None


@pytest.fixture(scope="module")
def people(shared_data: Path) -> list[np.ndarray]:
    """Fourteen people, the embeddings of thirteen pictures of each (fewer where no face is found)."""
    detector, embedder = load_detector(), load_embedder()
    folders = sorted((shared_data / "identity").iterdir())[: len(KNOWN) + len(STRANGERS)]
    result = [
        [embedding(file, detector, embedder) for file in sorted(folder.glob("*.jpg"))[::13]] for folder in folders
    ]
    return [np.array([one for one in person if one is not None][: ENROLLED + ASKED]) for person in result]


def named_alone(recogniser: MeanEmbeddingRecogniser, queries: np.ndarray) -> list[FaceNaming]:
    """Each face in a photo of its own."""
    return [recogniser.recognise(query[None], [frozenset()])[0] for query in queries]


@pytest.mark.long
def test_people_with_five_pictures_are_named_and_strangers_are_not(people: list[np.ndarray]) -> None:
    enrolled = np.concatenate([people[person][:ENROLLED] for person in KNOWN])
    owners = np.repeat(np.arange(len(KNOWN)), ENROLLED)
    names = tuple(f"person {person}" for person in KNOWN)
    recogniser = MeanEmbeddingRecogniser(Gallery(tuple(KNOWN), names, enrolled, owners))

    right = wrong = asked = 0
    for person in KNOWN:
        for naming in named_alone(recogniser, people[person][ENROLLED:]):
            asked += 1
            right += naming.named is not None and naming.named.person_id == person
            wrong += naming.named is not None and naming.named.person_id != person
    strangers = [naming for person in STRANGERS for naming in named_alone(recogniser, people[person])]
    strangers_named = sum(naming.named is not None for naming in strangers)

    assert asked > 50
    assert right / asked >= 0.8
    assert wrong / asked <= 0.02
    assert strangers_named / len(strangers) <= 0.05
