"""Throughput of `/classify` on one worker and on two, which share nothing but broker, database and files.

`python -m benchmarks workers`; target a ratio >= 1.7 on two cores with mathematics in one thread, no job lost or done
twice. Each worker is a process of `omokage worker` with a data folder and a core of its own, as on a host of its own; a
worker that has both cores uses both.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import redis
from PIL import Image

from benchmarks.helpers.report import Figures, Skip
from cli.up import valkey
from core.bootstrap import Services, build
from core.domain.jobs import JobKind, JobRequest, JobState, Origin, QueueName
from core.settings import Settings
from portraits import default_people, group
from worker.heartbeat import heartbeat_file, read_heartbeat
from worker.queue import make_celery, make_enqueue, redis_url

JOBS = 200
PHOTOS = 20  # different ones; a worker knows no photo again
FACES = 3
START_S, WORK_S = 180.0, 600.0
# One thread for a photo: two workers then have a core each.
_THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


def run() -> Figures:
    """Jobs a second, their ratio, and what a job costs the broker."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        raise Skip("two cores are needed, and a system that gives a process one of them")
    photos = [_photo(seed) for seed in range(PHOTOS)]
    (one, commands), (two, _), (again, _) = (_throughput(workers, photos) for workers in (1, 2, 1))
    alone = (one + again) / 2  # before and after: these machines are noisy
    return {
        "jobs": JOBS,
        "one worker, jobs/s": alone,
        "two workers, jobs/s": two,
        "ratio": two / alone,
        "broker commands a job": commands,
    }


def _throughput(workers: int, photos: list[bytes]) -> tuple[float, float]:
    """Return jobs a second from the first dispatch to the last result, and the broker's commands for each.

    Raises:
        RuntimeError: a job has no result, or was begun more than once.
    """
    with tempfile.TemporaryDirectory(prefix="omokage-bench-") as folder, ExitStack() as stack:
        shared = Path(folder) / "shared"
        url = stack.enter_context(_broker(shared))
        common = {
            "OMOKAGE_BROKER_URL": url,
            "OMOKAGE_DATABASE_URL": f"sqlite:///{shared / 'omokage.db'}",
            "OMOKAGE_BLOBS": str(shared / "blobs"),
        }
        settings = Settings.from_env({**common, "OMOKAGE_DATA": str(shared)})
        services = build(settings, make_enqueue(make_celery(settings)))
        stack.callback(services.close)
        for number in range(workers):
            stack.enter_context(_worker(Path(folder) / f"host-{number}", common, core=number))
        names = [services.blobs.put(photo) for photo in photos]
        # Warm: each worker has had its first photo, which compiles the networks.
        _work(services, names, first=1, count=4 * workers)
        began, before = time.perf_counter(), _commands(url)
        _work(services, names, first=1000, count=JOBS)
        return JOBS / (time.perf_counter() - began), (_commands(url) - before) / JOBS


def _commands(url: str) -> int:
    """Return how many commands the broker has run."""
    with redis.Redis.from_url(redis_url(url)) as client:
        return int(client.info("stats")["total_commands_processed"])


def _work(services: Services, photos: list[str], *, first: int, count: int) -> None:
    ids = range(first, first + count)
    for job_id in ids:  # each of a guild of its own, so that fair share holds none back
        services.jobs.receive(JobRequest(job_id, JobKind.CLASSIFY, Origin(job_id, 1, 1, "en", 1, "token"), {}))
        services.jobs.submit(job_id, photos[job_id % len(photos)])
    deadline = time.monotonic() + WORK_S
    # Rarely, and with one question: the workers need both cores.
    while any(queue.waiting + queue.dispatched + queue.running for queue in services.jobs.backlog().values()):
        if time.monotonic() > deadline:
            raise RuntimeError("not all jobs have a result")
        time.sleep(0.2)
    jobs = [services.jobs.get(job_id) for job_id in ids]
    if any(job.state is not JobState.DONE or job.attempts != 1 for job in jobs):
        raise RuntimeError("a job failed, or was begun more than once")


@contextmanager
def _broker(data: Path) -> Iterator[str]:
    data.mkdir(parents=True)
    valkey.prepare(data)
    process = subprocess.Popen(valkey.command(data), stdout=subprocess.DEVNULL)
    try:
        socket = valkey.socket_path(data)
        _wait(lambda: valkey.answers(socket), 30.0, "the broker's start")
        yield valkey.broker_url(socket)
    finally:
        process.kill()
        process.wait()


@contextmanager
def _worker(data: Path, common: dict[str, str], *, core: int) -> Iterator[None]:
    data.mkdir()
    environ = {**os.environ, **common, **_THREADS, "OMOKAGE_DATA": str(data)}
    log = (data / "worker.log").open("wb")
    command = [sys.executable, "-P", "-m", "cli.main", "worker", "--queue", "cpu"]
    own_core = partial(os.sched_setaffinity, 0, {sorted(os.sched_getaffinity(0))[core]})
    process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, preexec_fn=own_core)  # noqa: PLW1509 - nothing here has threads

    def ready() -> bool:
        if process.poll() is not None:
            raise RuntimeError((data / "worker.log").read_text("utf-8")[-2000:])
        beat = read_heartbeat(heartbeat_file(data, QueueName.CPU))
        return beat is not None and beat.ready_at is not None

    try:
        _wait(ready, START_S, "the worker's start")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        log.close()


def _wait(condition: Callable[[], bool], within: float, what: str) -> None:
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} took longer than {within:.0f} s")
        time.sleep(0.05)


def _photo(seed: int) -> bytes:
    buffer = io.BytesIO()
    picture = group(default_people()[:FACES], seed, width=800, height=600).image
    Image.fromarray(picture).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()
