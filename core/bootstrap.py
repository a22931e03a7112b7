"""The only place that puts the parts together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from core.domain.jobs import LIMITS, Limits
from core.services.datasets import DatasetService
from core.services.guilds import GuildService
from core.services.jobs import Enqueue, JobService
from core.services.people import PeopleService
from core.services.registry import RegistryService
from core.settings import Settings
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.schema import migrate

if TYPE_CHECKING:
    from core.services.classify import ClassifyService


@dataclass(frozen=True, slots=True)
class Services:
    """What a process works with."""

    settings: Settings
    database: Database
    jobs: JobService
    people: PeopleService
    guilds: GuildService
    blobs: Blobs
    registry: RegistryService
    datasets: DatasetService

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's."""
        return self.database.engine

    def close(self) -> None:
        """Close the connections."""
        self.database.close()


def build(settings: Settings, enqueue: Enqueue, limits: Limits = LIMITS) -> Services:
    """Open, and where needed create, the storage; light enough for the bot: no numpy, no TensorFlow.

    Raises:
        RuntimeError: the database was made by a newer version.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    migrate(database)
    blobs = Blobs(settings.blobs)
    return Services(
        settings,
        database,
        jobs=JobService(database, enqueue, limits=limits),
        people=PeopleService(database),
        guilds=GuildService(database),
        blobs=blobs,
        registry=RegistryService(database, blobs),
        datasets=DatasetService(database, blobs),
    )


def build_classifier(services: Services) -> ClassifyService:
    """Load the vision parts (seconds, hundreds of megabytes): worker and CLI only."""
    # Not above: the bot imports this module and must load none of it.
    from core.services.classifier import load_classifier  # noqa: PLC0415

    return load_classifier(services.people, services.blobs, services.registry)
