"""A trainer as small as can be whose next step depends on all that a real one's does, and a run for it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert

from core.domain.data.datasets import Dataset, DatasetClass, Preflight, Remark, Shard
from core.domain.errors import ErrorCode, OmokageError
from core.domain.ids import synthetic_id
from core.domain.jobs import JSON, Origin
from core.domain.registry.versions import LicensedPart, Version, VersionDraft
from core.domain.training.runs import EarlyStop, Run, RunKind, RunRequest
from core.storage.database import Database
from core.storage.training_tables import datasets

GUILD = 700
NOW = datetime(2026, 11, 21, tzinfo=UTC)
ORIGIN = Origin(GUILD, 20, 30, "ja", 1, "secret token")
DATASET = Dataset(
    id=1,
    guild_id=GUILD,
    name="family",
    version=1,
    hash="ab" * 32,
    classes=(DatasetClass("Anna", 1, 9), DatasetClass("Ben", 2, 9)),
    shards=(Shard("cd" * 32, 18, 1000),),
    pictures=18,
    without_face=0,
    created_by=30,
    created_at=NOW,
)


class FakeTrainer:
    """Walks down a valley with momentum and noise: weights, optimiser, moving average, random state."""

    def __init__(
        self,
        run: Run,
        *,
        report_every: int = 10,
        evaluate_every: int = 25,
        on_step: Callable[[int], None] | None = None,
    ) -> None:
        self.step, self.steps = 0, run.steps
        self.report_every, self.evaluate_every = report_every, evaluate_every
        self._on_step = on_step
        self._random = random.Random(run.seed)
        self.weights, self._speed, self.average = [3.0, -2.0], [0.0, 0.0], [3.0, -2.0]
        self._losses: list[float] = []
        self.closed = False
        self.rots_at: int | None = None
        self._ended = False

    def advance(self) -> None:
        for index, weight in enumerate(self.weights):
            self._speed[index] = 0.9 * self._speed[index] - 0.01 * (weight + self._random.gauss(0, 0.1))
            self.weights[index] += self._speed[index]
            self.average[index] = 0.99 * self.average[index] + 0.01 * self.weights[index]
        self._losses.append(sum(weight * weight for weight in self.weights))
        self.step += 1
        if self._on_step is not None:
            self._on_step(self.step)

    def report(self) -> Mapping[str, float]:
        losses, self._losses = self._losses, []
        return {"loss": sum(losses) / len(losses)}

    def evaluate(self) -> Mapping[str, float]:
        return {"held_out_accuracy": 1 / (1 + sum(weight * weight for weight in self.average))}

    def should_stop(self) -> EarlyStop | None:
        """A reason to end where a test set `rots_at`; the step before the last was the best."""
        if self.rots_at is None or self.step < self.rots_at:
            return None
        self.steps, self._ended = self.step, True
        return EarlyStop("diversity-fell", self.step, self.step - self.evaluate_every, "kid", 0.03)

    def sample(self) -> bytes | None:
        return None

    def state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "weights": self.weights,
            "speed": self._speed,
            "average": self.average,
            "random": self._random.getstate(),
            "ended": self._ended,
        }

    def save_state(self) -> bytes:
        return json.dumps(self.state()).encode()

    def restore(self, data: bytes) -> None:
        try:
            state = json.loads(data)
        except ValueError as error:
            raise OmokageError(ErrorCode.BAD_WEIGHTS) from error
        self.step, self._ended = state["step"], state["ended"]
        self.steps = self.step if self._ended else self.steps
        self.weights, self._speed, self.average = state["weights"], state["speed"], state["average"]
        version, words, gauss = state["random"]
        self._random.setstate((version, tuple(words), gauss))

    def finish(self) -> VersionDraft:
        weights = self.save_state()
        return VersionDraft("fake-1", {}, (("Anna", 1),), {"accuracy": 1.0}, (LicensedPart("fake", "MIT"),), weights)

    def close(self) -> None:
        self.closed = True


class FakeDatasets:
    """One data set for all, which `blocks` may make unfit."""

    def __init__(self, *blocks: Remark) -> None:
        self.blocks = blocks

    def get(self, dataset_id: int, guild_id: int | None = None) -> Dataset:
        if dataset_id != DATASET.id:
            raise OmokageError(ErrorCode.UNKNOWN_DATASET)
        return DATASET

    def preflight(self, dataset: Dataset, minimum_pictures: int = 3, kind: RunKind = RunKind.RECOGNISER) -> Preflight:
        return Preflight(2, 18, 9, 9, self.blocks)


class FakeRegistry:
    """Gives each run one version, whatever else comes."""

    def __init__(self) -> None:
        self.drafts: dict[int, VersionDraft] = {}

    def register(self, run: Run, dataset: Dataset, draft: VersionDraft) -> Version:
        self.drafts.setdefault(run.id, draft)
        return Version(
            id=1,
            guild_id=run.guild_id,
            kind=run.kind,
            number=len(self.drafts),
            run_id=run.id,
            dataset_id=dataset.id,
            dataset_title=dataset.title,
            dataset_hash=dataset.hash,
            architecture=draft.architecture,
            config=draft.config,
            classes=draft.classes,
            metrics=draft.metrics,
            parts=draft.parts,
            weights="ef" * 32,
            size=len(draft.weights),
            created_by=30,
            created_at=NOW,
        )


def insert_dataset(connection: Connection) -> None:
    """The row that runs point to."""
    values = {"id": 1, "guild_id": GUILD, "name": "family", "version": 1, "hash": DATASET.hash, "manifest": {}}
    values |= {"pictures": 18, "created_by": 30, "created_at": NOW}
    connection.execute(insert(datasets).values(values))


def prepare(database: Database) -> None:
    with database.write() as connection:
        insert_dataset(connection)


def request(steps: int = 100, preset: str = "classic", guild: int = GUILD, **config: JSON) -> RunRequest:
    origin = replace(ORIGIN, guild_id=guild)
    return RunRequest(synthetic_id(), RunKind.RECOGNISER, preset, 1, steps, origin, config, seed=5)
