"""A guild in which people are known, without any network: whoever is in a photo stands in its bytes."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from core.bootstrap import Services
from core.domain.classification import ClassifyResult, FaceAnswer
from core.domain.data.datasets import Dataset
from core.domain.embedders import EMBEDDING_NAME, EMBEDDING_SIZE
from core.domain.faces import Box, Candidate, DetectedFace
from core.domain.ids import synthetic_id
from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.people import FaceRef, NewFace
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind, RunRequest
from core.services.datasets.from_labels import from_labels
from core.services.datasets.shard_writer import DatasetTarget, ShardWriter
from core.services.retraining.successors import train_embedding_head
from core.services.runs.segments import SegmentResult
from core.storage.scratch import scratch_folder
from core.vision.datasets.dataset_pictures import DatasetPicture

MODERATOR, MEMBER = 909_041_777, 909_030_555  # long enough to be told from other numbers
CHANNEL, APPLICATION = 20, 1
OWNER = "worker"


def embedding_of(name: str, number: int) -> bytes:
    """Return an embedding near those of the same name's other pictures: both networks' halves are of unit length."""
    centre, noise = (np.random.default_rng(_seed(text)) for text in (name, f"{name} {number}"))
    vector = centre.normal(size=EMBEDDING_SIZE) + 0.35 * noise.normal(size=EMBEDDING_SIZE)
    halves = [half / np.linalg.norm(half) for half in np.split(vector, 2)]
    return np.concatenate(halves).astype("<f4").tobytes()


def photo_of(*faces: tuple[str, int]) -> bytes:
    """Return a photo: who is in it, by secret keys that are nobody's names."""
    return json.dumps([[_seed(name), number] for name, number in faces]).encode()


class Community:
    """A guild with photos, answers, names, data sets and versions.

    Args:
        services: of the product.
        guild_id: the guild.
    """

    def __init__(self, services: Services, guild_id: int) -> None:
        self.services = services
        self.guild_id = guild_id
        self.origin = Origin(guild_id, CHANNEL, MEMBER, "en", APPLICATION, "")

    def post(self, *faces: tuple[str, int], named: bool = True, by: int = MODERATOR, member: int = MEMBER) -> int:
        """Post a photo, have it answered with the names of those who are known, and name all faces; return the job."""
        photo = self.services.blobs.put(photo_of(*faces))
        params = {"filename": f"{faces[0][0]}.jpg", "size": 3}
        origin = Origin(self.guild_id, CHANNEL, member, "en", APPLICATION, "")
        job_id = self.services.jobs.receive(JobRequest(synthetic_id(), JobKind.CLASSIFY, origin, params)).id
        self.services.jobs.submit(job_id, photo)
        assert self.services.jobs.leases.claim(job_id, OWNER)
        known = {person.name: person.id for person in self.services.people.list(self.guild_id)}
        likely = [Candidate(person_id, name, 0.4) for name, person_id in known.items()][:2]
        answers, found = [], []
        for place, (name, number) in enumerate(faces, 1):
            box, person_id = Box(100.0 * place, 10.0, 60.0, 60.0), known.get(name)
            top = tuple([Candidate(person_id, name, 0.9)] if person_id else likely)
            answers.append(FaceAnswer(place, box, 0.9, person_id, name if person_id else None, top))
            found.append(NewFace(place, box, 0.9, _landmarks(box), embedding_of(name, number), EMBEDDING_NAME))
        picture = self.services.blobs.put(f"picture {job_id}".encode())
        result = ClassifyResult(1000, 100, picture, "image/jpeg", tuple(answers), "net", 0.1)
        assert self.services.jobs.leases.finish(job_id, OWNER, result.to_json(), found)
        for place, (name, _) in enumerate(faces, 1):
            if named:
                where = {"channel_id": CHANNEL, "message_id": job_id, "source": "this-is"}
                self.services.people.name_face(FaceRef(job_id, place), self.guild_id, name, by=by, **where)
        return job_id

    def snapshot(self, by: int = MODERATOR) -> Dataset:
        """Make a data set of the labels."""
        return from_labels(self.services.database, self.services.dataset_storage, self.guild_id, by, load=_Reader)

    def imported(self, name: str, people: Sequence[str], pictures: int, named: bool = True) -> Dataset:
        """Make a data set of files, as an import does; a file has the same bytes as a photo of the person alone."""
        storage = self.services.dataset_storage
        with scratch_folder(storage.folder, "test") as folder:
            writer = ShardWriter(folder)
            for person in people if named else ["pictures"]:
                shown = [person] if named else people
                for one, number in itertools.product(shown, range(pictures)):
                    writer.add(person, f"{one}/{number}.jpg", picture_of(photo_of((one, number)), one, number))
            return writer.finish(storage, DatasetTarget(self.guild_id, name, MODERATOR, named=named))

    def trained(self, dataset: Dataset, *, promote: bool = True) -> Version:
        """Train an embedding head in a run, and let it answer."""
        run_id = synthetic_id()
        request = RunRequest(run_id, RunKind.RECOGNISER, "embedding", dataset.id, 0, self.origin, {})
        run = self.services.runs.start(request, OWNER)
        draft = train_embedding_head(dataset, self.services.dataset_storage.open(dataset))
        version = self.services.registry.register(run, dataset, draft)
        job = self.services.jobs.get(run.job_id or 0)
        self.services.runs.segments.finish(job, SegmentResult(6, 6, [], 1.0, None))
        if promote:
            self.services.registry.promote(version.id, MODERATOR, force_reason="it is the first")
        return version

    def serving(self) -> Version | None:
        """Return the version that answers."""
        return self.services.registry.serving(self.guild_id, RunKind.RECOGNISER)


def picture_of(photo: bytes, name: str, number: int) -> DatasetPicture:
    """Return a picture of a data set; its bytes are the file that came."""
    box = Box(10.0, 10.0, 60.0, 60.0)
    thumbnail = np.random.default_rng(_seed(f"{name} {number}")).normal(size=225).astype(np.float32)
    sha256 = hashlib.sha256(photo).hexdigest()
    return DatasetPicture(photo, sha256, _landmarks(box), box, 0.9, 60.0, embedding_of(name, number), thumbnail)


class _Reader:
    """Reads pictures: the place of a face in the photo says which it is."""

    def read_pictures(self, files: Iterable[tuple[bytes, DetectedFace | None]]) -> list[Any]:
        return [self._read(data, face) for data, face in files]

    def close(self) -> None:
        """Nothing is open."""

    def _read(self, data: bytes, face: DetectedFace | None) -> DatasetPicture:
        assert face is not None
        seed, number = json.loads(data)[round(face.box.x / 100) - 1]
        return picture_of(data, _NAMES[seed], number)


_NAMES: dict[int, str] = {}


def _seed(text: str) -> int:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")
    _NAMES[seed] = text
    return seed


def _landmarks(box: Box) -> tuple[tuple[float, float], ...]:
    places = ((0.3, 0.35), (0.7, 0.35), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    return tuple((box.x + box.w * x, box.y + box.h * y) for x, y in places)
