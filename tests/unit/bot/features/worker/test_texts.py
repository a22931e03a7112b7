"""What /worker status says of queues and workers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.features.worker.texts import workers_embed
from bot.ui.i18n import LANGUAGES, words_in
from core.domain.jobs import JobKind, QueueName
from core.domain.workers import (
    Gpu,
    JobInHand,
    ModelInMemory,
    Oddity,
    Overview,
    QueueStatus,
    StoredWorker,
    WorkerReport,
    WorkerState,
    WorkerStatus,
)
from tests.integration.core.workers.builders import STARTED, a_profile

HERE, ELSEWHERE = 7, 8
NOW = STARTED + timedelta(hours=1)
IDLE = tuple(map(QueueStatus, QueueName))
GPUS = WorkerReport((Gpu("NVIDIA H200", "570.1", 150_000_000_000),), ("NVIDIA H200",))


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def a_status(worker_id: str = "here:1:aa", **changes: Any) -> WorkerStatus:
    report, queue = changes.pop("report", WorkerReport()), changes.pop("queue", QueueName.CPU)
    stored = StoredWorker(a_profile(worker_id, queue=queue), report, ago(3), drain_requested=False)
    values: dict[str, Any] = {"state": WorkerState.ALIVE, "oddities": (), "jobs": (), "models": ()}
    return WorkerStatus(stored, **values | changes)


def text_of(*workers: WorkerStatus, queues: tuple[QueueStatus, ...] = IDLE, language: str = "en") -> str:
    embed = workers_embed(words_in(language), Overview(NOW, queues, workers), HERE)
    return f"{embed.title}\n{embed.description}"


def test_queues_are_shown_with_the_age_of_the_oldest_job() -> None:
    queues = (QueueStatus(QueueName.CPU, 2, 1, 3, ago(12), 4), QueueStatus(QueueName.GPU, 0, 5, 0, None, 0))
    lines = text_of(a_status(), queues=queues).splitlines()
    assert lines[1] == (
        "Queue **cpu**: 4 workers · 2 waiting · 1 in the background · 3 being worked on · oldest since 12 s"
    )
    assert lines[2].endswith("⚠️ nobody takes them")


def test_a_worker_is_shown_with_what_it_does_has_and_is() -> None:
    job = JobInHand(1, JobKind.GENERATE, HERE, ago(41))
    status = a_status("gpu-1:1:aa", queue=QueueName.GPU, report=GPUS, jobs=(job,), models=(ModelInMemory("vae", None),))
    assert text_of(status).splitlines()[-2:] == [
        "**gpu-1** · gpu · seen 3 s ago",
        "-# generate for 41 s · NVIDIA H200 · in memory: vae · 0.1.0 `aaaa`",
    ]


def test_another_guilds_jobs_and_models_are_not_named() -> None:
    jobs = (JobInHand(4242, JobKind.OPTIMIZE, ELSEWHERE, ago(9)), JobInHand(2, JobKind.CLASSIFY, HERE, ago(1)))
    models = (
        ModelInMemory("dcgan v9", ELSEWHERE),
        ModelInMemory("recogniser v3", HERE),
        ModelInMemory("starter vae", None),
    )
    shown = text_of(a_status(jobs=jobs, models=models))
    assert "at work for 9 s, classify for 1 s" in shown
    assert "recogniser v3, starter vae" in shown
    assert not [secret for secret in ("4242", "optimize", "dcgan", "v9") if secret in shown]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": WorkerState.GONE}, "⚠️ gone, last seen 3 s ago"),
        ({"state": WorkerState.DRAINING}, "finishes its jobs and ends"),
        ({"oddities": (Oddity.OTHER_CODE,)}, "other code than the newest worker"),
        ({"oddities": (Oddity.OTHER_LIBRARIES,)}, "other libraries than the newest worker"),
        ({"oddities": (Oddity.NO_GPU,)}, "TensorFlow uses no GPU"),
        ({}, "nothing to do"),
    ],
)
def test_states_and_oddities_are_said_in_words(changes: dict[str, Any], words: str) -> None:
    assert words in text_of(a_status(**changes))


def test_names_cannot_format_the_message() -> None:
    report = WorkerReport((Gpu("*fast* [card](https://example.org)", "1", 0),))
    shown = text_of(a_status("**host**||x||:1:aa", queue=QueueName.GPU, report=report))
    assert r"\*\*host\*\*\|\|x\|\|" in shown
    assert r"\*fast\*" in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_fifty_workers_those_that_started_first_are_counted(language: str) -> None:
    jobs = (JobInHand(1, JobKind.CLASSIFY, HERE, ago(9)),)
    models = tuple(ModelInMemory(f"recogniser v{number} (embedding)", HERE) for number in range(20))
    longest = [
        a_status(f"{'*' * 60}{number:03}:1:aa", queue=QueueName.GPU, report=GPUS, jobs=jobs, models=models,
                 oddities=tuple(Oddity), state=WorkerState.GONE)
        for number in range(50)
    ]  # fmt: skip
    embed = workers_embed(words_in(language), Overview(NOW, IDLE, tuple(longest)), HERE)

    assert embed.description is not None
    assert len(embed.description) <= 4096
    listed = embed.description.count("\n-# ")
    assert listed >= 6
    assert str(50 - listed) in embed.description.splitlines()[-1]
    assert "000**" in embed.description  # the newest comes first


def test_without_a_worker_it_says_so() -> None:
    assert text_of().startswith("No worker takes jobs\n")
    assert "No worker has run within the last hour." in text_of()
