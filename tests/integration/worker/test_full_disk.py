"""A broker whose disk is full: nobody ends, nothing is lost, and all goes on when there is room."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
import redis

from core.bootstrap import Services
from core.domain.jobs import JobState
from tests.integration.worker.processes import Valkey, submit, wait_until, wait_until_final, worker
from worker.queue import redis_url

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
_LARGEST = 16 * 1024  # bytes of the append-only file: beyond it a write fails, as on a full disk


def limit_files(broker: Valkey, size: int) -> None:
    """Let the broker's files grow up to this size and no further."""
    psutil.Process(broker.pid).rlimit(psutil.RLIMIT_FSIZE, (size, psutil.RLIM_INFINITY))


def refuses(client: redis.Redis) -> bool:
    try:
        client.set("filler", "x" * 1000)
    except redis.ResponseError as error:
        return str(error).startswith("MISCONF")
    return False


def test_a_worker_outlives_a_broker_that_cannot_write(data: Path, services: Services, broker: Valkey):
    with worker(data, broker.url) as busy, redis.Redis.from_url(redis_url(broker.url)) as client:
        # Given a broker whose disk is full
        limit_files(broker, _LARGEST)
        wait_until(lambda: refuses(client), what="a broker that refuses")
        wait_until(lambda: "MISCONF" in busy.log.read_text(), what="the worker's notice")
        # When a job comes, the message is refused and the job waits
        submit(services.jobs, 1)
        assert services.jobs.get(1).state is JobState.WAITING
        # And when there is room again
        limit_files(broker, psutil.RLIM_INFINITY)
        wait_until(lambda: not refuses(client), what="a broker that takes messages again")
        services.jobs.recovery.recover()
        wait_until_final(services.jobs, 1)
        # Then the same worker has done it
        assert busy.process.poll() is None
        assert services.jobs.get(1).state is JobState.DONE
