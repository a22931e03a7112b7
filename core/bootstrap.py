"""The only place that puts the parts together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from core.domain.jobs import LIMITS, Limits
from core.services.check_jobs import CheckJobs
from core.services.dataset_remover import DatasetRemover
from core.services.dataset_storage import DatasetStorage
from core.services.datasets import DatasetService
from core.services.guilds import GuildService
from core.services.jobs import Enqueue, JobService
from core.services.people import PeopleService
from core.services.people_editor import PeopleEditor
from core.services.registry import RegistryService
from core.services.retention import RetentionService
from core.services.runs import RunService
from core.settings import Settings
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.schema import migrate

if TYPE_CHECKING:
    from core.services.check import CheckService
    from core.services.classify import ClassifyService
    from core.services.draw import DrawService
    from core.services.evaluate import EvaluateService
    from core.services.optimise import OptimizeService
    from core.services.train import Training
    from core.services.train_watch import MakeWatcher


@dataclass(frozen=True, slots=True)
class Services:
    """What a process works with."""

    settings: Settings
    database: Database
    jobs: JobService
    people: PeopleService
    people_editor: PeopleEditor
    guilds: GuildService
    blobs: Blobs
    registry: RegistryService
    datasets: DatasetService
    dataset_storage: DatasetStorage
    dataset_remover: DatasetRemover
    runs: RunService
    checks: CheckJobs
    retention: RetentionService

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
    jobs = JobService(database, enqueue, limits=limits, storage=settings.storage, blob_size=blobs.size)
    datasets = DatasetService(database, blobs)
    retention = RetentionService(database, blobs, settings.storage)
    return Services(
        settings,
        database,
        jobs=jobs,
        people=PeopleService(database),
        people_editor=PeopleEditor(database, retention),
        guilds=GuildService(database),
        blobs=blobs,
        registry=RegistryService(database, blobs),
        datasets=datasets,
        dataset_storage=DatasetStorage(datasets, blobs, settings.data),
        dataset_remover=DatasetRemover(database, retention, settings.data / "cache"),
        runs=RunService(database, jobs, datasets, blobs, limits=limits),
        checks=CheckJobs(database, jobs),
        retention=retention,
    )


def build_classifier(services: Services, *, operator: bool = False) -> ClassifyService:
    """Load the vision parts (seconds, hundreds of megabytes): worker and CLI only.

    Args:
        services: of this process.
        operator: the photos are files of the operator's, so they may be as large as cameras make them.
    """
    # Not above: the bot imports this module and must load none of it.
    from core.services.classifier import load_classifier  # noqa: PLC0415

    return load_classifier(services.people, services.blobs, services.registry, operator=operator)


def build_training(services: Services, beside: MakeWatcher | None = None) -> Training:
    """What trains runs, here; models are loaded with the first run. `beside`: a shell that watches."""
    from core.services.trainers import load_training  # noqa: PLC0415

    return load_training(services.runs, services.registry, services.checks, services.dataset_storage, beside)


def build_evaluator(services: Services) -> EvaluateService:
    """What answers with a version's figures; loads matplotlib with the first one."""
    from core.services.evaluate import EvaluateService  # noqa: PLC0415 - numpy

    return EvaluateService(services.registry, services.blobs)


def build_checker(services: Services) -> CheckService:
    """What checks how easily versions are fooled; loads a version with its first slice."""
    from core.services.check import CheckService, load_check  # noqa: PLC0415 - numpy

    load = partial(load_check, services.registry, services.dataset_storage)
    return CheckService(services.registry, services.runs, services.checks, load)


def build_drawing(services: Services, blobs: Blobs | None = None) -> DrawService:
    """What draws faces; cheap, since networks are loaded with the first face.

    Args:
        services: of this process.
        blobs: where photos are and pictures go; None: the services'.
    """
    from core.services.drawing import load_drawing  # noqa: PLC0415 - numpy, Pillow

    return load_drawing(services.registry, services.dataset_storage, services.settings, blobs or services.blobs)


def build_optimizer(services: Services, blobs: Blobs | None = None) -> OptimizeService:
    """What fools the guild's recogniser; loads networks, seconds. `blobs`: as of `build_drawing`."""
    from core.services.optimiser import load_optimizer  # noqa: PLC0415 - TensorFlow

    return load_optimizer(services.registry, services.people, blobs or services.blobs)
