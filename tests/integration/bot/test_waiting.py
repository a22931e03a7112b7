"""What a member sees while his photo waits, and how he takes it back."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta

import pytest

from bot.client import OmokageBot
from bot.delivery import progress
from bot.delivery import progress_texts as waiting_rules
from bot.reply import Reply
from core.bootstrap import Services
from core.domain.classification import FaceAnswer
from core.domain.clock import now_utc
from core.domain.jobs import Job, JobState
from sandbox.clock import ManualClock
from sandbox.driver import Invocation, Member
from sandbox.types import Json
from tests.integration.bot.fakes.worker import Event, FakeWorker, face
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the usual times."""
    for module, name in ((progress, "FIRST_EDIT_AFTER_S"), (progress, "EDIT_INTERVAL_S"), (waiting_rules, "AWAY_S")):
        monkeypatch.setattr(module, name, getattr(module, name) / 10)


async def waiting(member: Member) -> tuple[Invocation, Json]:
    """A photo that waits, and the message that says so."""
    interaction = await member.command("classify", photo=PHOTO)
    return interaction, await interaction.wait_for(lambda message: bool(message["components"]))


async def test_the_place_in_the_queue_is_said(bot: OmokageBot, worker: FakeWorker, ben: Member) -> None:
    worker.pause()
    _, first = await waiting(ben)
    _, second = await waiting(ben)

    assert first["content"] == "⏳ Next in the queue."
    assert second["content"] == "⏳ One photo is ahead of this one."


async def test_a_member_is_told_that_no_worker_is_there(bot: OmokageBot, worker: FakeWorker, ben: Member) -> None:
    worker.pause()
    asked, _ = await waiting(ben)

    told = await asked.wait_for(lambda message: "is away at the moment" in message["content"])
    worker.resume()
    answer = await asked.wait_for(lambda message: bool(message["embeds"]))

    assert told["id"] == answer["id"]
    assert answer["content"] == ""


async def test_the_stage_of_the_work_is_shown(bot: OmokageBot, worker: FakeWorker, ben: Member) -> None:
    go_on = threading.Event()

    def see(job: Job) -> list[FaceAnswer]:
        worker.tell(Event(job.id, "progress", "finding-faces"))
        go_on.wait(5)
        return [face(1)]

    worker.see = see
    interaction = await ben.command("classify", photo=PHOTO)

    await interaction.wait_for(lambda message: message["content"] == "🔎 Looking for faces …")
    go_on.set()
    answer = await interaction.wait_for(lambda message: bool(message["embeds"]))

    assert answer["components"][0]["components"][0]["label"] == "1 This is …"


async def test_a_waiting_photo_is_taken_back(
    bot: OmokageBot, services: Services, worker: FakeWorker, ben: Member
) -> None:
    worker.pause()
    asked, message = await waiting(ben)

    await ben.click(message, "Cancel")
    cancelled = await asked.wait_for(lambda m: m["content"].startswith("Cancelled."))
    worker.resume()
    await asyncio.sleep(0.3)

    assert cancelled["id"] == message["id"]
    assert cancelled["components"] == []
    assert worker.taken == []
    assert services.jobs.get(int(asked.id)).state is JobState.CANCELLED


async def test_only_the_member_and_moderators_may_cancel(
    bot: OmokageBot, worker: FakeWorker, aiko: Member, ben: Member, chie: Member
) -> None:
    worker.pause()
    asked, message = await waiting(ben)
    await chie.wait_for(lambda m: m["id"] == message["id"])

    refused = await (await chie.click(message, 0)).answer()
    await aiko.click(message, "Cancel")

    assert refused["flags"] & EPHEMERAL
    assert refused["content"].startswith("この操作ができるのは、依頼した本人かモデレーターだけです。")
    await asked.wait_for(lambda m: m["content"].startswith("Cancelled."))


async def test_work_that_has_begun_is_stopped(
    bot: OmokageBot, services: Services, worker: FakeWorker, ben: Member
) -> None:
    go_on = threading.Event()

    def see(_: Job) -> list[FaceAnswer]:
        go_on.wait(5)
        return [face(1)]

    worker.see = see
    asked, message = await waiting(ben)

    await ben.click(message, "Cancel")
    await asked.wait_for(lambda m: m["content"] == "Cancelling …")
    go_on.set()

    await asked.wait_for(lambda m: m["content"].startswith("Cancelled."))
    assert services.jobs.get(int(asked.id)).result is None


async def test_progress_moves_to_a_new_message_before_the_old_one_is_an_hour_old(
    bot: OmokageBot, services: Services, worker: FakeWorker, ben: Member, clock: ManualClock
) -> None:
    worker.pause()
    asked, message = await waiting(ben)
    job = services.jobs.get(int(asked.id))
    clock.advance(16 * 60)
    await bot.poster.update_message(job, Reply("after a quarter of an hour"))
    edited = await ben.wait_for(lambda m: m["content"] == "after a quarter of an hour")

    bot.poster._clock = lambda: now_utc() + timedelta(minutes=56)
    await bot.poster.update_message(job, Reply("after an hour", mention_line="For Ben"))
    moved = await ben.wait_for(lambda m: m["content"] == "For Ben\nafter an hour")

    await ben.wait_for_event("MESSAGE_DELETE")

    assert edited["id"] == message["id"] != moved["id"]
    assert [m["id"] for m in ben.messages()] == [moved["id"]]
    assert services.jobs.get(job.id).answer_message_id == int(moved["id"])
