"""The only place that puts the parts together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from core.domain.jobs import JOB_LIMITS, JobLimits
from core.services.datasets.removal import DatasetRemover
from core.services.datasets.service import DatasetService
from core.services.datasets.storage import DatasetStorage
from core.services.guilds import GuildService
from core.services.jobs.retraining_jobs import RetrainingJobs
from core.services.jobs.robustness_checks import CheckJobs
from core.services.jobs.service import Enqueue, JobService
from core.services.labelling.jobs import LabellingJobs
from core.services.labelling.service import LabellingService
from core.services.labelling.voters import VoterService
from core.services.people.aliases import AliasEditor
from core.services.people.editor import PeopleEditor
from core.services.people.service import PeopleService
from core.services.people.splitting import PersonSplitter
from core.services.privacy.forgetting import PersonForgetter
from core.services.privacy.jobs import ForgettingJobs
from core.services.privacy.members import MemberData
from core.services.reembedding.service import ReembeddingService
from core.services.registry.service import RegistryService
from core.services.retention import RetentionService
from core.services.runs.service import RunService
from core.services.workers.service import WorkerService
from core.settings import Settings
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.schema import migrate

if TYPE_CHECKING:
    from core.services.ageing.service import AgeingService
    from core.services.attack.service import OptimizeService
    from core.services.generation.service import GenerationService
    from core.services.learning.service import LearnService
    from core.services.moving.chat_export import ChatExportService
    from core.services.privacy.finishing import ForgettingWorker
    from core.services.recognition.explaining import WhyService
    from core.services.recognition.picture_sheet import SheetService
    from core.services.recognition.service import ClassifyService
    from core.services.reembedding.reembedder import Reembedder
    from core.services.retraining.service import RetrainingService
    from core.services.robustness.service import RobustnessService
    from core.services.teaching.factory import Teaching
    from core.services.training.callbacks import MakeCallback
    from core.services.training.cross_validation import EvaluateService
    from core.services.training.segment_runner import Training


@dataclass(frozen=True, slots=True)
class Services:
    """What a process works with."""

    settings: Settings
    database: Database
    jobs: JobService
    people: PeopleService
    people_editor: PeopleEditor
    aliases: AliasEditor
    splitter: PersonSplitter
    guilds: GuildService
    blobs: Blobs
    registry: RegistryService
    datasets: DatasetService
    dataset_storage: DatasetStorage
    dataset_remover: DatasetRemover
    runs: RunService
    checks: CheckJobs
    labelling: LabellingService
    labelling_jobs: LabellingJobs
    voters: VoterService
    reembedding: ReembeddingService
    retraining: RetrainingJobs
    retention: RetentionService
    forgetting: ForgettingJobs
    forgetter: PersonForgetter
    member_data: MemberData
    workers: WorkerService

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's."""
        return self.database.engine

    def close(self) -> None:
        """Close the connections."""
        self.database.close()


def build(settings: Settings, enqueue: Enqueue, limits: JobLimits = JOB_LIMITS) -> Services:
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
    cache = settings.data / "cache"
    forgetting = ForgettingJobs(database, jobs.dispatcher)
    return Services(
        settings,
        database,
        jobs=jobs,
        people=PeopleService(database),
        people_editor=PeopleEditor(database, retention),
        aliases=AliasEditor(database),
        splitter=PersonSplitter(database),
        guilds=GuildService(database),
        blobs=blobs,
        registry=RegistryService(database, blobs),
        datasets=datasets,
        dataset_storage=DatasetStorage(datasets, blobs, settings.data),
        dataset_remover=DatasetRemover(database, retention, cache),
        runs=RunService(database, jobs.dispatcher, datasets, blobs, limits=limits),
        checks=CheckJobs(database, jobs.dispatcher),
        labelling=LabellingService(database),
        labelling_jobs=LabellingJobs(database, jobs.dispatcher),
        voters=VoterService(database),
        reembedding=ReembeddingService(database, jobs.dispatcher),
        retraining=RetrainingJobs(database, jobs.dispatcher),
        retention=retention,
        forgetting=forgetting,
        forgetter=PersonForgetter(database, retention, forgetting, cache),
        member_data=MemberData(database, blobs, retention),
        workers=WorkerService(database),
    )


def build_classifier(services: Services, *, operator: bool = False) -> ClassifyService:
    """Load the vision parts (seconds, hundreds of megabytes): worker and CLI only.

    Args:
        services: of this process.
        operator: the photos are files of the operator's, so they may be as large as cameras make them.
    """
    # Not above: the bot imports this module and must load none of it.
    from core.services.recognition.factory import load_classifier

    return load_classifier(services.people, services.blobs, services.registry, services.guilds, operator=operator)


def build_explainer(services: Services, classifier: ClassifyService) -> WhyService:
    """Build what says why a face was named so, with the classifier's galleries and its reader of photos."""
    from core.services.recognition.explaining import WhyService  # numpy, Pillow

    reader: Any = classifier.reader
    return WhyService(services.jobs, services.people, services.blobs, classifier.galleries, reader)


