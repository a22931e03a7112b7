"""A run and its job, as they travel."""

from __future__ import annotations

from datetime import UTC, datetime

from core.domain.jobs import Job, JobKind, JobState, Origin, QueueName
from core.domain.training.runs import DesiredState, Run, RunKind, RunState

NOW = datetime(2026, 11, 21, tzinfo=UTC)
ORIGIN = Origin(1, 2, 3, "en", 4, "token")
RUN = Run(
    id=77,
    guild_id=1,
    number=4,
    kind=RunKind.RECOGNISER,
    preset="slim",
    config={"head": "cnn"},
    seed=0,
    dataset_id=1,
    state=RunState.RUNNING,
    desired_state=DesiredState.RUN,
    step=0,
    steps=100,
    seconds=0.0,
    segments=0,
    job_id=5,
    parent_id=None,
    parent_step=None,
    origin=ORIGIN,
    created_at=NOW,
    started_at=NOW,
    updated_at=NOW,
    finished_at=None,
    failure=None,
    live=None,
)


def job(attempts: int = 1) -> Job:
    return Job(
        id=5,
        kind=JobKind.TRAIN,
        state=JobState.RUNNING,
        queue=QueueName.GPU,
        priority=9,
        origin=ORIGIN,
        params={"run_id": 77},
        photo=None,
        attempts=attempts,
        cancel_requested=False,
        created_at=NOW,
        dispatched_at=NOW,
        started_at=NOW,
        finished_at=None,
        lease_owner="me",
        lease_until=None,
        result=None,
        failure=None,
        answer_message_id=None,
    )
