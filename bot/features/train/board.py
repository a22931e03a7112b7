"""A run's message in its channel: kept as new as Discord allows, the same one across restarts."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import discord
from sqlalchemy.exc import OperationalError

from bot.delivery.post import PASSING
from bot.features.train.board_post import EDITABLE, NOWHERE, BoardPost
from bot.features.train.page import Page, page_of
from core.domain.training.runs import Run, StatusMessage

if TYPE_CHECKING:
    from bot.context import BotClient

_log = logging.getLogger(__name__)
LOOK_S = 1.0  # one indexed query
EVERY_S = 5.0  # five edits in five seconds are allowed in a channel; this leaves room for several runs, and for answers
# A change may become visible a moment after its time, and clocks of hosts differ; also, runs that changed so lately
# are looked at again, since "between two segments" becomes "waiting" by itself.
_MARGIN = timedelta(seconds=15)
_LONGEST_PAUSE_S = 300.0
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_GONE = "gone:"  # somebody has deleted the message


@dataclass(frozen=True, slots=True)
class Board:
    """What is remembered of a run's message; `mark` says what it shows."""

    message_id: int | None
    posted_at: datetime | None
    mark: str

    def is_settled(self, run: Run) -> bool:
        """Whether there is nothing more to show, ever, unless somebody resumes the run."""
        return run.state.is_over and self.mark.startswith(final_mark(run))


class Boards:
    """Looks every second which runs have changed, and shows them."""

    def __init__(self, bot: BotClient, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._clock = clock
        self.post = BoardPost(bot)
        self._woken = asyncio.Event()
        self._due: dict[int, Run] = {}
        self._unnoted: dict[int, Board] = {}  # by run: what is shown, where the database does not know it yet
        self._not_before: dict[int, float] = {}
        self._pause_s: dict[int, float] = {}

    def wake(self, run_id: int) -> None:
        """Somebody has pressed a button: show at once what came of it."""
        self._not_before.pop(run_id, None)
        self._woken.set()

    async def run(self) -> None:
        """Go on for ever; at first all runs are looked at, for what happened while the bot was away."""
        since = _BEGINNING
        while True:
            self._woken.clear()
            now = self._clock()
            for run in await self._bot.threads.quick(self._bot.services.runs.changed_since, since):
                self._due[run.id] = run
            since = now - _MARGIN
            await asyncio.gather(*(self._show(run) for run in list(self._due.values())))
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _show(self, run: Run) -> None:
        if time.monotonic() < self._not_before.get(run.id, 0.0):
            return
        self._due.pop(run.id)
        try:
            await self._refresh(run)
        except (OperationalError, *PASSING) as error:  # a database that is locked or away is waited for, too
            self._later(run, error)
        except discord.HTTPException as error:
            if error.code not in NOWHERE:
                _log.exception("run %s: Discord refuses its message", run.id)
            else:
                _log.warning("run %s: its message has nowhere to go: Discord says %s", run.id, error.code)
            self._not_before[run.id] = time.monotonic() + _LONGEST_PAUSE_S
        except Exception as error:  # noqa: BLE001 - one run that cannot be shown must not keep the others from it
            _log.exception("run %s: its message could not be made", run.id)
            self._later(run, error)

    def _later(self, run: Run, error: Exception) -> None:
        pause = min(2 * self._pause_s.get(run.id, EVERY_S / 2), _LONGEST_PAUSE_S)
        _log.warning("run %s: its message was not shown (%s), again in %.0f s", run.id, type(error).__name__, pause)
        self._pause_s[run.id] = pause
        self._not_before[run.id] = time.monotonic() + pause
        self._due.setdefault(run.id, run)

    async def _refresh(self, run: Run) -> None:
        if not run.origin.channel_id:
            return  # of the shell
        board = await self._board(run)
        if board.is_settled(run) or (board.mark.startswith(_GONE) and not run.state.is_over):
            return
        page = await page_of(self._bot, run, self._clock())
        mark = mark_of(run, page)
        if mark == board.mark:
            return
        await self._carry(run, board, page, mark)
        self._not_before[run.id] = time.monotonic() + EVERY_S
        self._pause_s.pop(run.id, None)

    async def _carry(self, run: Run, board: Board, page: Page, mark: str) -> None:
        now = self._clock()
        if board.message_id is not None and board.posted_at is not None and now - board.posted_at < EDITABLE:
            if await self.post.edit(run, board.message_id, page):
                await self._note(run, replace(board, mark=mark))
            else:  # deleted by somebody, who does not want to see it; its last word comes all the same
                await self._note(run, Board(None, board.posted_at, f"{_GONE}{run.state.value}"))
            return
        since = board.posted_at or run.created_at
        new_id = await self.post.new(run, page, after=board.message_id, since=since, now=now)
        if board.message_id is not None:
            await self.post.retire(run, board.message_id, new_id, page.words)
        await self._note(run, Board(new_id, now, mark))

    async def _board(self, run: Run) -> Board:
        """Read what the run's message shows; what could not be noted before is noted first, and not posted again."""
        unnoted = self._unnoted.get(run.id)
        if unnoted is not None:
            await self._note(run, unnoted)
            return unnoted
        saved = await self._bot.threads.quick(self._bot.services.runs.status_messages.get, run.id)
        return Board(saved.id, saved.posted_at, saved.content_hash or "")

    async def _note(self, run: Run, board: Board) -> None:
        self._unnoted[run.id] = board
        message = StatusMessage(board.message_id, board.posted_at, board.mark)
        await self._bot.threads.quick(self._bot.services.runs.status_messages.save, run.id, message)
        self._unnoted.pop(run.id, None)


def final_mark(run: Run) -> str:
    """What the mark of a message begins with that shows this end of the run."""
    ended = 0 if run.finished_at is None else round(run.finished_at.timestamp())
    return f"{run.state.value}:{ended}:"


def mark_of(run: Run, page: Page) -> str:
    """Differs where the message would; at most 64 characters."""
    shown = json.dumps(page.content(), sort_keys=True).encode()
    return f"{final_mark(run)}{hashlib.sha256(shown).hexdigest()[:32]}"
