"""A draw service around models, photos and data sets that are as small as can be."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image, ImageSequence
from sqlalchemy import insert

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box, DetectedFace
from core.domain.generation import GenerationResult
from core.domain.jobs import JSON
from core.domain.training.runs import RunKind
from core.render.film import FRAME_MS
from core.services.generation.face_selection import FaceCropper
from core.services.generation.generator_cache import GeneratorCache
from core.services.generation.latents import FaceLatents
from core.services.generation.nearest_neighbours import NearestNeighbours
from core.services.generation.service import GenerationService
from core.services.registry.service import RegistryService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.training_tables import versions
from tests.unit.core.services.generation.fake_datasets import Shelf
from tests.unit.core.services.generation.linear_faces import SIZE, LinearFaces, read_off

GUILD = 700
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Camera:
    """Decodes a photo of a grey level a byte says, with as many faces as the test put there."""

    def __init__(self) -> None:
        self.faces = 1

    def decode(self, data: bytes) -> np.ndarray:
        if data == b"text":
            raise OmokageError(ErrorCode.NOT_AN_IMAGE)
        return np.full((120, 160, 3), data[0], np.uint8)

    def close(self) -> None:
        pass

    def detect(self, image: np.ndarray) -> list[DetectedFace]:
        if image.shape != (120, 160, 3):
            return []  # enlarged, in search of a face that fills it
        return [face_at(50 * place, 40 - 5 * place) for place in range(self.faces)]


def face_at(left: float, side: float) -> DetectedFace:
    points = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    landmarks = tuple((left + x * side, 30 + y * side) for x, y in points)
    return DetectedFace(Box(left, 30, side, side), 0.9, landmarks)  # type: ignore[arg-type]


@dataclass
class Studio:
    """The service with fakes, and short ways to ask it. `models`: by their weights."""

    database: Database
    blobs: Blobs
    models: dict[bytes, LinearFaces] = field(default_factory=dict)
    loads: list[str] = field(default_factory=list)
    starters: bool = False

    def __post_init__(self) -> None:
        self.camera, self.shelf = Camera(), Shelf(self.blobs)
        self.registry = RegistryService(self.database, self.blobs)
        self.generators = GeneratorCache(self.registry, self._load, self._starter, lambda _guild: self.starters)
        codes = FaceLatents(FaceCropper(self.camera, self.camera), self.blobs)
        nearest = NearestNeighbours(self.shelf.dataset, self.shelf.open, self.shelf.describe, self.shelf.hold_out)
        self.service = GenerationService(self.generators, codes, nearest, self.blobs)

    def add(self, kind: RunKind, number: int = 1, *, guild: int = GUILD, model: LinearFaces | None = None) -> int:
        """A version; its weights are a name under which the model is found."""
        weights = f"{kind} {number} of {guild}".encode()
        self.models[weights] = model or LinearFaces(encodes=kind is RunKind.VAE)
        card = {"dataset_title": "faces v1", "dataset_hash": "ab", "config": {"head": kind.value, "seed": 3}}
        card |= {"classes": [], "metrics": {}, "parts": []}
        values = {"guild_id": guild, "kind": kind, "number": number, "architecture": f"{kind.value}-light", "size": 9}
        values |= {"weights": self.blobs.put(weights), "card": card, "created_by": 1, "created_at": NOW}
        with self.database.write() as connection:
            made = connection.execute(insert(versions).values(values).returning(versions.c.id))
            return int(made.scalar_one())

    def draw(self, request: object, guild: int = GUILD, **more: object) -> GenerationResult:
        drawn = self.service.draw(request, guild, **more)  # type: ignore[arg-type]
        assert GenerationResult.from_json(drawn.to_json()) == drawn
        return drawn

    def fails(self, request: object, guild: int = GUILD) -> OmokageError:
        with pytest.raises(OmokageError) as caught:
            self.draw(request, guild)
        return caught.value

    def photo(self, level: int = 128) -> str:
        return self.blobs.put(bytes([level]))

    def picture(self, drawn: GenerationResult) -> Image.Image:
        assert drawn.picture is not None
        return Image.open(io.BytesIO(self.blobs.get(drawn.picture)))

    def film(self, drawn: GenerationResult) -> list[Image.Image]:
        """What is seen at each twentieth of a second; the file has frames that are alike once."""
        assert drawn.film is not None
        film = Image.open(io.BytesIO(self.blobs.get(drawn.film)))
        shown: list[Image.Image] = []
        for frame in ImageSequence.Iterator(film):
            frame.load()
            shown += [frame.convert("RGB")] * (frame.info["duration"] // FRAME_MS)
        return shown

    def _load(self, architecture: str, config: Mapping[str, JSON], weights: bytes) -> LinearFaces:
        self.loads.append(architecture)
        return self.models[weights]

    def _starter(self, name: str) -> tuple[str, Mapping[str, JSON], bytes]:
        self.models.setdefault(name.encode(), LinearFaces(encodes=name == "starter vae"))
        return name, {}, name.encode()


def tiles(picture: Image.Image, scale: int, *, labelled: bool = True) -> list[list[int]]:
    """What the bars of each tile say, row by row; see LinearFaces."""
    pixels, side = np.asarray(picture).astype(int), SIZE * scale
    below = round(max(12, round(side * 0.11)) * 1.4) if labelled else 0
    found = []
    for top in range(4, pixels.shape[0] - side, side + below + 4):
        middles = range(4 + side // 2, pixels.shape[1] - side // 2, side + 4)
        found += [read_off(pixels[top : top + side, middle, 0], scale) for middle in middles]
    return found


def level(codes: np.ndarray) -> list[int]:
    return [int(one) for one in np.clip(np.rint(128 + 20 * codes), 0, 255)]


def faces(*seeds: int, truncation: float = 1.0) -> list[list[int]]:
    return [level(code) for code in LinearFaces().latents(seeds, truncation)]


def near(found: list[list[int]], wanted: list[list[int]], by: int = 3) -> bool:
    """Enlarging rounds a little."""
    return np.asarray(found) == pytest.approx(np.asarray(wanted), abs=by)  # type: ignore[no-any-return]


SCALE = 192 // SIZE
