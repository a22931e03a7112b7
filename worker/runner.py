"""Runs a job, from its message to its end in the database."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial

from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import DBAPIError

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import (
    BACKGROUND_KINDS,
    JSON,
    PHOTOS_DELETED_AFTER,
    RENEW_S,
    Failure,
    Job,
    JobCancelledError,
    JobKind,
    LeaseStatus,
)
from core.domain.storage_limits import REFUSED
from core.logs import job_in_logs
from core.metrics.definitions import JOB_SECONDS, JOB_WAIT_SECONDS
from core.services.jobs.leases import Leases
from worker.events import JobEvent
from worker.handlers import HandlerResult, Handlers
from worker.lease import LeaseRenewer
from worker.timing import Timing

_log = logging.getLogger(__name__)
_TIMING = Timing()
# The host's faults, not the photo's: the lease is left to run out, so that the job is tried again, at most three times.
_HOST_FAULTS = (DBAPIError, MemoryError, OSError)


class JobOutcome(StrEnum):
    """How a worker's part in a job ends."""

    DONE = "done"  # of a training, a segment
    REFUSED = "refused"  # what was asked for cannot be done, and the member is told why
    FAILED = "failed"  # a fault of the product
    STOPPED = "stopped"  # somebody cancelled it, or this worker ends and gives it back
    DROPPED = "dropped"  # another worker has it by now
    HOST_FAULT = "host-fault"  # of the disk, the memory or the database; it is tried again


