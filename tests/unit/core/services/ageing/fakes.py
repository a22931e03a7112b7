"""An ageing service with small fakes of models, photos and networks; each changes or reads pixels in a way that shows.

A photo is grey, and as old as it is dark: 30 years at a level of 30. The fake model adds the difference of the ages to
every pixel of a face.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.domain.ageing import AgeRefusal, AgeRequest, AgeResult
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.training.runs import RunKind
from core.models.ageing.face_ager import FaceChange
from core.services.ageing.assessment import FaceAssessor
from core.services.ageing.service import AgeingService
from core.services.registry.model_cache import LoadedModel
from core.services.registry.model_names import ModelName
from core.storage.blobs import Blobs
from core.vision.embedding.align import FaceChips
from core.vision.embedding.face_embeddings import FaceEmbeddings
from core.vision.recognition.photo_reader import PhotoReader, PhotoReading
from core.vision.views import Framing, View, portrait_template

GUILD = 700
SIZE = 32  # pixels a side that the fake model takes
HEIGHT, WIDTH = 300, 600
SIDE = 200  # of a portrait, in pixels of the photo
ERROR = 6.5


def face_at(x: float, y: float = 150, side: float = SIDE, *, height: float = 90) -> DetectedFace:
    """Return a face whose portrait has its middle at (x, y); `height` is that of its box."""
    points = portrait_template(1) * side + (x - side / 2, y - side / 2)
    landmarks = tuple((float(px), float(py)) for px, py in points)
    return DetectedFace(Box(x - height / 2, y - height / 2, height, height), 0.9, landmarks)  # type: ignore[arg-type]


class FakeAger:
    """Adds the difference of the ages; `typical` is what it says of every picture."""

    def __init__(self, framing: Framing = Framing.PORTRAIT) -> None:
        self.view = View(framing, SIZE)
        self.typical = 1.0
        self.batches: list[list[float]] = []  # the ages of each call

    def change(
        self, pictures: NDArray[np.uint8], present: NDArray[np.float32], ages: NDArray[np.float32]
    ) -> FaceChange:
        assert pictures.shape == (len(ages), SIZE, SIZE, 3)
        assert present.shape == ages.shape
        self.batches.append(ages.tolist())
        delta = np.broadcast_to((ages - present)[:, None, None, None] * 2, (len(ages), SIZE, SIZE, 3))
        return FaceChange(delta.astype(np.float32), np.full((len(ages), SIZE, SIZE, 1), 0.5, np.float32))

    def typicality(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.full(len(pictures), self.typical, np.float32)


class FakeAgers:
    """The guild's models, of which there is one."""

    def __init__(self) -> None:
        self.ager = FakeAger()
        self.version_id: int | None = 7

    def get(self, guild_id: int, requested: str | None) -> LoadedModel[FakeAger]:
        if requested == "nothing":
            raise OmokageError(ErrorCode.UNKNOWN_MODEL, model=requested, known="reage v1")
        name = "starter reage" if self.version_id is None else "reage v1"
        return LoadedModel(
            ModelName(name, f"{name} (light)", RunKind.VAE, True, version_id=self.version_id), self.ager, None
        )


@dataclass
class FakePhotos:
    """Decoder, detector and embedder: a photo is one byte, its grey level."""

    faces: Sequence[DetectedFace] = field(default_factory=lambda: [face_at(150)])
    closed: bool = False

    def decode(self, data: bytes) -> NDArray[np.uint8]:
        if data == b"text":
            raise OmokageError(ErrorCode.NOT_AN_IMAGE)
        return np.full((HEIGHT, WIDTH, 3), data[0], np.uint8)

    def close(self) -> None:
        self.closed = True

    def detect(self, image: NDArray[np.uint8]) -> Sequence[DetectedFace]:
        return self.faces if image.shape == (HEIGHT, WIDTH, 3) else []

    def embed(self, chips: FaceChips) -> FaceEmbeddings:
        """Embed a face as its brightness: 100 levels are a distance of 1."""
        dlib = np.zeros((len(chips.dlib), 128), np.float32)
        dlib[:, 0] = chips.dlib[:, 60:90, 60:90].mean((1, 2, 3)) / 100
        return FaceEmbeddings(np.zeros((len(dlib), 256), np.float32), dlib)

    def warm_up(self) -> None:
        pass


@dataclass
class AgeingSetup:
    """The service with its fakes; `refusals` and `objecting` are of faces by their index."""

    blobs: Blobs
    photos: FakePhotos = field(default_factory=FakePhotos)
    refusals: Mapping[int, AgeRefusal] = field(default_factory=dict)
    objecting: frozenset[int] = frozenset()
    agers: FakeAgers = field(default_factory=FakeAgers)

    def __post_init__(self) -> None:
        assessor = FaceAssessor(self._estimate, self._find_unfit, self)
        reader = PhotoReader(self.photos, self.photos, self.photos)
        self.service = AgeingService(
            self.agers, reader, self.photos, assessor, self.blobs, age_error=lambda: ERROR  # type: ignore[arg-type]
        )  # fmt: skip

    @property
    def ager(self) -> FakeAger:
        return self.agers.ager

    def photo(self, level: int = 30) -> str:
        return self.blobs.put(bytes([level]))

    def draw(self, request: AgeRequest, **more: object) -> AgeResult:
        result = self.service.draw(request, GUILD, **more)  # type: ignore[arg-type]
        assert AgeResult.from_json(result.to_json()) == result
        return result

    def open(self, blob: str | None) -> Image.Image:
        assert blob is not None
        return Image.open(io.BytesIO(self.blobs.get(blob)))

    def pixels(self, blob: str | None) -> NDArray[np.int32]:
        return np.asarray(self.open(blob).convert("RGB")).astype(np.int32)

    def find(self, reading: PhotoReading, photo: str, guild_id: int) -> list[bool]:
        return [index in self.objecting for index in range(len(reading.faces))]

    def _estimate(self, photo: NDArray[np.uint8], faces: Sequence[DetectedFace]) -> NDArray[np.float32]:
        return np.full(len(faces), photo[0, 0, 0], np.float32)

    def _find_unfit(self, photo: NDArray[np.uint8], faces: Sequence[DetectedFace]) -> list[AgeRefusal | None]:
        return [self.refusals.get(list(self.photos.faces).index(face)) for face in faces]
