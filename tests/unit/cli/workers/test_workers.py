"""`omokage workers` on a database of the test's own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from cli.exits import Fault
from cli.main import omokage
from core.bootstrap import Services, build
from core.domain.clock import now_utc
from core.domain.jobs import QueueName
from core.domain.workers import Gpu, WorkerReport
from core.settings import Settings
from core.storage.worker_tables import workers as worker_table
from tests.databases import new_database
from tests.integration.core.builders import running_job, submitted_job
from tests.integration.core.workers.builders import a_profile

NOTHING = WorkerReport()
H200 = WorkerReport((Gpu("NVIDIA H200", "570.1", 150_000_000_000),), ("NVIDIA H200",), ("starter vae",))


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    for name in ("OMOKAGE_DATABASE_URL", "OMOKAGE_BLOBS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMOKAGE_DATA", str(tmp_path))
    new_database(tmp_path / "omokage.db").close()
    built = build(Settings.from_env(), lambda *_: None)
    yield built
    built.close()


def workers(*arguments: str) -> Result:
    """Without the exit status of `main`: it is `return_value`."""
    return CliRunner().invoke(omokage, ["workers", *arguments], standalone_mode=False)


def read_json() -> dict[str, Any]:
    return json.loads(workers("--json").output)


def kill(services: Services, host: str) -> None:
    with services.database.write() as connection:
        earlier = now_utc() - timedelta(minutes=5)
        connection.execute(update(worker_table).where(worker_table.c.host == host).values(seen_at=earlier))


def test_without_a_worker_and_a_job_all_is_well(services: Services) -> None:
    result = workers()
    assert result.return_value == 0
    assert "No worker has run within the last hour." in result.output


def test_hosts_are_listed_with_their_workers_jobs_and_gpus(services: Services) -> None:
    gpu = a_profile("gpu-1:2:bb", queue=QueueName.GPU, started_at=now_utc())
    services.workers.update(a_profile("small:1:aa"), NOTHING)
    services.workers.update(gpu, H200)
    running_job(services.jobs, 1_573_616_009_967_828_992, "small:1:aa:0a")
    submitted_job(services.jobs, 2, guild=8)

    lines = workers().output.splitlines()
    listed = read_json()

    assert lines[0].split() == ["QUEUE", "WAITING", "OLDEST", "BACKGROUND", "RUNNING", "WORKERS"]
    assert lines[1].split() == ["cpu", "1", "0", "s", "0", "1", "1"]
    assert "classify 0 s" in next(line for line in lines if line.startswith("small"))
    assert "NVIDIA H200 (150.0 GB, driver 570.1)" in next(line for line in lines if line.startswith("gpu-1"))
    assert listed["ok"]
    assert [host["host"] for host in listed["hosts"]] == ["gpu-1", "small"]
    [worker] = listed["hosts"][0]["workers"]
    assert (worker["state"], worker["tensorflow_gpus"]) == ("alive", ["NVIDIA H200"])
    assert worker["models"] == [{"label": "starter vae", "guild": None}]
    [job] = listed["hosts"][1]["workers"][0]["jobs"]
    assert (job["id"], job["kind"], job["guild"]) == ("1573616009967828992", "classify", "700")


def test_jobs_that_nobody_would_take_are_a_fault(services: Services) -> None:
    submitted_job(services.jobs, 1)
    result = workers()
    assert result.return_value == 1
    assert "Jobs wait in the cpu queue, and no worker takes them." in result.output
    assert not read_json()["ok"]

    services.workers.update(a_profile(), NOTHING)
    assert workers().return_value == 0

    kill(services, "here")
    result = workers()
    assert result.return_value == 1
    assert "gone" in result.output


def test_a_worker_of_other_code_is_pointed_out(services: Services) -> None:
    services.workers.update(a_profile("old:1:aa"), NOTHING)
    services.workers.update(a_profile("new:2:bb", revision="bbbb", started_at=now_utc()), NOTHING)
    lines = workers().output.splitlines()
    assert "other code" in next(line for line in lines if line.startswith("old"))
    assert "other code" not in next(line for line in lines if line.startswith("new"))


def test_a_host_is_drained(services: Services) -> None:
    for worker_id in ("gpu-1:1:aa", "gpu-1:2:bb"):
        services.workers.update(a_profile(worker_id), NOTHING)
    result = workers("--drain", "gpu-1")
    assert result.return_value == 0
    assert "2 workers finish their jobs and end" in result.output
    assert {worker["state"] for worker in read_json()["hosts"][0]["workers"]} == {"draining"}


def test_a_host_without_workers_cannot_be_drained(services: Services) -> None:
    services.workers.update(a_profile("gpu-1:1:aa"), NOTHING)
    kill(services, "gpu-1")
    for host in ("gpu-1", "gpu-2"):
        result = workers("--drain", host)
        assert isinstance(result.exception, Fault)
        assert result.exception.message == f"No worker of {host} lives."


def test_a_host_name_cannot_control_the_terminal(services: Services) -> None:
    services.workers.update(a_profile("evil\x1b[2J:1:aa"), NOTHING)
    assert "\x1b" not in workers().output
    assert "\x1b" not in workers("--json").output


def test_no_tensorflow_is_needed(services: Services, tmp_path: Path) -> None:
    script = (
        "import sys; from click.testing import CliRunner; from cli.main import omokage;"
        " result = CliRunner().invoke(omokage, ['workers']); assert result.exit_code == 0, result.output;"
        " sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras', 'numpy', 'celery')))"
    )
    root = Path(__file__).resolve().parents[4]
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)
