"""A generation service with small fakes of models, photos and data sets, and helpers that read its pictures."""

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
from tests.unit.core.services.generation.fake_datasets import FakeDatasets
from tests.unit.core.services.generation.linear_generator import SIZE, LinearGenerator, read_bars

GUILD = 700
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class FakePhotos:
    """Fake decoder and detector: a photo is one byte, its grey level, and shows `faces` faces."""

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
            return []  # the enlarged picture of `find_face`
        return [face_at(50 * index, 40 - 5 * index) for index in range(self.faces)]


def face_at(left: float, side: float) -> DetectedFace:
    points = ((0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8))
    landmarks = tuple((left + x * side, 30 + y * side) for x, y in points)
    return DetectedFace(Box(left, 30, side, side), 0.9, landmarks)  # type: ignore[arg-type]


class FakeObjections:
    """Photos in which somebody objects, by their bytes, in one guild."""

    def __init__(self) -> None:
        self.photos: set[bytes] = set()

    def any_in(self, data: bytes, guild_id: int) -> bool:
        return data in self.photos and guild_id == GUILD

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class GenerationSetup:
    """The service with its fakes, and short ways to call it. `models`: by their weights."""

    database: Database
    blobs: Blobs
    models: dict[bytes, LinearGenerator] = field(default_factory=dict)
    loads: list[str] = field(default_factory=list)
    starters: bool = False

    def __post_init__(self) -> None:
        self.photos, self.datasets = FakePhotos(), FakeDatasets(self.blobs)
        self.registry = RegistryService(self.database, self.blobs)
        self.generators = GeneratorCache(self.registry, self._load, self._starter, lambda _guild: self.starters)
        self.objections = FakeObjections()
        latents = FaceLatents(FaceCropper(self.photos, self.photos), self.blobs, self.objections)
        nearest = NearestNeighbours(
            self.datasets.dataset, self.datasets.open, self.datasets.describe, self.datasets.hold_out
        )
        self.service = GenerationService(self.generators, latents, nearest, self.blobs)

    def add(self, kind: RunKind, number: int = 1, *, guild: int = GUILD, model: LinearGenerator | None = None) -> int:
        """Add a version; its weights are the key of its model in `models`."""
        weights = f"{kind} {number} of {guild}".encode()
        self.models[weights] = model or LinearGenerator(encodes=kind is RunKind.VAE)
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
        """Return the frame shown at each twentieth of a second; the file merges equal frames."""
        assert drawn.film is not None
        film = Image.open(io.BytesIO(self.blobs.get(drawn.film)))
        shown: list[Image.Image] = []
        for frame in ImageSequence.Iterator(film):
            frame.load()
            shown += [frame.convert("RGB")] * (frame.info["duration"] // FRAME_MS)
        return shown

    def _load(self, architecture: str, config: Mapping[str, JSON], weights: bytes) -> LinearGenerator:
        self.loads.append(architecture)
        return self.models[weights]

    def _starter(self, name: str) -> tuple[str, Mapping[str, JSON], bytes]:
        self.models.setdefault(name.encode(), LinearGenerator(encodes=name == "starter vae"))
        return name, {}, name.encode()


def read_tiles(picture: Image.Image, scale: int, *, labelled: bool = True) -> list[list[int]]:
    """Read the bars of each tile, row by row; see LinearGenerator."""
    pixels, side = np.asarray(picture).astype(int), SIZE * scale
    below = round(max(12, round(side * 0.11)) * 1.4) if labelled else 0
    bars = []
    for top in range(4, pixels.shape[0] - side, side + below + 4):
        middles = range(4 + side // 2, pixels.shape[1] - side // 2, side + 4)
        bars += [read_bars(pixels[top : top + side, middle, 0], scale) for middle in middles]
    return bars


def bar_levels(latent: np.ndarray) -> list[int]:
    return [int(value) for value in np.clip(np.rint(128 + 20 * latent), 0, 255)]


def expected_bars(*seeds: int, truncation: float = 1.0) -> list[list[int]]:
    return [bar_levels(latent) for latent in LinearGenerator().latents(seeds, truncation)]


def is_close(bars: list[list[int]], expected: list[list[int]], by: int = 3) -> bool:
    """Compare bars; enlarging rounds a little."""
    return np.asarray(bars) == pytest.approx(np.asarray(expected), abs=by)  # type: ignore[no-any-return]


SCALE = 192 // SIZE