def build_sheet_drawer(services: Services, classifier: ClassifyService) -> SheetService:
    """Build what draws a person's pictures, with the classifier's reader of photos."""
    from core.services.recognition.picture_sheet import SheetService  # numpy, Pillow

    reader: Any = classifier.reader
    return SheetService(services.splitter, services.people, services.blobs, reader)


def build_chat_exporter(services: Services, classifier: ClassifyService) -> ChatExportService:
    """Build what writes exports for the chat, with the classifier's reader of photos."""
    from core.services.moving.chat_export import ChatExportService
    from core.services.moving.photos import PhotoCutter  # numpy, Pillow
    from core.services.moving.service import MovingService

    reader: Any = classifier.reader
    moving = MovingService(services.database, services.blobs)
    return ChatExportService(moving, services.blobs, PhotoCutter(reader.detect, reader), services.settings.data)


def build_reembedder(services: Services, classifier: ClassifyService) -> Reembedder:
    """Build what embeds stored faces anew after an update, with the classifier's networks."""
    from core.services.reembedding.reembedder import Reembedder

    reader: Any = classifier.reader  # enrolled photos may be of any size
    return Reembedder(services.reembedding, services.blobs, reader.for_operator(), services.runs.segments)


def build_teaching(services: Services, classifier: ClassifyService) -> Teaching:
    """Build what learns from members, with the classifier's networks."""
    from core.services.teaching.factory import load_teaching  # numpy, Pillow

    return load_teaching(services.database, services.blobs, services.people, services.labelling, classifier)


def build_training(services: Services, extra: MakeCallback | None = None) -> Training:
    """What trains runs, here; models are loaded with the first run. `extra`: a shell's callback."""
    from core.services.training.factory import load_training

    return load_training(services.runs, services.registry, services.checks, services.dataset_storage, extra)


def build_evaluator(services: Services) -> EvaluateService:
    """What answers with a version's figures; loads matplotlib with the first one."""
    from core.services.training.cross_validation import EvaluateService  # numpy

    return EvaluateService(services.registry, services.people, services.blobs)


def build_checker(services: Services) -> RobustnessService:
    """What checks how easily versions are fooled; loads a version with its first slice."""
    from core.services.robustness.service import RobustnessService, load_check  # numpy

    load = partial(load_check, services.registry, services.dataset_storage)
    return RobustnessService(services.registry, services.runs.segments, services.checks, load)


def build_retrainer(services: Services) -> RetrainingService:
    """What trains the successors of versions of an earlier face embedding; loads networks with the first one."""
    from core.services.retraining.service import RetrainingService  # numpy

    parts = services.registry, services.dataset_storage, services.runs.segments
    return RetrainingService(*parts, services.retraining, services.checks)


def build_learner(services: Services) -> LearnService:
    """What trains recognisers on guilds' labels; loads TensorFlow with the first one."""
    from core.services.learning.service import LearnService  # numpy

    parts = services.database, services.dataset_storage, services.registry
    return LearnService(*parts, services.people.gallery)


def build_forgetting_worker(services: Services) -> ForgettingWorker:
    """What makes data sets and heads anew after somebody was forgotten; loads TensorFlow with the first one."""
    from core.services.privacy.finishing import ForgettingWorker  # numpy

    parts = services.database, services.dataset_storage, services.registry, services.retention, services.checks
    return ForgettingWorker(*parts, cache=services.settings.data / "cache")


def build_drawing(services: Services, blobs: Blobs | None = None) -> GenerationService:
    """What draws faces; cheap, since networks are loaded with the first face.

    Args:
        services: of this process.
        blobs: where photos are and pictures go; None: the services'.
    """
    from core.services.ageing.factory import load_photo_objections  # numpy, Pillow
    from core.services.generation.factory import load_generation_service  # likewise

    stored = blobs or services.blobs
    objections = load_photo_objections(services.registry, services.people, stored)
    return load_generation_service(
        services.registry, services.dataset_storage, services.settings, stored, objections=objections
    )


def build_ageing(services: Services, blobs: Blobs | None = None, *, operator: bool = False) -> AgeingService:
    """What shows faces at another age; cheap, since networks are loaded with the first photo.

    Args:
        services: of this process.
        blobs: as of `build_drawing`.
        operator: as of `build_classifier`.
    """
    from core.services.ageing.factory import load_ageing_service  # numpy, Pillow

    return load_ageing_service(services.registry, services.people, blobs or services.blobs, operator=operator)


def build_optimizer(services: Services, blobs: Blobs | None = None) -> OptimizeService:
    """What fools the guild's recogniser; loads networks, seconds. `blobs`: as of `build_drawing`."""
    from core.services.attack.factory import load_optimizer  # TensorFlow

    return load_optimizer(services.registry, services.people, blobs or services.blobs)
