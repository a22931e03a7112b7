"""Exactly one thread and exactly one answer, whatever dies, fails or is repeated in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import discord
import pytest
from sqlalchemy.exc import OperationalError

from bot.delivery.learning_thread import LearningThread
from bot.delivery.reply_poster import ReplyPoster
from core.bootstrap import Services
from core.settings import Settings
from sandbox.driver import Driver, Member
from sandbox.world import fixtures
from tests.integration.bot.conftest import kill, serving
from tests.integration.bot.fakes.worker import FakeWorker, until
from tests.integration.bot.learning import GUILD, Learning, prepare

GENERAL = int(fixtures.GENERAL_ID)


@pytest.fixture
def learning(services: Services, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch, aiko: Member) -> Learning:
    """A guild with a gallery; without a bot so far."""
    prepare(services, worker, monkeypatch)
    services.guilds.set_gallery(GUILD, 1, GENERAL)
    return Learning(services, aiko)


def fail_once(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: Exception, *, after: bool
) -> Callable[[], bool]:
    """Let the first call of an async method fail, before or after it has done its work; say whether it has."""
    original, failed = getattr(owner, name), []

    async def call(*args: Any, **kwargs: Any) -> Any:
        if failed:
            return await original(*args, **kwargs)
        failed.append(True)
        if after:
            await original(*args, **kwargs)
        raise error

    monkeypatch.setattr(owner, name, call)
    return lambda: bool(failed)


LOST = aiohttp.ClientError("the connection is lost")
FAILURES = {
    "the answer is posted, and that is lost": (ReplyPoster, "post_elsewhere", LOST, True),
    "the member is not told where it is": (ReplyPoster, "replace_progress", LOST, False),
    "no thread is begun": (discord.PartialMessage, "create_thread", LOST, False),
    "the thread is begun, and that is lost": (discord.PartialMessage, "create_thread", LOST, True),
    "all is done, and that is lost": (LearningThread, "_post_first", LOST, True),
}


@pytest.mark.parametrize(("owner", "name", "error", "after"), list(FAILURES.values()), ids=list(FAILURES))
async def test_the_first_answer_is_posted_once_and_begins_one_thread(  # noqa: PLR0917 - fixtures
    learning: Learning,
    services: Services,
    settings: Settings,
    worker: FakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    owner: Any,
    name: str,
    error: Exception,
    after: bool,
) -> None:
    async with serving(services, settings, worker):
        has_failed = fail_once(monkeypatch, owner, name, error, after=after)
        asked = await learning.ask()
        await learning.sent(int(asked.id))

        assert has_failed()
        (told,) = learning.told(asked.id)
        assert told["channel_id"] == fixtures.GENERAL_ID
        assert learning.thread["id"] == told["id"]
        assert learning.kept == int(told["id"])
        assert asked.messages[-1]["content"].startswith("What came of it: <#")
        assert (await learning.learn())["channel_id"] == told["id"]


async def test_a_database_that_is_away_between_answer_and_thread_is_waited_for(
    learning: Learning, services: Services, settings: Settings, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = services.guilds.begin_learning_thread, []

    def locked_once(*args: Any) -> int:
        calls.append(args)
        if len(calls) == 1:
            raise OperationalError("", {}, Exception("database is locked"))
        return original(*args)

    async with serving(services, settings, worker):
        monkeypatch.setattr(services.guilds, "begin_learning_thread", locked_once)
        told = await learning.round()
        assert learning.thread["id"] == told["id"]
        assert len(calls) == 2


@pytest.mark.parametrize("refused", ["rate_limit", "server_error"])
async def test_a_discord_that_refuses_the_thread_for_a_moment_is_asked_again(  # noqa: PLR0917 - fixtures
    learning: Learning, services: Services, settings: Settings, worker: FakeWorker, driver: Driver, refused: str
) -> None:
    async with serving(services, settings, worker):
        await driver.fault(refused, method="POST", path="/threads", retry_after=0.2, status=503)
        told = await learning.round()
        assert learning.thread["id"] == told["id"]
        assert (await learning.round())["channel_id"] == told["id"]


@pytest.mark.parametrize("is_first", [True, False], ids=["of the first", "of another"])
async def test_a_bot_that_dies_before_an_answer_is_noted_leaves_the_rest_to_the_next(  # noqa: PLR0917 - fixtures
    learning: Learning,
    services: Services,
    settings: Settings,
    worker: FakeWorker,
    monkeypatch: pytest.MonkeyPatch,
    is_first: bool,
) -> None:
    async with serving(services, settings, worker) as first:
        if not is_first:
            await learning.round()
        done = asyncio.Event()
        deliver = first.learning_thread.deliver

        async def deliver_and_hang(*args: Any) -> None:
            await deliver(*args)
            done.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(first.learning_thread, "deliver", deliver_and_hang)
        asked = await learning.ask()
        await asyncio.wait_for(done.wait(), 10)
        await kill(first)
    async with serving(services, settings, worker):
        await learning.sent(int(asked.id))

    (told,) = learning.told(asked.id)
    assert told["channel_id"] == (fixtures.GENERAL_ID if is_first else learning.thread["id"])
    assert learning.kept == int(learning.thread["id"])


async def test_a_bot_that_dies_between_answer_and_thread_leaves_the_thread_to_the_next(
    learning: Learning, services: Services, settings: Settings, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted = asyncio.Event()

    async def hang(*_: Any, **__: Any) -> None:
        posted.set()
        await asyncio.Event().wait()

    async with serving(services, settings, worker) as first:
        with monkeypatch.context() as patch:
            patch.setattr(LearningThread, "_create", hang)
            asked = await learning.ask()
            await asyncio.wait_for(posted.wait(), 10)
            await kill(first)
    assert learning.me.threads == []
    async with serving(services, settings, worker):
        await learning.sent(int(asked.id))
        (told,) = learning.told(asked.id)
        assert learning.thread["id"] == told["id"]
        assert (await learning.round())["channel_id"] == told["id"]


async def test_an_answer_that_became_due_while_no_bot_was_there_is_in_the_same_thread(
    learning: Learning, services: Services, settings: Settings, worker: FakeWorker
) -> None:
    async with serving(services, settings, worker):
        await learning.round()
        worker.pause()
        asked = await learning.ask()
        await asked.ack()
        await until(lambda: int(asked.id) in worker.enqueued)
    worker.resume()
    await until(lambda: services.jobs.get(int(asked.id)).state.is_final)
    async with serving(services, settings, worker):
        await learning.sent(int(asked.id))
        (told,) = learning.told(asked.id)
        assert told["channel_id"] == learning.thread["id"]


async def test_two_bots_at_once_begin_one_thread(
    learning: Learning, services: Services, settings: Settings, worker: FakeWorker
) -> None:
    async with serving(services, settings, worker) as first, serving(services, settings, worker) as second:
        worker.pause()
        asked = await learning.ask()
        worker.resume()
        await learning.sent(int(asked.id))
        for bot in (first, second):
            await bot.relay.settle()
        (told,) = learning.told(asked.id)
        assert learning.thread["id"] == told["id"]
        assert learning.kept == int(told["id"])


async def test_a_bot_that_is_late_posts_nothing_again(
    learning: Learning, services: Services, settings: Settings, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(services, settings, worker) as bot:
        calls, deliver = [], bot.learning_thread.deliver

        async def remember(*args: Any) -> int | None:
            calls.append(args)
            return await deliver(*args)

        monkeypatch.setattr(bot.learning_thread, "deliver", remember)
        for told in (await learning.round(), await learning.round()):
            args = calls.pop(0)
            assert await deliver(*args) == int(told["id"])  # with the job as it was before the answer was posted
            assert learning.told(str(args[0].id)) == [told]
        assert learning.kept == int(learning.thread["id"])
