"""Train a guild's recogniser on its labels: a data set, a head, its figures, and whether it answers from now on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from core.domain.data.datasets import require_fit
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Job, JobCancelledError
from core.domain.learning import LearnOutcome, LearnResult
from core.domain.training.preflight import FEWEST_PICTURES
from core.domain.training.runs import RunKind
from core.services.datasets.from_labels import from_labels
from core.services.learning.gains import gains
from core.services.retraining.successors import train_embedding_head
from core.storage.labelling_collection import labelled_since
from core.vision.recognition.calibrated_distances import RECOGNISER_CONFIGS
from core.vision.recognition.mean_embedding import Gallery, MeanEmbeddingRecogniser

if TYPE_CHECKING:
    from core.domain.data.datasets import Dataset
    from core.domain.learning import PersonGain
    from core.domain.registry.versions import Version, VersionDraft
    from core.services.datasets.storage import DatasetStorage
    from core.services.people.gallery import GalleryService
    from core.services.registry.service import RegistryService
    from core.storage.database import Database
    from core.vision.datasets.dataset_reader import DatasetReader

    Train = Callable[[Dataset, DatasetReader], VersionDraft]
    Progress = Callable[[str, float], None]
    Cancelled = Callable[[], bool]

# What keeps a head from answering, without anything being wrong.
_REFUSALS = {
    ErrorCode.NOT_BETTER: LearnOutcome.NOT_BETTER,
    ErrorCode.NOT_COMPARABLE: LearnOutcome.OTHER_SERVES,
}


class LearnService:
    """Answers learn jobs.

    Args:
        database: has the labels.
        storage: gets the data set.
        registry: gets the version.
        gallery: the guilds' labelled faces.
        train: trains a head.
    """

    def __init__(
        self,
        database: Database,
        storage: DatasetStorage,
        registry: RegistryService,
        gallery: GalleryService,
        train: Train = train_embedding_head,
    ) -> None:
        self._database = database
        self._storage = storage
        self._registry = registry
        self._gallery = gallery
        self._train = train

    def answer(self, job: Job, progress: Progress, cancelled: Cancelled) -> LearnResult:
        """Answer a job; its stages are reading, training.

        Raises:
            OmokageError: DATASET_UNFIT, too few people or pictures; DISK_FULL.
            JobCancelledError: `cancelled` told so.
        """

        def go_on(done: int, total: int) -> None:
            if cancelled():
                raise JobCancelledError
            progress("reading", done / max(1, total))

        guild_id, member_id = job.origin.guild_id, job.origin.member_id
        earlier = self._newest(guild_id)
        # Who has fewer pictures is named without training, whatever head answers.
        dataset = from_labels(self._database, self._storage, guild_id, member_id, go_on, fewest=FEWEST_PICTURES)
        people = len(dataset.classes)
        if self._is_learnt(guild_id, dataset):
            return LearnResult(LearnOutcome.UNCHANGED, dataset.title, dataset.pictures, people, 0)
        require_fit(self._storage.datasets.preflight(dataset))
        changed, new_faces = self._gains(guild_id, None if earlier is None else earlier.created_at)
        progress("training", 0.0)
        draft = self._train(dataset, self._storage.open(dataset, go_on))
        version = self._registry.register_learnt(guild_id, member_id, dataset, draft)
        outcome = self._promote(version)
        accuracy, baseline = (_mean(version.metrics.get(name)) for name in ("folds", "live_folds"))
        figures = {"accuracy": accuracy, "baseline": baseline}
        return LearnResult(
            outcome, dataset.title, dataset.pictures, people, new_faces, version.number, gains=changed, **figures
        )

    def _newest(self, guild_id: int) -> Version | None:
        """Return the version that was trained in this way last."""
        versions = self._registry.list(guild_id, RunKind.RECOGNISER)
        return next((version for version in versions if version.is_learnt), None)

    def _is_learnt(self, guild_id: int, dataset: Dataset) -> bool:
        """Say whether a version of the same labels was trained in this way before."""
        versions = self._registry.list(guild_id, RunKind.RECOGNISER)
        return any(version.dataset_id == dataset.id and version.is_learnt for version in versions)

    def _gains(self, guild_id: int, since: datetime | None) -> tuple[tuple[PersonGain, ...], int]:
        """Return who is known better by the faces that were labelled since, and how many these are."""
        embedder = self._gallery.embedder(guild_id)
        rows = self._gallery.enrolled(guild_id, embedder)
        gallery = Gallery.from_rows(rows)
        with self._database.read() as connection:
            new = labelled_since(connection, guild_id, since)
        is_new = np.array([embedding in new for embedding in rows.embeddings], bool)
        config = RECOGNISER_CONFIGS[embedder]
        objecting = self._gallery.objecting_ids(guild_id)
        changed = gains(gallery, is_new, lambda part: MeanEmbeddingRecogniser(part, config), objecting)
        return changed, int(is_new.sum())

    def _promote(self, version: Version) -> LearnOutcome:
        try:
            self._registry.promote_learnt(version)
        except OmokageError as error:
            if error.code not in _REFUSALS:
                raise
            return _REFUSALS[error.code]
        return LearnOutcome.PROMOTED


def _mean(folds: object) -> float | None:
    values = list(folds.values()) if isinstance(folds, dict) else []
    return sum(values) / len(values) if values else None
