"""Keep a run's message as up to date as Discord allows, and the same one across restarts."""

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

from bot.delivery.reply_poster import TRANSIENT_ERRORS
from bot.features.train.status.content import StatusContent, build_content
from bot.features.train.status.posting import CHANNEL_UNUSABLE, EDITABLE, StatusMessagePoster
from core.domain.training.runs import Run, StatusMessage

if TYPE_CHECKING:
    from bot.context import BotClient

_log = logging.getLogger(__name__)
POLL_S = 1.0  # one indexed query
# Five edits in five seconds are allowed in a channel; this leaves room for several runs, and for replies.
EDIT_INTERVAL_S = 5.0
# A change may become visible a moment after its time, and clocks of hosts differ; also, runs that changed so lately
# are looked at again, since "between two segments" becomes "waiting" by itself.
_MARGIN = timedelta(seconds=15)
_MAX_PAUSE_S = 300.0
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
_DELETED = "gone:"  # somebody has deleted the message


@dataclass(frozen=True, slots=True)
class PostedStatus:
    """What the database remembers of a run's message; `fingerprint` identifies its content."""

    message_id: int | None
    posted_at: datetime | None
    fingerprint: str

    def is_settled(self, run: Run) -> bool:
        """Say whether the message shows the run's end, so that nothing changes unless somebody resumes the run."""
        return run.state.is_over and self.fingerprint.startswith(final_prefix(run))


class StatusMessageUpdater:
    """Looks every second which runs have changed, and edits their messages."""

    def __init__(self, bot: BotClient, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._clock = clock
        self.poster = StatusMessagePoster(bot)
        self._woken = asyncio.Event()
        self._due: dict[int, Run] = {}
        self._unsaved: dict[int, PostedStatus] = {}  # by run: what is shown, where the database does not know it yet
        self._next_edit_at: dict[int, float] = {}
        self._pause_s: dict[int, float] = {}

    def wake(self, run_id: int) -> None:
        """Update a run's message at once."""
        self._next_edit_at.pop(run_id, None)
        self._woken.set()

    async def run(self) -> None:
        """Go on until the bot ends; first all runs are looked at, for what happened while the bot was away."""
        since = _BEGINNING
        while True:
            self._woken.clear()
            now = self._clock()
            for run in await self._bot.threads.quick(self._bot.services.runs.changed_since, since):
                self._due[run.id] = run
            since = now - _MARGIN
            await asyncio.gather(*(self._update(run) for run in list(self._due.values())))
            try:
                async with asyncio.timeout(POLL_S):
                    await self._woken.wait()
            except TimeoutError:
                pass

    async def _update(self, run: Run) -> None:
        if time.monotonic() < self._next_edit_at.get(run.id, 0.0):
            return
        self._due.pop(run.id)
        try:
            await self._refresh(run)
        except (OperationalError, *TRANSIENT_ERRORS) as error:  # a database that is locked or away is waited for, too
            self._retry_later(run, error)
        except discord.HTTPException as error:
            if error.code not in CHANNEL_UNUSABLE:
                _log.exception("run %s: Discord refuses its message", run.id)
            else:
                _log.warning("run %s: its message has nowhere to go: Discord says %s", run.id, error.code)
            self._next_edit_at[run.id] = time.monotonic() + _MAX_PAUSE_S
        except Exception as error:  # noqa: BLE001 - one run that cannot be shown must not keep the others from it
            _log.exception("run %s: its message could not be made", run.id)
            self._retry_later(run, error)

    def _retry_later(self, run: Run, error: Exception) -> None:
        pause = min(2 * self._pause_s.get(run.id, EDIT_INTERVAL_S / 2), _MAX_PAUSE_S)
        _log.warning("run %s: its message was not shown (%s), again in %.0f s", run.id, type(error).__name__, pause)
        self._pause_s[run.id] = pause
        self._next_edit_at[run.id] = time.monotonic() + pause
        self._due.setdefault(run.id, run)

    async def _refresh(self, run: Run) -> None:
        if not run.origin.channel_id:
            return  # started from the shell, so it has no channel
        posted = await self._read_posted(run)
        if posted.is_settled(run) or (posted.fingerprint.startswith(_DELETED) and not run.state.is_over):
            return
        content = await build_content(self._bot, run, self._clock())
        fingerprint = fingerprint_of(run, content)
        if fingerprint == posted.fingerprint:
            return
        await self._send(run, posted, content, fingerprint)
        self._next_edit_at[run.id] = time.monotonic() + EDIT_INTERVAL_S
        self._pause_s.pop(run.id, None)

    async def _send(self, run: Run, posted: PostedStatus, content: StatusContent, fingerprint: str) -> None:
        now = self._clock()
        if posted.message_id is not None and posted.posted_at is not None and now - posted.posted_at < EDITABLE:
            if await self.poster.edit(run, posted.message_id, content):
                await self._save_posted(run, replace(posted, fingerprint=fingerprint))
            else:  # somebody deleted it and does not want to see it; the end of the run is posted all the same
                await self._save_posted(run, PostedStatus(None, posted.posted_at, f"{_DELETED}{run.state.value}"))
            return
        since = posted.posted_at or run.created_at
        new_id = await self.poster.new(run, content, after=posted.message_id, since=since, now=now)
        if posted.message_id is not None:
            await self.poster.retire(run, posted.message_id, new_id, content.words)
        await self._save_posted(run, PostedStatus(new_id, now, fingerprint))

    async def _read_posted(self, run: Run) -> PostedStatus:
        """Read what is posted of a run; what could not be saved before is saved first, and not posted again."""
        unnoted = self._unsaved.get(run.id)
        if unnoted is not None:
            await self._save_posted(run, unnoted)
            return unnoted
        saved = await self._bot.threads.quick(self._bot.services.runs.status_messages.get, run.id)
        return PostedStatus(saved.id, saved.posted_at, saved.content_hash or "")

    async def _save_posted(self, run: Run, posted: PostedStatus) -> None:
        self._unsaved[run.id] = posted
        message = StatusMessage(posted.message_id, posted.posted_at, posted.fingerprint)
        await self._bot.threads.quick(self._bot.services.runs.status_messages.save, run.id, message)
        self._unsaved.pop(run.id, None)


def final_prefix(run: Run) -> str:
    """Build the prefix of the fingerprint of a message that shows this end of the run."""
    ended = 0 if run.finished_at is None else round(run.finished_at.timestamp())
    return f"{run.state.value}:{ended}:"


def fingerprint_of(run: Run, content: StatusContent) -> str:
    """Hash a message's content; at most 64 characters."""
    shown = json.dumps(content.comparable(), sort_keys=True).encode()
    return f"{final_prefix(run)}{hashlib.sha256(shown).hexdigest()[:32]}"
