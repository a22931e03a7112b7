"""Exactly one answer, whatever dies, drops or is repeated in between."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import Any

import pytest

from bot.client import OmokageBot
from bot.delivery import relay
from bot.intake import service as intake
from core.bootstrap import Services
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobState
from core.settings import Settings
from core.storage import database
from sandbox.clock import ManualClock
from sandbox.driver import Driver, Invocation, Member, NoResponseError
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.conftest import kill, serving
from tests.integration.bot.fakes.worker import FakeWorker, until
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

QUARTER = 16 * 60  # minutes after which the token is dead


def answers(member: Member, asked: Invocation) -> list[Json]:
    """The finished answers to a command, wherever they are."""
    return [m for m in member.messages() if m["embeds"] and f"job {asked.id}" in m["embeds"][0]["footer"]["text"]]


async def settled(services: Services, member: Member, asked: Invocation) -> list[Json]:
    """The answers once the outbox is empty, and a moment later."""
    await until(lambda: answers(member, asked) and not services.jobs.outbox.pending())
    await asyncio.sleep(0.3)
    return answers(member, asked)


async def test_a_bot_that_dies_before_it_posts_leaves_the_answer_to_the_next(
    services: Services, settings: Settings, worker: FakeWorker, ben: Member
) -> None:
    worker.pause()
    async with serving(services, settings, worker) as first:
        interaction = await ben.command("classify", photo=PHOTO)
        await until(lambda: worker.enqueued)
        await kill(first)
    worker.resume()

    async with serving(services, settings, worker):
        result = await settled(services, ben, interaction)

    assert [message["id"] for message in result] == [interaction.messages[0]["id"]]


async def test_a_bot_that_dies_between_posting_and_noting_it_posts_once(
    services: Services, settings: Settings, worker: FakeWorker, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(services, settings, worker) as first:
        posted = never_noted(services, monkeypatch)
        interaction = await ben.command("classify", photo=PHOTO)
        await interaction.wait_for(lambda message: bool(message["embeds"]))
        await asyncio.to_thread(posted.wait, 5)
        await kill(first)
    monkeypatch.undo()
    assert len(services.jobs.outbox.pending()) == 1

    async with serving(services, settings, worker):
        assert len(await settled(services, ben, interaction)) == 1


async def test_with_a_dead_token_the_answer_is_a_new_message_and_is_posted_once(  # noqa: PLR0917 - fixtures
    services: Services,
    settings: Settings,
    worker: FakeWorker,
    ben: Member,
    driver: Driver,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker.pause()
    async with serving(services, settings, worker) as first:
        interaction = await ben.command("classify", photo=PHOTO)
        await interaction.ack()
        thinking = ben.messages()[-1]
        clock.advance(QUARTER)
        posted = never_noted(services, monkeypatch)
        worker.resume()
        await asyncio.to_thread(posted.wait, 10)
        await kill(first)
    monkeypatch.undo()

    async with serving(services, settings, worker):
        result = await settled(services, ben, interaction)

    assert len(result) == 1
    assert result[0]["content"] == f"For <@{ben.id}>"
    assert thinking["id"] not in [message["id"] for message in ben.messages()]
    sent = [
        request
        for request in await driver.requests()
        if request["method"] == "POST" and request["path"].endswith("/messages")
    ]
    assert [(one["payload"]["nonce"], one["payload"]["enforce_nonce"]) for one in sent] == 2 * [
        (f"{interaction.id}-1", True)
    ]


async def test_a_bot_that_dies_before_it_acknowledges_still_answers(
    services: Services, settings: Settings, worker: FakeWorker, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(intake, "_acknowledge", hang)
    async with serving(services, settings, worker) as first:
        interaction = await ben.command("classify", photo=PHOTO)
        await until(lambda: services.jobs.newest(int(fixtures.GUILD_ID), None))
        await kill(first)
    monkeypatch.undo()
    with pytest.raises(NoResponseError):
        await interaction.ack()

    async with serving(services, settings, worker):
        result = await settled(services, ben, interaction)

    assert [message["content"] for message in result] == [f"For <@{ben.id}>"]


async def test_an_interaction_that_discord_sends_twice_is_one_job(
    bot: OmokageBot, services: Services, worker: FakeWorker, ben: Member
) -> None:
    parsers = bot._connection.parsers
    once = parsers["INTERACTION_CREATE"]

    def twice(data: Any) -> None:
        once(data)
        once(data)

    parsers["INTERACTION_CREATE"] = twice

    interaction = await ben.command("classify", photo=PHOTO)

    assert len(await settled(services, ben, interaction)) == 1
    assert worker.taken == [int(interaction.id)]


async def test_a_dropped_connection_is_resumed_and_nothing_is_lost(
    bot: OmokageBot, services: Services, driver: Driver, ben: Member
) -> None:
    await driver.fault("disconnect")
    interaction = await ben.command("classify", photo=PHOTO)

    assert len(await settled(services, ben, interaction)) == 1


@pytest.mark.parametrize("fault", [{"kind": "rate_limit", "retry_after": 0.3}, {"kind": "server_error"}])
async def test_a_refusal_that_passes_costs_only_time(
    bot: OmokageBot, services: Services, driver: Driver, ben: Member, fault: dict[str, Any]
) -> None:
    await driver.fault(**fault, method="PATCH", path="/webhooks/")
    interaction = await ben.command("classify", photo=PHOTO)

    assert len(await settled(services, ben, interaction)) == 1


async def test_an_answer_that_somebody_deleted_is_not_posted_again(
    bot: OmokageBot, services: Services, worker: FakeWorker, ben: Member
) -> None:
    worker.pause()
    interaction = await ben.command("classify", photo=PHOTO)
    await interaction.ack()
    thinking = ben.messages()[-1]
    await until(lambda: services.jobs.get(int(interaction.id)).answer_message_id)
    await bot.http.delete_message(int(thinking["channel_id"]), int(thinking["id"]))
    worker.resume()

    await until(
        lambda: services.jobs.get(int(interaction.id)).state is JobState.DONE and not services.jobs.outbox.pending()
    )

    assert ben.messages() == []


async def test_a_failure_after_the_token_died_is_said_in_the_channel(
    bot: OmokageBot, services: Services, worker: FakeWorker, ben: Member, clock: ManualClock
) -> None:
    def refuse(_: Any) -> Any:
        raise OmokageError(ErrorCode.BROKEN_IMAGE)

    worker.see = refuse
    worker.pause()
    interaction = await ben.command("classify", photo=PHOTO)
    await interaction.ack()
    clock.advance(QUARTER)
    worker.resume()

    told = await ben.wait_for(lambda message: "damaged" in message["content"])

    assert told["content"].splitlines()[0] == f"For <@{ben.id}>"
    assert not told["flags"] & EPHEMERAL
    assert f"Job {interaction.id}" in told["content"]


async def test_a_private_failure_is_told_once_while_the_database_is_locked(
    bot: OmokageBot, services: Services, worker: FakeWorker, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given another process that locks the database the moment the failure is told
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 100)
    monkeypatch.setattr(relay, "_MARK_RETRY_S", 0.05)
    other = sqlite3.connect(str(services.engine.url.database), isolation_level=None)
    deliver = bot.poster.deliver

    async def deliver_and_lock(*given: Any) -> int | None:
        delivered = await deliver(*given)
        other.execute("BEGIN IMMEDIATE")
        return delivered

    def refuse(_: Any) -> Any:
        raise OmokageError(ErrorCode.BROKEN_IMAGE)

    monkeypatch.setattr(bot.poster, "deliver", deliver_and_lock)
    worker.see = refuse
    # When it is locked for many looks into the outbox
    interaction = await ben.command("classify", photo=PHOTO)
    await interaction.wait_for(lambda message: "damaged" in message["content"])
    for _ in range(8):
        bot.relay.wake()
        await asyncio.sleep(0.1)
    other.execute("ROLLBACK")
    other.close()
    await until(lambda: not services.jobs.outbox.pending())
    # Then the member was told once
    assert len([message for message in ben.messages() if "damaged" in message["content"]]) == 1


def never_noted(services: Services, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """From now on the bot hangs when it wants to note that an answer is posted; the event says that it does."""
    reached, released = threading.Event(), threading.Event()

    def mark_sent(*_: Any) -> None:
        reached.set()
        released.wait(1)
        raise RuntimeError("the process is dead by now")

    monkeypatch.setattr(type(services.jobs.outbox), "mark_sent", mark_sent)
    return reached
