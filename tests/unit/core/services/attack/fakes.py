"""An optimise service around recognisers that look at nothing but how red a face is: small, exact, no TensorFlow."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy import insert

from core.domain.embedders import EMBEDDING_SIZE
from core.domain.errors import OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.generation import Face
from core.domain.jobs import Job, JobKind, JobState, Origin, QueueName
from core.domain.optimisation import OptimizeMode, OptimizeRequest, OptimizeResult
from core.domain.people import NewFace
from core.domain.registry.versions import Promotion, Version
from core.domain.training.runs import RunKind
from core.services.attack.callbacks import OptimisationCallback
from core.services.attack.rechecking import PictureEvaluator
from core.services.attack.service import OptimizeService
from core.services.attack.setup import AttackDependencies
from core.services.people.service import PeopleService
from core.services.recognition.guild_recogniser import GuildRecogniser
from core.services.recognition.head_cache import HeadCache
from core.services.recognition.service import ClassifyService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.training_tables import versions
from core.storage.version_rows import insert_promotion
from core.vision.embedding.align import DLIB_TEMPLATE, FaceChips
from core.vision.embedding.face_embeddings import FaceEmbeddings
from core.vision.recognition.mean_embedding import make_recogniser
from core.vision.recognition.photo_reader import PhotoReader, PhotoReading, best_faces
from core.vision.recognition.version_recogniser import VersionRecogniser

GUILD, KIND = 700, RunKind.RECOGNISER
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ANNA, BEN, CARA = "Anna", "Ben", "Cara"
LEVELS = {ANNA: 60.0, BEN: 120.0, CARA: 180.0}  # how red they are, 0 to 255
NOISE = 96  # pixels a side of the canvas of noise


def face_at(left: float = 20, side: float = 60, score: float = 0.9) -> DetectedFace:
    one, two, three, four, five = ((left + x * side / 150, 20 + y * side / 150) for x, y in DLIB_TEMPLATE.points)
    return DetectedFace(Box(left, 20, side, side), score, (one, two, three, four, five))


class Eyes(PhotoReader):
    """Reads PNG and JPEG, and finds the faces that the test has put into every picture."""

    def __init__(self) -> None:
        super().__init__(self, self, self)  # type: ignore[arg-type]
        self.faces: list[DetectedFace] = []
        self.reads = 0

    def close(self) -> None:
        pass

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))

    def detect(self, image: NDArray[np.uint8]) -> tuple[DetectedFace, ...]:
        self.reads += 1
        return best_faces(self.faces)

    def embed(self, chips: FaceChips) -> FaceEmbeddings:
        count = len(chips.dlib)
        embeddings = np.zeros((count, EMBEDDING_SIZE), np.float32)
        embeddings[:, 0] = chips.dlib[..., 0].mean((1, 2)) if count else 0
        return FaceEmbeddings(embeddings, np.zeros((count, 128), np.float32))


class RedHead:
    """Takes a face for whoever is about as red; five levels make it e times less likely."""

    def __init__(self, classes: tuple[tuple[str, int], ...], unknown: float) -> None:
        self.classes = classes
        self.unknown = unknown

    def known(self, reading: PhotoReading) -> NDArray[np.float64]:
        levels = np.array([LEVELS[name] for name, _ in self.classes])
        logits = -np.abs(reading.embeddings[:, :1] - levels) / 5
        chances = np.exp(logits - logits.max(1, keepdims=True))
        return np.asarray(chances / chances.sum(1, keepdims=True), np.float64)

    def probabilities(self, reading: PhotoReading) -> NDArray[np.float64]:
        unknown = np.full((len(reading.faces), 1), self.unknown)
        return np.hstack([(1 - unknown) * self.known(reading), unknown])


@dataclass(frozen=True)
class Reached:
    loss: float
    probability: float


class Reddening:
    """Brings red nearer to the target's by one level a step, within the bound."""

    def __init__(self, head: RedHead, target: int, request: OptimizeRequest, **where: Any) -> None:
        self._level = LEVELS[head.classes[target][0]]
        self._bound = request.epsilon if request.mode is OptimizeMode.FOOL else 255
        noise = np.random.default_rng(request.seed).integers(0, 256, (NOISE, NOISE, 3), np.uint8)
        self._start = noise if where["start"] is None else where["start"]
        so_far = where["so_far"]
        self.picture = self._start if so_far is None else so_far
        self.face = where["face"]
        self.step, self.steps, self.settled = 0, request.all_steps, False

    def advance(self) -> Reached:
        self.step += 1
        red = self.picture[..., 0].astype(int)
        low, high = self._start[..., 0].astype(int) - self._bound, self._start[..., 0].astype(int) + self._bound
        moved = np.clip(red + np.sign(self._level - red), np.maximum(low, 0), np.minimum(high, 255))
        self.settled = bool((moved == red).all())
        self.picture = np.dstack([moved.astype(np.uint8), self.picture[..., 1:]])
        off = abs(self._level - float(self.picture[..., 0].mean()))
        return Reached(off / 5, float(np.exp(-off / 5)))


