"""`omokage worker` with the product's own models, on fictional people."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PIL import Image

from core.bootstrap import Services
from core.domain.classification import ClassifyResult
from core.domain.jobs import JobKind, JobRequest, JobState, Origin, QueueName
from core.storage.scratch import scratch_root
from portraits import default_people, group
from tests.integration.worker.processes import ROOT, Valkey, wait_until, wait_until_final
from worker.heartbeat import heartbeat_file, read_heartbeat


@pytest.fixture
def omokage_worker(data: Path, broker: Valkey):
    """The command itself, ready."""
    environment = {**os.environ, "OMOKAGE_DATA": str(data), "OMOKAGE_BROKER_URL": broker.url}
    command = [sys.executable, "-m", "cli.main", "worker"]
    with (data / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)

    def ready() -> bool:
        assert process.poll() is None, (data / "worker.log").read_text()
        beat = read_heartbeat(heartbeat_file(data, QueueName.CPU))
        return beat is not None and beat.ready_at is not None

    wait_until(ready, within=90, what="the models")
    yield process
    process.kill()
    process.wait()


def ask(services: Services, job_id: int, photo: bytes) -> None:
    origin = Origin(7, 20, job_id, "en", 1, "token")
    services.jobs.receive(JobRequest(job_id, JobKind.CLASSIFY, origin, {"filename": "group.jpg"}))
    services.jobs.submit(job_id, services.blobs.put(photo))


@pytest.mark.slow
def test_a_photo_is_answered_and_so_is_the_next_after_the_process_was_killed(
    omokage_worker: subprocess.Popen[bytes], services: Services, data: Path
):
    jpeg = io.BytesIO()
    picture = group(list(default_people()[:3]), 41)
    Image.fromarray(picture.image).save(jpeg, "JPEG", quality=92)

    ask(services, 1, jpeg.getvalue())
    wait_until_final(services.jobs, 1)
    first = services.jobs.get(1)
    assert first.state is JobState.DONE
    assert first.result is not None
    answer = ClassifyResult.from_json(first.result)
    assert len(answer.faces) == 3
    assert Image.open(io.BytesIO(services.blobs.get(answer.picture))).size == (answer.width, answer.height)
    assert [face.ref.number for face in services.people.faces_of(1)] == [1, 2, 3]

    # A process that is forked again from a parent that has run a model would hang for ever.
    [pool] = psutil.Process(omokage_worker.pid).children()
    pool.kill()
    ask(services, 2, jpeg.getvalue())
    wait_until_final(services.jobs, 2)
    second = services.jobs.get(2)
    assert second.result is not None
    assert second.result["faces"] == first.result["faces"]
    assert len(services.jobs.outbox.pending()) == 2

    # Its log is about its work, and its temporary files are where the next start removes what it leaves.
    assert not re.search("absl|oneDNN|AVX", (data / "worker.log").read_text())
    assert len(list(scratch_root(data).glob("worker-cpu-*.lock"))) == 1
