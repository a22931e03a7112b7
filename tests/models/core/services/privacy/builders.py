"""Builders for tests of forgetting: a guild with somebody to forget, and the worker that does what is left."""

from __future__ import annotations

import hashlib

from benchmarks.helpers.community import Community, embedding_of, photo_of
from core.bootstrap import Services, build_forgetting_worker
from core.domain.jobs import JobKind, JobState
from core.domain.registry.versions import Version
from core.storage.jobs.job_queries import unfinished_jobs_of_kind
from worker.handlers import forget_with
from worker.runner import Runner

GUILD, OTHER = 7, 8
FORGOTTEN, FRIENDS = "Yukihime", ["Anna", "Ben", "Chie"]
PICTURES = 5


def furnish(community: Community, *, everybody: bool) -> Version:
    """Name faces of the friends, and among them those of the person to forget; train a head that answers."""
    for number in range(PICTURES):
        for name in FRIENDS:
            community.post((name, number))
        if everybody:
            community.post((FORGOTTEN, number))
    if everybody:
        community.post(("Anna", 100), (FORGOTTEN, 100))
    return community.trained(community.snapshot())


def finish(services: Services, guild_id: int = GUILD) -> None:
    """Be the worker that does what is left."""
    with services.database.read() as connection:
        (job,) = unfinished_jobs_of_kind(connection, guild_id, JobKind.FORGET)
    worker = build_forgetting_worker(services)
    Runner(services.jobs.leases, {JobKind.FORGET: forget_with(worker)}, lambda _: None).run(job.id)
    assert services.jobs.get(job.id).state is JobState.DONE


def traces() -> list[str | bytes]:
    """Return by what the person can be found: name, embeddings, photos."""
    faces = [[(FORGOTTEN, number)] for number in range(PICTURES)] + [[("Anna", 100), (FORGOTTEN, 100)]]
    shas = [hashlib.sha256(photo_of(*shown)).hexdigest() for shown in faces]
    return [FORGOTTEN, *shas, *(embedding_of(*shown[-1]) for shown in faces)]
