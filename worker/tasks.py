"""The only Celery task: run a job by its id."""

from __future__ import annotations

from collections.abc import Callable

from celery import Celery

from worker.queue import RUN_JOB


def add_tasks(app: Celery, run: Callable[[int], None]) -> None:
    """Give the app its task; `run` takes the id of a job."""

    @app.task(name=RUN_JOB)  # type: ignore[untyped-decorator]
    def run_job(job_id: int) -> None:
        run(job_id)
