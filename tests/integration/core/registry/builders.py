"""Build finished runs and the versions that they make."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import insert

from core.domain.data.datasets import Dataset, DatasetClass
from core.domain.jobs import JSON, Origin
from core.domain.registry.versions import LicensedPart, Version, VersionDraft
from core.domain.training.runs import DesiredState, Run, RunKind, RunState
from core.services.registry.service import RegistryService
from core.storage.database import Database
from core.storage.training_tables import datasets, runs
from tests.integration.core.builders import CHANNEL, GUILD, MEMBER, Clock

KIND = RunKind.RECOGNISER
CLASSES = (("Anna", 1), ("本田 翼", 2))


class Trained:
    """Data sets, finished runs and versions in a database."""

    def __init__(self, database: Database, registry: RegistryService, clock: Clock) -> None:
        self.database = database
        self.registry = registry
        self.clock = clock
        self._runs = 0

    def dataset(self, guild: int = GUILD, dataset_hash: str = "ab" * 32) -> Dataset:
        values = {"guild_id": guild, "name": "family", "version": self._runs + 1, "hash": dataset_hash, "pictures": 20}
        values |= {"manifest": {}, "created_by": MEMBER, "created_at": self.clock.now}
        with self.database.write() as connection:
            key = connection.execute(insert(datasets).values(values).returning(datasets.c.id)).scalar_one()
        classes = tuple(DatasetClass(name, person_id, 10) for name, person_id in CLASSES)
        version = self._runs + 1
        return Dataset(key, guild, "family", version, dataset_hash, classes, (), 20, 0, MEMBER, self.clock.now)

    def run(self, dataset: Dataset) -> Run:
        self._runs += 1
        now, origin = self.clock.now, Origin(dataset.guild_id, CHANNEL, MEMBER, "ja", 1, "token")
        run = Run(
            900 + self._runs, dataset.guild_id, self._runs, KIND, "slim", {}, 0, dataset.id, RunState.RUNNING,
            DesiredState.RUN, 10, 10, 1.0, 1, None, None, None, origin, now, now, now, None, None, None,
        )  # fmt: skip
        values = {name: getattr(run, name) for name in ("id", "guild_id", "number", "kind", "preset", "config", "seed")}
        values |= {
            "dataset_id": dataset.id,
            "state": run.state,
            "desired_state": run.desired_state,
            "steps": 10,
            "channel_id": CHANNEL,
        }
        values |= {"created_by": MEMBER, "locale": "ja", "application_id": 1, "interaction_token": "token"}
        with self.database.write() as connection:
            connection.execute(insert(runs).values({**values, "created_at": now, "updated_at": now}))
        return run

    def version(
        self, accuracy: float | None = 0.9, guild: int = GUILD, dataset_hash: str = "ab" * 32, **metrics: JSON
    ) -> Version:
        dataset = self.dataset(guild, dataset_hash)
        folds: Mapping[str, JSON] = {} if accuracy is None else {"folds": {"0": accuracy}, "accuracy": accuracy}
        return self.registry.register(self.run(dataset), dataset, draft({**folds, **metrics}, f"{self._runs}"))


def draft(metrics: Mapping[str, JSON], weights: str = "weights") -> VersionDraft:
    config: Mapping[str, JSON] = {"head": "cnn", "preset": "slim"}
    parts = (LicensedPart("the network", "MIT"), LicensedPart("the pictures", "the members' own"))
    return VersionDraft("cnn-slim", config, CLASSES, metrics, parts, weights.encode())
