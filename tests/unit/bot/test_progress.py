"""What is said while a job waits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.i18n import words_in
from bot.progress import Look, is_away, progress_text, remaining
from core.domain.fairness import Place
from core.domain.jobs import Backlog, JobState, QueueName
from core.services.jobs import now_utc
from tests.unit.bot.fakes import a_job

EN = words_in("en")


@pytest.mark.parametrize(
    ("state", "place", "away", "text"),
    [
        (JobState.RECEIVED, Place(0, None), False, "🔎 Looking at the photo …"),
        (JobState.WAITING, Place(0, None), False, "⏳ Next in the queue."),
        (JobState.DISPATCHED, Place(1, 2.0), False, "⏳ One photo is ahead of this one. About 5 seconds to go."),
        (JobState.DISPATCHED, Place(3, 40.0), False, "⏳ 3 photos are ahead of this one. About 40 seconds to go."),
        (JobState.RUNNING, Place(0, 1.0), False, "🧠 Comparing with the people I know …"),
    ],
)
def test_one_line_says_where_it_is(state: JobState, place: Place, away: bool, text: str) -> None:
    assert progress_text(EN, Look(a_job(state), place, away), "recognising", away=away) == text


def test_an_absent_worker_is_said() -> None:
    look = Look(a_job(JobState.DISPATCHED), Place(0, None), away=True)

    assert "is away at the moment" in progress_text(EN, look, "", away=True)


def test_a_cancellation_is_said_before_anything_else() -> None:
    look = Look(a_job(JobState.RUNNING, cancel_requested=True), Place(0, None), away=False)

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

    assert is_away(a_job(JobState.DISPATCHED), backlog) is away
    assert not is_away(a_job(JobState.RUNNING), backlog)
