"""What is said while a job waits."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest
from sqlalchemy.exc import OperationalError

from bot.delivery import progress
from bot.delivery.progress import ProgressTracker
from bot.delivery.progress_texts import (
    JobStatus,
    ProgressMessage,
    StageReport,
    progress_text,
    remaining,
    render_progress,
    worker_is_away,
)
from bot.delivery.reply_poster import ReplyPoster
from bot.features.jobs.views import cancel_view
from bot.features.optimize.progress import parse_step, render_optimize_progress
from bot.ui.i18n import words_in
from core.domain.clock import now_utc
from core.domain.fairness import QueuePosition
from core.domain.guilds import GuildSettings
from core.domain.jobs import Backlog, JobKind, JobState, QueueName
from core.domain.optimisation import OptimizeStep
from tests.unit.bot.fakes import a_job

EN = words_in("en")
LOCKED = OperationalError("SELECT", {}, Exception("database is locked"))


@pytest.mark.parametrize(
    ("state", "place", "away", "text"),
    [
        (JobState.RECEIVED, QueuePosition(0, None), False, "🔎 Looking at the photo …"),
        (JobState.WAITING, QueuePosition(0, None), False, "⏳ Next in the queue."),
        (
            JobState.DISPATCHED,
            QueuePosition(1, 2.0),
            False,
            "⏳ One photo is ahead of this one. About 5 seconds to go.",
        ),
        (
            JobState.DISPATCHED,
            QueuePosition(3, 40.0),
            False,
            "⏳ 3 photos are ahead of this one. About 40 seconds to go.",
        ),
        (JobState.RUNNING, QueuePosition(0, 1.0), False, "🧠 Comparing with the people I know …"),
    ],
)
def test_one_line_says_where_it_is(state: JobState, place: QueuePosition, away: bool, text: str) -> None:
    assert progress_text(EN, JobStatus(a_job(state), place, away), "recognising", away=away) == text


def test_an_absent_worker_is_said() -> None:
    look = JobStatus(a_job(JobState.DISPATCHED), QueuePosition(0, None), away=True)

    assert "is away at the moment" in progress_text(EN, look, "", away=True)


def test_a_cancellation_is_said_before_anything_else() -> None:
    look = JobStatus(a_job(JobState.RUNNING, cancel_requested=True), QueuePosition(0, None), away=False)

    assert progress_text(EN, look, "drawing", away=False) == "Cancelling …"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "About 5 seconds"), (5.1, "About 10 seconds"), (119, "About 120 seconds"), (150, "About 2 minutes")],
)
def test_estimates_are_rounded(seconds: float, text: str) -> None:
    assert remaining(EN, seconds).startswith(text)


@pytest.mark.parametrize(
    ("running", "age_s", "away"),
    [(0, 10, True), (0, 1, False), (1, 10, False)],
)
def test_a_worker_is_away_when_nobody_takes_what_is_there(running: int, age_s: int, away: bool) -> None:
    oldest = now_utc() - timedelta(seconds=age_s)
    backlog = {QueueName.CPU: Backlog(QueueName.CPU, 0, 1, running, oldest)}

    assert worker_is_away(a_job(JobState.DISPATCHED), backlog) is away
    assert not worker_is_away(a_job(JobState.RUNNING), backlog)


async def test_a_database_that_is_away_for_a_while_does_not_end_the_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a job whose first two looks fail
    looks = [LOCKED, LOCKED, JobStatus(a_job(JobState.RUNNING), QueuePosition(0, None), away=False)]
    poster = create_autospec(ReplyPoster, instance=True)
    shown = asyncio.Event()
    poster.update_message.side_effect = lambda *_: shown.set()

    async def quick(*_: Any) -> Any:
        look = looks.pop(0) if len(looks) > 1 else looks[0]
        if isinstance(look, Exception):
            raise look
        return look

    monkeypatch.setattr(progress, "FIRST_EDIT_AFTER_S", 0.001)
    monkeypatch.setattr(progress, "EDIT_INTERVAL_S", 0.001)
    monkeypatch.setattr(progress, "_INTERVAL_PER_JOB_S", 0.0)
    chosen = SimpleNamespace(settings=AsyncMock(return_value=GuildSettings()))
    jobs = SimpleNamespace(jobs=None)
    bot: Any = SimpleNamespace(threads=SimpleNamespace(quick=quick), services=jobs, guild_settings=chosen)
    made = ProgressTracker(bot, poster, {}, cancel_view)
    # When it is followed
    made.track(a_job(JobState.RUNNING))
    async with asyncio.timeout(5):
        await shown.wait()
    # Then it is shown as soon as the database is back
    assert poster.update_message.await_count == 1
    made.close()
    await asyncio.gather(*made._tasks, return_exceptions=True)


NOTHING_YET = json.dumps(OptimizeStep(0, 300, 0.0, 0.0).to_json())


def a_step(picture: str | None = "ab" * 32) -> str:
    return json.dumps(OptimizeStep(120, 300, 0.14, 0.87, picture).to_json())


def an_optimisation(state: JobState = JobState.RUNNING, **changes: object) -> JobStatus:
    job = a_job(state, kind=JobKind.OPTIMIZE, params={"target": "Mina_M"}, queue=QueueName.GPU, **changes)
    return JobStatus(job, QueuePosition(1, None), away=False)


def test_an_optimisation_shows_its_picture_and_can_be_stopped() -> None:
    shown = render_progress(
        EN, an_optimisation(), StageReport("optimising", a_step()), render_optimize_progress, away=False
    )

    assert shown.text == "🎯 Step 120 of 300: probability of Mina\\_M 87.0 %"
    assert (shown.button, shown.picture) == ("Stop", "ab" * 32)
    assert shown.alt


def test_what_is_there_when_it_is_stopped_stays_in_sight() -> None:
    look = an_optimisation(cancel_requested=True)

    shown = render_progress(EN, look, StageReport("optimising", a_step()), render_optimize_progress, away=False)

    assert shown.text.startswith("🎯 Stopping: what there is so far is looked at and posted")
    assert shown.picture == "ab" * 32


@pytest.mark.parametrize("detail", ["", "{", "[]", "7", '{"step": 1}', '{"other": 1}', NOTHING_YET])
def test_before_the_first_step_there_is_a_line_and_a_cancel_button(detail: str) -> None:
    shown = render_progress(EN, an_optimisation(), StageReport("reading", detail), render_optimize_progress, away=False)

    assert detail == NOTHING_YET or parse_step(detail) is None
    assert shown == ProgressMessage("🎯 Getting ready to fool the recogniser …", "Cancel")


def test_a_job_that_waits_again_says_so_whatever_was_shown_before() -> None:
    look = an_optimisation(JobState.DISPATCHED)

    shown = render_progress(EN, look, StageReport("optimising", a_step()), render_optimize_progress, away=False)

    assert shown == ProgressMessage("⏳ One job is ahead of this one.", "Cancel")
