"""Embed a guild's stored faces by the present embedder after an update, as a job that works in slices.

Until each labelled face of a guild has its result, the guild's recogniser goes on with the older embeddings; then all
new ones are used at once. See docs/decisions/021-new-embedder.md.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from core.domain.clock import Clock, now_utc
from core.domain.ids import synthetic_id
from core.domain.jobs import Job, JobKind, JobRequest, JobState, Origin
from core.domain.people import OlderPhoto, ReembeddedFace, ReembeddingState
from core.services.jobs.dispatcher import Dispatcher
from core.storage.database import Database
from core.storage.jobs.job_queries import unfinished_jobs_of_kind
from core.storage.jobs.job_rows import insert_job
from core.storage.jobs.lease_rows import continue_later
from core.storage.people import reembedding_rows

_log = logging.getLogger(__name__)


class ReembeddingService:
    """The faces that are to be embedded anew, their results, and the jobs. Synchronous, thread-safe and light.

    Args:
        database: of all tables.
        dispatcher: sends jobs to workers.
        clock: aware UTC.
    """

    def __init__(self, database: Database, dispatcher: Dispatcher, clock: Clock = now_utc) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock

    def request_all(self) -> list[int]:
        """Let a worker embed the faces of each guild that has some to embed anew; return these guilds.

        A guild that has such a job already gets no second one.
        """
        with self._database.read() as connection:
            guilds = reembedding_rows.guilds_to_reembed(connection)
        for guild_id in guilds:
            self._request(guild_id)
        if guilds:
            self._dispatcher.dispatch()
        return guilds

    def older_photos(self, guild_id: int, limit: int) -> list[OlderPhoto]:
        """Return at most so many photos whose faces are to be embedded anew, named faces first."""
        with self._database.read() as connection:
            return reembedding_rows.older_photos(connection, guild_id, limit)

    def store(self, guild_id: int, results: Sequence[ReembeddedFace]) -> None:
        """Store results, and use the guild's new embeddings if nothing labelled is left to embed."""
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-reembed-{guild_id}")
            reembedding_rows.store_reembedded(connection, guild_id, results)
            used = reembedding_rows.use_reembedded(connection, guild_id)
        if used:
            _log.info("%d faces of guild %s have embeddings by the present face networks now", used, guild_id)

    def state(self, guild_id: int) -> ReembeddingState:
        """Return how far a guild is."""
        with self._database.read() as connection:
            return reembedding_rows.reembedding_state(connection, guild_id)

    def states(self) -> list[ReembeddingState]:
        """Return how far each guild is that has faces with older embeddings."""
        with self._database.read() as connection:
            guilds = reembedding_rows.guilds_with_older_faces(connection)
            return [reembedding_rows.reembedding_state(connection, guild_id) for guild_id in guilds]

    def continue_later(self, job: Job) -> bool:
        """End a slice: the job waits for its next turn; False: it is not this worker's any more."""
        with self._database.write() as connection:
            kept = continue_later(connection, job, job.params)
        self._dispatcher.dispatch()
        return kept

    def _request(self, guild_id: int) -> None:
        request = JobRequest(synthetic_id(), JobKind.REEMBED, Origin(guild_id, 0, 0, "en", 0, ""), {})
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-reembed-{guild_id}")
            if not unfinished_jobs_of_kind(connection, guild_id, JobKind.REEMBED):
                insert_job(connection, request, self._clock(), state=JobState.WAITING)
