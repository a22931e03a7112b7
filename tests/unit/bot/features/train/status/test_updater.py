"""A run's message while the database cannot be told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest
from sqlalchemy.exc import OperationalError

from bot.features.train.status import updater
from bot.features.train.status.content import StatusContent
from bot.features.train.status.posting import StatusMessagePoster
from bot.features.train.status.texts import RunStatus, run_embed
from bot.features.train.status.updater import PostedStatus, StatusMessageUpdater, final_prefix, fingerprint_of
from bot.features.train.views import run_view
from core.domain.training.runs import Run, RunState, StatusMessage
from tests.unit.bot.features.train.builders import DATASET, NOW, WORDS, a_run

OLD, NEW = 5, 6


class Runs:
    """Remembers a message; refuses to write `locked` times."""

    def __init__(self, locked: int) -> None:
        self.locked = locked
        self.saved = StatusMessage(OLD, NOW - timedelta(hours=2), "old")
        self.status_messages = self

    def get(self, _run_id: int) -> StatusMessage:
        return self.saved

    def save(self, _run_id: int, message: StatusMessage) -> None:
        if self.locked:
            self.locked -= 1
            raise OperationalError("UPDATE runs", {}, Exception("database is locked"))
        self.saved = message


async def now(call: Callable[..., Any], /, *args: Any) -> Any:
    return call(*args)


async def test_a_message_that_could_not_be_noted_is_not_posted_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Given a run whose message is too old to be edited, and a database that is locked
    run, runs = a_run(), Runs(locked=3)
    bot: Any = SimpleNamespace(threads=SimpleNamespace(quick=now), services=SimpleNamespace(runs=runs))
    boards = StatusMessageUpdater(bot, lambda: NOW)
    boards.poster = create_autospec(StatusMessagePoster, instance=True)
    boards.poster.new.return_value = NEW  # type: ignore[attr-defined]
    monkeypatch.setattr(updater, "build_content", AsyncMock(return_value=page(run)))
    # When it is shown until that works
    while runs.saved.id == OLD:
        boards._due[run.id] = run
        boards._next_edit_at.clear()
        await boards._update(run)
    # Then a new message took its place once, and the old one says so
    assert boards.poster.new.await_count == 1  # type: ignore[attr-defined]
    assert boards.poster.retire.await_count == 1  # type: ignore[attr-defined]
    assert (runs.saved.id, runs.saved.posted_at) == (NEW, NOW)
    assert "its message was not shown (OperationalError)" in caplog.text
    assert not [record for record in caplog.records if record.exc_info]


def page(run: Run) -> StatusContent:
    return StatusContent(
        WORDS, (run_embed(WORDS, RunStatus(run, DATASET, None, None, "running")),), run_view(WORDS, run), ()
    )


async def test_a_mark_fits_its_column_and_tells_ends_apart() -> None:
    run = a_run(RunState.FAILED)
    page = StatusContent(
        WORDS, (run_embed(WORDS, RunStatus(run, DATASET, None, None, "failed")),), run_view(WORDS, run), ()
    )
    other = replace(page, pictures=(("curves.png", "bb", ""),))
    again = replace(run, finished_at=NOW + timedelta(hours=1))

    assert len(fingerprint_of(run, page)) <= 64
    assert fingerprint_of(run, page) != fingerprint_of(run, other)
    assert PostedStatus(1, NOW, fingerprint_of(run, page)).is_settled(run)
    assert not PostedStatus(1, NOW, fingerprint_of(run, page)).is_settled(again)
    assert not PostedStatus(1, NOW, fingerprint_of(a_run(), page)).is_settled(a_run())
    assert final_prefix(a_run()) == "running:0:"
