"""How each end of a job's work is told to the database."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from sqlalchemy.exc import OperationalError

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import Failure, Job, JobCancelledError, JobKind, JobState, LeaseStatus, Origin, QueueName
from worker.events import JobEvent
from worker.handlers import Handler, HandlerResult, Progress
from worker.runner import Runner, new_owner

JOB = Job(
    id=5,
    kind=JobKind.CLASSIFY,
    state=JobState.RUNNING,
    queue=QueueName.CPU,
    priority=0,
    origin=Origin(1, 2, 3, "en", 4, "token"),
    params={},
    photo="ab" * 32,
    attempts=1,
    cancel_requested=False,
    created_at=datetime(2026, 11, 21, tzinfo=UTC),
    dispatched_at=None,
    started_at=None,
    finished_at=None,
    lease_owner=None,
    lease_until=None,
    result=None,
    failure=None,
    answer_message_id=None,
)


class Jobs:
    """Notes what a worker tells the service."""

    def __init__(
        self, free: bool = True, lease: LeaseStatus = LeaseStatus.HELD, kept: bool = True, job: Job = JOB
    ) -> None:
        self.free, self.lease, self.kept, self.job = free, lease, kept, job
        self.told: list[tuple[Any, ...]] = []
        self.owners: set[str] = set()

    def claim(self, job_id: int, owner: str) -> Job | None:
        self.owners.add(owner)
        return self.job if self.free else None

    def renew(self, job_id: int, owner: str) -> LeaseStatus:
        self.owners.add(owner)
        return self.lease

    def finish(self, job_id: int, owner: str, result: Any, faces: Any, *, keep: bool = False) -> bool:
        return self._tell(owner, "finish", result, *(["keep"] if keep else []))

    def fail(self, job_id: int, owner: str, failure: Failure) -> bool:
        return self._tell(owner, "fail", failure.code, dict(failure.details))

    def stop(self, job_id: int, owner: str) -> bool:
        return self._tell(owner, "stop")

    def release(self, job_id: int, owner: str) -> bool:
        return self._tell(owner, "release")

    def _tell(self, owner: str, *what: Any) -> bool:
        self.owners.add(owner)
        self.told.append(what)
        return self.kept


def run(jobs: Jobs, handler: Handler, stopping: Callable[[], bool] = lambda: False) -> list[JobEvent]:
    """One message; returns what the bot hears."""
    heard: list[JobEvent] = []
    Runner(jobs, {JobKind.CLASSIFY: handler}, heard.append, stopping=stopping, renew_s=0.01).run(JOB.id)  # type: ignore[arg-type]
    return heard


def raises(error: BaseException) -> Handler:
    def handler(job: Job, progress: Any, cancelled: Any) -> HandlerResult:
        raise error

    return handler


def until_cancelled(job: Job, progress: Any, cancelled: Callable[[], bool]) -> HandlerResult:
    while not cancelled():
        pass
    raise JobCancelledError


@pytest.mark.parametrize(
    ("code", "kept", "expected"),
    [
        (ErrorCode.NOT_AN_IMAGE, True, [JOB.id]),
        (ErrorCode.TOO_MANY_PIXELS, True, [JOB.id]),
        (ErrorCode.NO_FACE, True, []),  # a photo all the same
        (ErrorCode.NOT_AN_IMAGE, False, []),  # somebody else has the job
    ],
)
def test_the_files_of_a_job_are_deleted_when_they_are_no_photos(code: ErrorCode, kept: bool, expected: list[int]):
    discarded: list[int] = []
    handlers = {JobKind.CLASSIFY: raises(OmokageError(code))}

    def discard(job: Job) -> None:
        discarded.append(job.id)

    Runner(Jobs(kept=kept), handlers, lambda _: None, discard_photos=discard).run(JOB.id)  # type: ignore[arg-type]
    assert discarded == expected


@pytest.mark.parametrize(
    ("kind", "kept", "expected"),
    [
        (JobKind.TEACH, True, [JOB.id]),  # the crops are all that is kept
        (JobKind.TEACH, False, []),  # somebody else has the job, and needs them
        (JobKind.CLASSIFY, True, []),
    ],
)
def test_contributed_photos_are_deleted_once_their_job_is_done(kind: JobKind, kept: bool, expected: list[int]):
    discarded: list[int] = []
    jobs = Jobs(kept=kept, job=replace(JOB, kind=kind))

    def discard(job: Job) -> None:
        assert jobs.told == [("finish", {"crops": []})], "not before the result is kept"
        discarded.append(job.id)

    handlers = {kind: lambda *_: HandlerResult({"crops": []})}
    Runner(jobs, handlers, lambda _: None, discard_photos=discard).run(JOB.id)  # type: ignore[arg-type]
    assert discarded == expected


@pytest.mark.parametrize("error", [JobCancelledError(), OmokageError(ErrorCode.PHOTO_GONE), ZeroDivisionError()])
def test_contributed_photos_stay_while_their_job_is_not_done(error: Exception):
    discarded: list[int] = []
    jobs = Jobs(job=replace(JOB, kind=JobKind.TEACH))
    handlers = {JobKind.TEACH: raises(error)}
    Runner(jobs, handlers, lambda _: None, discard_photos=lambda job: discarded.append(job.id)).run(JOB.id)  # type: ignore[arg-type]
    assert discarded == []


def test_a_store_that_is_away_does_not_bring_a_refused_job_back():
    def discard(_job: Job) -> None:
        raise OSError("the store is away")

    jobs, heard = Jobs(), list[JobEvent]()
    handlers = {JobKind.CLASSIFY: raises(OmokageError(ErrorCode.NOT_AN_IMAGE))}
    Runner(jobs, handlers, heard.append, discard_photos=discard).run(JOB.id)  # type: ignore[arg-type]
    assert jobs.told == [("fail", ErrorCode.NOT_AN_IMAGE, {})]
    assert heard[-1] == JobEvent(5, "finished")


def test_a_result_is_written_and_told():
    jobs = Jobs()

    def handler(job: Job, progress: Callable[[str, float], None], cancelled: Any) -> HandlerResult:
        progress("reading", 0.5)
        return HandlerResult({"faces": []})

    assert run(jobs, handler) == [
        JobEvent(5, "started"),
        JobEvent(5, "progress", "reading", 0.5),
        JobEvent(5, "finished"),
    ]
    assert jobs.told == [("finish", {"faces": []})]
    assert len(jobs.owners) == 1, "one run is one owner"


def test_a_handler_says_in_detail_how_far_it_is():
    def handler(job: Job, progress: Progress, cancelled: Any) -> HandlerResult:
        progress("optimising", 0.25, {"step": 25, "name": "翼"})
        return HandlerResult({}, keep=True)

    jobs = Jobs()
    (_, told, _) = run(jobs, handler)
    assert (told.stage, told.fraction, json.loads(told.detail)) == ("optimising", 0.25, {"step": 25, "name": "翼"})
    assert jobs.told == [("finish", {}, "keep")]


def test_a_job_that_is_not_ours_is_not_touched():
    jobs = Jobs(free=False)
    assert run(jobs, raises(AssertionError())) == []
    assert jobs.told == []


def test_a_result_that_comes_too_late_is_not_told():
    jobs = Jobs(kept=False)
    assert run(jobs, lambda *_: HandlerResult({})) == [JobEvent(5, "started")]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OmokageError(ErrorCode.TOO_LARGE, limit=9), ("fail", ErrorCode.TOO_LARGE, {"limit": 9})),
        (SoftTimeLimitExceeded(), ("fail", ErrorCode.INTERNAL, {"reason": "too-long"})),
        (ZeroDivisionError(), ("fail", ErrorCode.INTERNAL, {"reason": "ZeroDivisionError"})),
    ],
)
def test_what_went_wrong_is_the_answer(error: Exception, told: tuple[Any, ...]):
    jobs = Jobs()
    assert run(jobs, raises(error))[-1] == JobEvent(5, "finished")
    assert jobs.told == [told]


@pytest.mark.parametrize("error", [OSError("disk full"), MemoryError(), OperationalError("", None, Exception())])
def test_a_fault_of_the_host_leaves_the_job_to_another_attempt(error: Exception):
    jobs = Jobs()
    with pytest.raises(type(error)):
        run(jobs, raises(error))
    assert jobs.told == []


def test_a_cancelled_job_is_stopped():
    jobs = Jobs(lease=LeaseStatus.CANCEL_REQUESTED)
    assert run(jobs, until_cancelled)[-1] == JobEvent(5, "finished")
    assert jobs.told == [("stop",)]


def test_a_job_that_somebody_else_has_by_now_is_dropped():
    jobs = Jobs(lease=LeaseStatus.LOST)
    assert run(jobs, until_cancelled) == [JobEvent(5, "started")]
    assert jobs.told == []


def test_a_worker_that_ends_gives_its_job_back():
    jobs = Jobs()
    run(jobs, until_cancelled, stopping=lambda: True)
    assert jobs.told == [("release",)]


def test_a_kind_that_this_worker_cannot_do_is_a_failure_not_a_crash():
    jobs = Jobs()
    Runner(jobs, {}, lambda _event: None).run(JOB.id)  # type: ignore[arg-type]
    assert jobs.told == [("fail", ErrorCode.INTERNAL, {"reason": "LookupError"})]


SEGMENT = replace(JOB, kind=JobKind.TRAIN, queue=QueueName.GPU)


def test_a_handler_that_has_ended_its_job_itself_is_not_told_of():
    jobs = Jobs(job=SEGMENT)
    heard: list[JobEvent] = []

    def train(job: Job, progress: Callable[[str, float], None], cancelled: Any) -> None:
        progress("training", 0.5)

    Runner(jobs, {JobKind.TRAIN: train}, heard.append).run(SEGMENT.id)  # type: ignore[arg-type]
    assert (jobs.told, heard) == ([], []), "a run has a message of its own"


def test_the_log_says_what_went_wrong_where_nobody_waits_for_an_answer(caplog: pytest.LogCaptureFixture):
    jobs = Jobs(job=replace(JOB, kind=JobKind.CHECK))
    gone = raises(OmokageError(ErrorCode.DATASET_CHANGED, shard=3))

    Runner(jobs, {JobKind.CHECK: gone}, lambda _: None).run(JOB.id)  # type: ignore[arg-type]
    assert jobs.told == [("fail", ErrorCode.DATASET_CHANGED, {"shard": 3})]
    assert "the check failed: dataset-changed {'shard': 3}" in caplog.text


@pytest.mark.parametrize(("job", "asks"), [(SEGMENT, True), (JOB, False)])
def test_a_segment_is_to_end_as_soon_as_its_worker_is_and_a_photo_a_little_later(job: Job, asks: bool):
    asked: list[bool] = []

    def handler(_job: Job, progress: Any, cancelled: Callable[[], bool]) -> HandlerResult:
        asked.append(cancelled())
        return HandlerResult({})

    runner = Runner(Jobs(job=job), {job.kind: handler}, lambda _: None, stopping=lambda: False, ending=lambda: True)  # type: ignore[arg-type]
    runner.run(job.id)
    assert asked == [asks]


def test_a_segment_may_last_longer_than_a_photo():
    jobs = Jobs(job=SEGMENT)
    lasts = {JobKind.TRAIN: 0.3, JobKind.CLASSIFY: 0.0}

    def train(job: Job, progress: Any, cancelled: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not cancelled():
            assert time.monotonic() < end

    began = time.monotonic()
    Runner(jobs, {JobKind.TRAIN: train}, lambda _: None, max_duration_s=lasts.__getitem__, renew_s=0.01).run(SEGMENT.id)  # type: ignore[arg-type]
    assert time.monotonic() - began >= 0.3


def test_owners_are_different_and_fit_their_column():
    owners = {new_owner() for _ in range(50)}
    assert len(owners) == 50
    assert max(map(len, owners)) <= 128
