"""What is in the chat is not posted again while the database cannot be told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest
from sqlalchemy.exc import OperationalError

from bot.delivery import relay
from bot.delivery.progress import ProgressTracker
from bot.delivery.relay import Relay
from bot.delivery.reply_poster import ReplyPoster
from core.domain.errors import ErrorCode
from core.domain.guilds import GuildSettings
from core.domain.jobs import Failure, JobState, OutboxEntry
from tests.unit.bot.fakes import JOB_ID, a_job, at

ENTRY = OutboxEntry(1, JOB_ID, 1, at(1), 0)
LOCKED = OperationalError("UPDATE outbox", {}, Exception("database is locked"))


class Jobs:
    """One failed job whose answer is due; writing works once `locked` refusals are used up."""

    def __init__(self, locked: int) -> None:
        self.locked = locked
        self.refused = 0
        self.marked: list[int | None] = []
        self.outbox = self
        self.looks_behind = 0  # looks into the outbox that still show what has just been marked

    def pending(self) -> list[OutboxEntry]:
        if not self.marked:
            return [ENTRY]
        self.looks_behind -= 1
        return [ENTRY] if self.looks_behind >= 0 else []

    def get(self, _job_id: int) -> Any:
        return a_job(JobState.FAILED, failure=Failure(ErrorCode.NO_FACE, {}))

    def mark_sent(self, _entry_id: int, message_id: int | None) -> None:
        self._write()
        self.marked.append(message_id)

    def note_failure(self, *_: Any) -> bool:
        self._write()
        return True

    def _write(self) -> None:
        if self.refused < self.locked:
            self.refused += 1
            raise LOCKED


async def now(call: Callable[..., Any], /, *args: Any) -> Any:
    await asyncio.sleep(0)
    return call(*args)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "_POLL_S", 0.001)
    monkeypatch.setattr(relay, "_MARK_RETRY_S", 0.001)
    monkeypatch.setattr(relay, "_MAX_MARK_RETRY_S", 0.002)


def make(jobs: Jobs) -> tuple[Relay, Any]:
    bot: Any = SimpleNamespace(
        threads=SimpleNamespace(quick=now),
        services=SimpleNamespace(jobs=jobs),
        guild_settings=SimpleNamespace(settings=AsyncMock(return_value=GuildSettings())),
    )
    poster = create_autospec(ReplyPoster, instance=True)
    poster.deliver.return_value = None  # private: there is no message that could be looked for
    return Relay(bot, poster, create_autospec(ProgressTracker, instance=True), {}), poster


async def run_until(made: Relay, check: Callable[[], object]) -> None:
    running = asyncio.create_task(made.run())
    async with asyncio.timeout(5):
        while not check():  # noqa: ASYNC110 - a fake; nothing tells when it has changed
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.01)  # some more looks into the outbox
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await made.settle()


async def test_a_private_failure_is_told_once_while_the_database_is_locked(caplog: pytest.LogCaptureFixture) -> None:
    jobs = Jobs(locked=5)
    made, poster = make(jobs)

    await run_until(made, lambda: jobs.marked)

    assert poster.deliver.await_count == 1
    assert jobs.marked == [None]
    assert jobs.refused == 5
    assert caplog.text.count("posted, not noted yet (OperationalError)") == 5
    assert not [record for record in caplog.records if record.exc_info]


async def test_a_look_that_began_before_the_answer_was_noted_does_not_post_it_again() -> None:
    jobs = Jobs(locked=0)
    jobs.looks_behind = 2
    made, poster = make(jobs)

    await run_until(made, lambda: jobs.looks_behind < 0)

    assert poster.deliver.await_count == 1


async def test_an_answer_that_was_not_posted_is_tried_again() -> None:
    jobs = Jobs(locked=0)
    made, poster = make(jobs)
    poster.deliver.side_effect = [OSError("no route"), 77]

    await run_until(made, lambda: jobs.marked)

    assert poster.deliver.await_count == 2
    assert jobs.marked == [77]
