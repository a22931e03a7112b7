"""A `reage` small enough for tests, with critics to whom a face looks older the lighter it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
from keras import ops

from core.domain.data.datasets import NOBODY, UNNAMED, Dataset, DatasetClass
from core.domain.jobs import Origin
from core.domain.training.runs import DesiredState, Run, RunKind, RunState
from core.models.ageing.quality import AgeingAnalysers
from core.models.ageing.training_set import AgedPictures
from core.models.reage.critics import CriticNetworks, Critics
from core.vision.age.age_network import CLASS_AGES

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIZE, COUNT = 64, 120
CHANNELS = (8, 8)
CONFIG = {"head": "reage", "size": SIZE, "batch": 8, "learning_rate": 0.003}
VERSION = {"size": SIZE, "channels": list(CHANNELS), "framing": "face"}


def ages(count: int = COUNT) -> np.ndarray:
    return np.linspace(5, 80, count).astype(np.float32)


def pictures(count: int = COUNT, size: int = SIZE) -> np.ndarray:
    """Soft ramps, the lighter the older; each with a pattern of its own."""
    random = np.random.default_rng(0)
    ramp = np.linspace(0.9, 1.1, size)[None, :, None, None] * np.linspace(0.95, 1.05, size)[None, None, :, None]
    coarse = np.repeat(np.repeat(random.uniform(-15, 15, (count, 4, 4, 3)), size // 4, 1), size // 4, 2)
    return np.clip((50 + 2 * ages(count)[:, None, None, None]) * ramp + coarse, 0, 255).astype(np.uint8)


def seen_age(faces: Any) -> Any:
    """(N, H, W, 3) -> (N, 81) logits about the age that the mean value stands for."""
    age = (ops.mean(faces, axis=(1, 2, 3)) - 50.0) / 2.0
    return -ops.square(CLASS_AGES - age[:, None]) / (2 * 6.0**2)


def embedded(faces: Any) -> Any:
    """(N, H, W, 3) -> (N, 108): the coarse pattern, whatever the light is."""
    side = faces.shape[1] // 6
    coarse = ops.average_pool(faces, side, side)
    coarse = ops.reshape(coarse - ops.mean(coarse, axis=(1, 2), keepdims=True), (-1, 108))
    return coarse / 100.0


def features(faces: Any) -> list[Any]:
    """(N, 128, 128, 3) -> means of parts, (N, 32, 32, 3) and (N, 8, 8, 3)."""
    return [ops.average_pool(faces, side, side) for side in (4, 16)]


def critics(images: np.ndarray, known: np.ndarray, rows: np.ndarray) -> Critics:
    return Critics(CriticNetworks(seen_age, embedded, features), images, known, rows)


def analysers() -> AgeingAnalysers:
    """The same as the critics see, of chips."""

    def estimate(chips: np.ndarray) -> np.ndarray:
        return ((chips.mean((1, 2, 3)) - 50) / 2).astype(np.float32)

    def embed(chips: np.ndarray) -> np.ndarray:
        small = chips[:, ::25, ::25].astype(np.float32)
        return ((small - small.mean((1, 2), keepdims=True)).reshape(len(chips), -1) / 100).astype(np.float32)

    return AgeingAnalysers(estimate, embed)


def data(count: int = COUNT) -> AgedPictures:
    rows = np.arange(count)
    return AgedPictures(pictures(count), ages(count), (rows % 2).astype(np.int8), rows, rows[:0])


def dataset(count: int = COUNT) -> Dataset:
    classes = (DatasetClass(UNNAMED, NOBODY, count),)
    return Dataset(1, 5, "ages", 2, "ab" * 32, classes, (), count, 0, 9, NOW)


def reader(count: int = COUNT, **changes: Any) -> Any:
    whole = {
        "found": np.ones(count, bool),
        "ages": ages(count),
        "genders": (np.arange(count) % 2).astype(np.int8),
        "images": lambda view: pictures(count, view.size),
    }
    return SimpleNamespace(**{**whole, **changes})


def run(steps: int = 8, **changes: Any) -> Run:
    whole = Run(
        id=11, guild_id=5, number=1, kind=RunKind.REAGE, preset="reage", config=CONFIG, seed=3, dataset_id=1,
        state=RunState.RUNNING, desired_state=DesiredState.RUN, step=0, steps=steps, seconds=0.0, segments=0,
        job_id=None,
        parent_id=None, parent_step=None, origin=Origin(5, 6, 7, "en", 8, ""), created_at=NOW, started_at=None,
        updated_at=NOW, finished_at=None, failure=None, live=None,
    )  # fmt: skip
    return replace(whole, **changes)
