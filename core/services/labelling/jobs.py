"""Jobs that labelling needs of a worker: faces to ask about, and the pictures of cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.domain.clock import Clock, now_utc
from core.domain.data.datasets import LABELS
from core.domain.ids import synthetic_id
from core.domain.jobs import JSON, Job, JobKind, JobRequest, JobState, Origin
from core.domain.learning import LEARN_FROM
from core.domain.training.preflight import FEWEST_PEOPLE, FEWEST_PICTURES
from core.storage.dataset_rows import datasets_of
from core.storage.jobs.job_queries import unfinished_jobs_of_kind
from core.storage.jobs.job_rows import get_job, insert_job
from core.storage.labelling_collection import labelled_since
from core.storage.people.people_rows import picture_counts

if TYPE_CHECKING:
    from core.services.jobs.dispatcher import Dispatcher
    from core.storage.database import Database


class LabellingJobs:
    """Synchronous, thread-safe and light, since the bot uses it."""

    def __init__(self, database: Database, dispatcher: Dispatcher, clock: Clock = now_utc) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock

    def collect(self, guild_id: int) -> int:
        """Let a worker choose the faces that a guild's members are asked about; return the job's id.

        A guild that has such a job already gets no second one.
        """
        return self._request(guild_id, JobKind.COLLECT, {})

    def draw(self, guild_id: int, card_id: int) -> int:
        """Let a worker draw the picture of a card, once; return the job's id."""
        return self._request(guild_id, JobKind.CARD, {"card_id": card_id})

    def learn_if_due(self, guild_id: int, channel_id: int, application_id: int, locale: str) -> int | None:
        """Let a worker train a recogniser where `LEARN_FROM` faces were named since the last one; return the job's id.

        Args:
            guild_id: whose labels.
            channel_id: where the answer is posted.
            application_id: the bot's.
            locale: of the answer, unless the guild chose one.

        Returns:
            None: too few are new, too few people have enough pictures, or it is under way.
        """
        origin = Origin(guild_id, channel_id, 0, locale, application_id, "")
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-{JobKind.LEARN}-{guild_id}")
            if unfinished_jobs_of_kind(connection, guild_id, JobKind.LEARN):
                return None
            datasets = [dataset for dataset in datasets_of(connection, guild_id) if dataset.name == LABELS]
            since = None if not datasets else datasets[0].created_at
            counts = picture_counts(connection, guild_id).values()
            if sum(count >= FEWEST_PICTURES for count in counts) < FEWEST_PEOPLE:
                return None  # nothing can be trained, and nobody has asked for it
            if len(labelled_since(connection, guild_id, since)) < LEARN_FROM:
                return None
            request = JobRequest(synthetic_id(), JobKind.LEARN, origin, {"title": LABELS})
            insert_job(connection, request, self._clock(), state=JobState.WAITING)
        self._dispatcher.dispatch()
        return request.id

    def has_ended(self, job_id: int) -> bool:
        """Say whether a job is done, or has failed."""
        with self._database.read() as connection:
            return get_job(connection, job_id).state.is_final

    def _request(self, guild_id: int, kind: JobKind, params: Mapping[str, JSON]) -> int:
        request = JobRequest(synthetic_id(), kind, Origin(guild_id, 0, 0, "en", 0, ""), params)
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-{kind}-{guild_id}")
            same = _same(unfinished_jobs_of_kind(connection, guild_id, kind), params)
            if same is not None:
                return same
            insert_job(connection, request, self._clock(), state=JobState.WAITING)
        self._dispatcher.dispatch()
        return request.id


def _same(jobs: list[Job], params: Mapping[str, JSON]) -> int | None:
    return next((job.id for job in jobs if dict(job.params) == dict(params)), None)