def painted(red: float, size: tuple[int, int] = (100, 100)) -> bytes:
    """A photo of one colour, PNG; `size` is width and height."""
    out = io.BytesIO()
    Image.new("RGB", size, (round(red), 90, 30)).save(out, "PNG")
    return out.getvalue()


@dataclass
class Lab:
    """The service, and short ways to ask it."""

    database: Database
    blobs: Blobs
    attack: Callable[..., Any] = Reddening
    clock: Callable[[], float] = time.monotonic
    ids: dict[str, int] = field(default_factory=dict)
    heads: dict[bytes, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.eyes = Eyes()
        self.eyes.faces = [face_at()]
        self.registry, self.people = RegistryService(self.database, self.blobs), PeopleService(self.database)
        heads = HeadCache(self.registry, self._load)
        recogniser = GuildRecogniser(self.registry, self.people, heads, VersionRecogniser)
        self.classifier = ClassifyService(
            self.eyes, make_recogniser, self.people.gallery, self.blobs, recogniser=recogniser
        )
        self.evaluator = PictureEvaluator(self.eyes, self.classifier, self.people)
        self.parts = AttackDependencies(
            self.registry,
            self.people,
            self.blobs,
            self.evaluator,
            self.eyes.decode,
            self.eyes.upright,
            heads.get,
            self._begin,
        )
        self.service = OptimizeService(self.parts, self.clock)
        for name in LEVELS:
            face = NewFace(1, Box(0, 0, 9, 9), 0.9, (), bytes(512), "another embedder")
            self.ids[name] = self.people.enrol(GUILD, name, face, source="cli:x.jpg").id

    def service_on(self, blobs: Blobs) -> OptimizeService:
        """The same with photos and pictures elsewhere."""
        return OptimizeService(replace(self.parts, blobs=blobs), self.clock)

    def train(
        self,
        number: int = 1,
        *,
        unknown: float = 0.0,
        kind: str = "cnn",
        names: Sequence[str] = tuple(LEVELS),
        gate: RedHead | None = None,
        promoted: bool = True,
    ) -> Version:
        """A version; `gate`: as a CNN has one."""
        weights = f"{number}".encode()
        classes = tuple((name, self.ids[name]) for name in names)
        self.heads[weights] = head = RedHead(classes, unknown)
        if gate is not None:
            head.gate = gate  # type: ignore[attr-defined]
        card = {"dataset_title": "faces v1", "dataset_hash": "", "config": {"head": kind}, "metrics": {}, "parts": []}
        card["classes"] = [list(one) for one in classes]
        values = {"guild_id": GUILD, "kind": KIND, "number": number, "architecture": f"{kind}-1", "size": 1}
        values |= {"weights": self.blobs.put(weights), "card": card, "created_by": 1, "created_at": NOW}
        with self.database.write() as connection:
            key = connection.execute(insert(versions).values(values).returning(versions.c.id)).scalar_one()
        if promoted:
            self.promote(key)
        return self.registry.get(key)

    def promote(self, version_id: int) -> None:
        with self.database.write() as connection:
            insert_promotion(connection, Promotion(GUILD, KIND, version_id, True, "test", 1, NOW))

    def fool(self, red: float = 110, target: str = ANNA, **more: Any) -> OptimizeRequest:
        photo = self.blobs.put(painted(red, more.pop("size", (100, 100))))
        start = Face(photo=photo, index=more.pop("index", None))
        return OptimizeRequest(target, OptimizeMode.FOOL, start=start, **{"epsilon": 32, **more})

    def ask(self, request: OptimizeRequest, watch: OptimisationCallback | None = None) -> OptimizeResult:
        answer = self.service.optimise(request, GUILD, watch)
        assert OptimizeResult.from_json(answer.to_json()) == answer
        return answer

    def fails(self, request: OptimizeRequest) -> OmokageError:
        with pytest.raises(OmokageError) as caught:
            self.ask(request)
        return caught.value

    def pixels(self, blob: str | None) -> NDArray[np.uint8]:
        assert blob is not None
        return self.eyes.decode(self.blobs.get(blob))

    def _begin(self, *said: Any, **where: Any) -> Any:
        return self.attack(*said, **where)

    def _load(self, version: Version, weights: bytes) -> Any:
        return self.heads[weights]


def job_of(request: OptimizeRequest) -> Job:
    origin = Origin(GUILD, 1, 2, "ja", 3, "token")
    return Job(
        1, JobKind.OPTIMIZE, JobState.RUNNING, QueueName.GPU, 3, origin, request.to_json(), None, 1, False,
        NOW, NOW, NOW, None, "worker", NOW, None, None, None,
    )  # fmt: skip
