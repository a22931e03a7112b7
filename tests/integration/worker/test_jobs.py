"""Jobs through a real broker and a real worker."""

from __future__ import annotations

from pathlib import Path

from core.bootstrap import Services
from core.domain.errors import ErrorCode
from core.domain.jobs import JobState
from tests.integration.worker.parts import Valkey, ask, wait_until, worker


def test_a_job_is_run_and_has_one_answer(data: Path, broker: Valkey, services: Services):
    with worker(data, broker.url):
        ask(services.jobs, 1, steps=2)
        wait_until(lambda: services.jobs.get(1).state.is_final)
    job = services.jobs.get(1)
    assert (job.state, job.attempts) == (JobState.DONE, 1)
    assert [entry.job_id for entry in services.jobs.pending_outbox()] == [1]
