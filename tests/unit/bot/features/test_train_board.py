"""A run's message while the database cannot be told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, create_autospec

import pytest
from sqlalchemy.exc import OperationalError

from bot.features.train import board
from bot.features.train.board import Boards
from bot.features.train.board_post import BoardPost
from bot.features.train.buttons import run_view
from bot.features.train.page import Page
from bot.features.train.texts import Shown, run_embed
from core.domain.training.runs import Run, StatusMessage
from tests.unit.bot.features.test_train import DATASET, NOW, WORDS, a_run

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
    boards = Boards(bot, lambda: NOW)
    boards.post = create_autospec(BoardPost, instance=True)
    boards.post.new.return_value = NEW  # type: ignore[attr-defined]
    monkeypatch.setattr(board, "page_of", AsyncMock(return_value=page(run)))
    # When it is shown until that works
    while runs.saved.id == OLD:
        boards._due[run.id] = run
        boards._not_before.clear()
        await boards._show(run)
    # Then a new message took its place once, and the old one says so
    assert boards.post.new.await_count == 1  # type: ignore[attr-defined]
    assert boards.post.retire.await_count == 1  # type: ignore[attr-defined]
    assert (runs.saved.id, runs.saved.posted_at) == (NEW, NOW)
    assert "its message was not shown (OperationalError)" in caplog.text
    assert not [record for record in caplog.records if record.exc_info]


def page(run: Run) -> Page:
    return Page(WORDS, (run_embed(WORDS, Shown(run, DATASET, None, None, "running")),), run_view(WORDS, run), ())