class Runner:
    """Runs jobs, one after the other.

    Args:
        leases: by which a job is claimed and ended.
        handlers: by kind.
        publish: tells the bot.
        stopping: whether this process has been asked to end and its time for that is up.
        ending: whether it has been asked to; a segment of a training saves and ends at once.
        discard_photos: deletes the files of a job: of a failed one that are no photos, or of one that keeps none.
        max_duration_s: a job of a kind that runs for longer loses its lease.
        renew_s: seconds between two renewals of the lease.
        worker_id: whose jobs these are in the table of workers; None: of a process that is not listed there.
    """

    def __init__(
        self,
        leases: Leases,
        handlers: Handlers,
        publish: Callable[[JobEvent], None],
        *,
        stopping: Callable[[], bool] = lambda: False,
        ending: Callable[[], bool] = lambda: False,
        discard_photos: Callable[[Job], None] = lambda _job: None,
        max_duration_s: Callable[[JobKind], float] = _TIMING.max_duration_s,
        renew_s: float = RENEW_S,
        worker_id: str | None = None,
    ) -> None:
        self._leases = leases
        self._handlers = handlers
        self._publish = publish
        self._stopping = stopping
        self._ending = ending
        self._discard_photos = discard_photos
        self._max_duration_s = max_duration_s
        self._renew_s = renew_s
        self._worker_id = worker_id

    def run(self, job_id: int) -> None:
        """Run the job if it is still to be run; a copy of a message does nothing."""
        owner = new_owner(self._worker_id)
        job = self._leases.claim(job_id, owner)
        if job is None:
            _log.info("job %s: nothing to do, it has ended or somebody else has it", job_id)
            return
        with job_in_logs(job_id):
            self._run(job, owner)

    def _run(self, job: Job, owner: str) -> None:
        job_id, max_duration_s = job.id, self._max_duration_s(job.kind)
        if job.attempts == 1 and job.created_at is not None:
            JOB_WAIT_SECONDS.labels(job.kind.value).observe(max(0.0, (now_utc() - job.created_at).total_seconds()))
        began = time.monotonic()
        self._tell(job, JobEvent(job_id, "started"))
        with LeaseRenewer(
            lambda: self._leases.renew(job_id, owner), every_s=self._renew_s, max_duration_s=max_duration_s
        ) as lease:
            outcome = JobOutcome.HOST_FAULT
            try:
                outcome = self._work(job, owner, lease)
            finally:
                JOB_SECONDS.labels(job.kind.value, outcome.value).observe(time.monotonic() - began)
        if outcome is not JobOutcome.DROPPED:
            self._tell(job, JobEvent(job_id, "finished"))
        else:
            _log.warning("job %s: somebody else has it by now, so this result is dropped", job_id)

    def _work(self, job: Job, owner: str, lease: LeaseRenewer) -> JobOutcome:
        try:
            done = self._handle(job, lease)
        except JobCancelledError:
            return _if_kept(self._stop(job, owner, lease), JobOutcome.STOPPED)
        except OmokageError as error:
            if job.kind in BACKGROUND_KINDS:  # nobody is told, but for whoever reads this
                _log.warning("job %s: the %s failed: %s %s", job.id, job.kind, error.code, error.details)
            kept = self._leases.fail(job.id, owner, Failure(error.code, error.details))
            if kept and error.code in REFUSED:
                self._discard(job)
            return _if_kept(kept, JobOutcome.REFUSED)
        except SoftTimeLimitExceeded:
            _log.error("job %s: took longer than is allowed", job.id)
            return _if_kept(self._fail(job, owner, reason="too-long"), JobOutcome.FAILED)
        except _HOST_FAULTS:
            _log.warning("job %s: attempt %s failed, this host has a fault", job.id, job.attempts)
            raise
        except Exception as error:  # noqa: BLE001 - a bug ends one job, and says so
            _log.exception("job %s: failed", job.id)
            return _if_kept(self._fail(job, owner, reason=type(error).__name__), JobOutcome.FAILED)
        kept = done is None or self._leases.finish(job.id, owner, done.result, done.faces, keep=done.keep)
        if kept and job.kind in PHOTOS_DELETED_AFTER:
            self._discard(job)
        return _if_kept(kept, JobOutcome.DONE)

    def _handle(self, job: Job, lease: LeaseRenewer) -> HandlerResult | None:
        handler = self._handlers.get(job.kind)
        if handler is None:
            raise LookupError(f"this worker has no models for {job.kind} jobs")
        ends = self._ending if job.kind in BACKGROUND_KINDS else self._stopping
        return handler(
            job,
            partial(self._progress, job),
            lambda: lease.status is not LeaseStatus.HELD or ends(),
        )

    def _progress(self, job: Job, stage: str, fraction: float, detail: Mapping[str, JSON] | None = None, /) -> None:
        said = "" if detail is None else json.dumps(detail)
        self._tell(job, JobEvent(job.id, "progress", stage, fraction, said))

    def _tell(self, job: Job, event: JobEvent) -> None:
        """The bot, unless nobody waits for this kind."""
        if job.kind not in BACKGROUND_KINDS:
            self._publish(event)

    def _stop(self, job: Job, owner: str, lease: LeaseRenewer) -> bool:
        if lease.status is LeaseStatus.CANCEL_REQUESTED:
            return self._leases.stop(job.id, owner)
        if lease.status is LeaseStatus.LOST:
            return False
        _log.info("job %s: given back, this worker ends", job.id)
        return self._leases.release(job.id, owner)

    def _discard(self, job: Job) -> None:
        try:
            self._discard_photos(job)
        except _HOST_FAULTS as error:  # the job has ended; its files go with the others that nobody needs
            _log.warning("job %s: its files were not deleted (%s)", job.id, type(error).__name__)

    def _fail(self, job: Job, owner: str, reason: str) -> bool:
        return self._leases.fail(job.id, owner, Failure(ErrorCode.INTERNAL, {"reason": reason}))


def _if_kept(kept: bool, outcome: JobOutcome) -> JobOutcome:
    return outcome if kept else JobOutcome.DROPPED


def new_owner(worker_id: str | None = None) -> str:
    """Return who holds a lease: which process, and which of its runs; at most 128 characters.

    Args:
        worker_id: the worker's in the table of workers, by which its jobs are found; None: host and process.
    """
    return f"{worker_id or f'{socket.gethostname()[:80]}:{os.getpid()}'}:{secrets.token_hex(4)}"
