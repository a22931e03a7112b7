"""Processes that work on jobs and die at any moment; started by test_processes.py."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

from core.domain.fairness import FairShare
from core.domain.jobs import JobLimits, QueueName
from core.services.jobs.service import JobService
from core.storage.database import Database
from tests.integration.core.builders import classify_result, new_face

# As the product's, but some thirty times as fast.
LIMITS = JobLimits(lease_s=0.4, renew_s=0.1, redispatch_after_s=0.6, max_redispatch_s=1.2)
SHARE = FairShare(waiting_per_member=1000, waiting_per_guild=1000)


class FolderBroker:
    """A message is a file: whoever unlinks it has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, job_id: int, queue: QueueName, priority: int) -> None:
        (self._folder / f"{job_id}-{os.getpid()}-{time.monotonic_ns()}").touch()

    def take(self) -> int | None:
        for name in sorted(os.listdir(self._folder), key=lambda name: name.rsplit("-")[-1]):
            try:
                (self._folder / name).unlink()
            except FileNotFoundError:
                continue
            return int(name.split("-")[0])
        return None


def service(database: Database, folder: Path) -> JobService:
    return JobService(database, FolderBroker(folder), share=SHARE, limits=LIMITS)


def work(url: str, folder: Path, seed: int, deaths: float) -> None:
    """Take jobs until killed; `deaths` is the chance to die at each of the moments that matter."""
    chance, jobs, broker = random.Random(seed), service(Database(url), folder), FolderBroker(folder)

    def perhaps_die() -> None:
        if chance.random() < deaths:
            os._exit(9)

    while True:
        job_id = broker.take()
        if job_id is None:
            time.sleep(0.005)
            continue
        perhaps_die()
        owner = f"{seed}-{chance.random()}"
        if jobs.leases.claim(job_id, owner) is None:
            continue
        perhaps_die()
        time.sleep(chance.random() * 0.02)
        jobs.leases.renew(job_id, owner)
        perhaps_die()
        jobs.leases.finish(job_id, owner, classify_result(()).to_json(), [new_face()])
        perhaps_die()
