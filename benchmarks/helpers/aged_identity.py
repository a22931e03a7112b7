"""Whether aged faces are still the same people: to dlib's network, and to the recogniser that knows 40 people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.helpers.age_faces import cached
from benchmarks.helpers.compared_agers import ShownFace
from benchmarks.helpers.identity_faces import identity_files
from core.vision.datasets.main_face import find_face
from core.vision.embedding.align import face_chips, join_chips
from core.vision.embedding.dlib_weights import SAME_PERSON_DISTANCE
from core.vision.recognition.mean_embedding import NAME_FROM, Gallery, MeanEmbeddingRecogniser

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from core.vision.embedding.embed import JointEmbedder
    from core.vision.embedding.face_embeddings import FaceEmbeddings

ENROLLED = 9  # pictures a person: from there on more change little (`python -m benchmarks recognition`)
QUERIED = 5  # pictures a person: 200 faces to age


def embed(embedder: JointEmbedder, faces: Sequence[ShownFace]) -> FaceEmbeddings:
    """Embed the face of each picture."""
    return embedder.embed(join_chips(face_chips(face.image, [face.landmarks]) for face in faces))


def kept_fraction(before: NDArray[np.float32], after: NDArray[np.float32]) -> float:
    """Return of which fraction dlib's embeddings (N, 128) are of the same person as before."""
    return float((np.linalg.norm(before - after, axis=1) < SAME_PERSON_DISTANCE).mean())


@dataclass(frozen=True)
class KnownPeople:
    """40 people: `enrolled` (M, 256) of `owners` (M,), and other photos of theirs, of `people` (N,)."""

    enrolled: NDArray[np.float32]
    owners: NDArray[np.intp]
    queries: list[ShownFace]
    people: NDArray[np.intp]

    @cached_property
    def _recogniser(self) -> MeanEmbeddingRecogniser:
        ids = tuple(range(int(self.owners.max()) + 1))
        return MeanEmbeddingRecogniser(Gallery(ids, tuple(map(str, ids)), self.enrolled, self.owners))

    def are_named_rightly(
        self, embeddings: NDArray[np.float32], rows: NDArray[np.intp] | None = None
    ) -> NDArray[np.bool_]:
        """Return whether queries are named, and rightly, by embeddings (M, 256) of both networks; `rows` (M,): which.

        Without `rows` they are all queries.
        """
        people = self.people if rows is None else self.people[rows]
        nobody = np.zeros((len(embeddings), len(self._recogniser.people)), np.bool_)
        probabilities = self._recogniser.probabilities(embeddings, nobody)
        is_named = (probabilities.argmax(1) == people) & (probabilities.max(1) >= NAME_FROM)
        return np.asarray(is_named)


def load_known_people(cache: Path, embedder: JointEmbedder) -> KnownPeople:
    """Read the developers' 40 people; what the detector and the embedder see in them is kept in the cache."""
    from core.vision.detection.detect import load_detector  # the network, only when the cache is empty

    files = identity_files(ENROLLED + QUERIED)
    names = np.array([f"{person}/{file.name}" for person, file in files])

    def locate() -> dict[str, NDArray[np.float64]]:
        detector = load_detector()
        faces = [find_face(detector, _read(file)) for _, file in files]
        return {"landmarks": np.array([face.landmarks if face else np.full((5, 2), np.nan) for face in faces])}

    landmarks = cached(cache / "identity-landmarks.npz", {"names": names}, locate)["landmarks"]
    has_face = ~np.isnan(landmarks).any((1, 2))
    people = np.array([person for person, _ in files])
    number = np.concatenate([np.arange(count) for count in np.unique(people, return_counts=True)[1]])
    enrolled, queried = (np.flatnonzero(has_face & chosen) for chosen in (number < ENROLLED, number >= ENROLLED))
    shown = {row: ShownFace(_read(files[row][1]), [(x, y) for x, y in landmarks[row]]) for row in (*enrolled, *queried)}
    embeddings = cached(
        cache / "identity-embeddings.npz",
        {"names": names[enrolled]},
        lambda: {"embeddings": embed(embedder, [shown[row] for row in enrolled]).joint},
    )["embeddings"]
    return KnownPeople(embeddings, people[enrolled], [shown[row] for row in queried], people[queried])


def _read(file: Path) -> NDArray[np.uint8]:
    return np.asarray(Image.open(file).convert("RGB"))
