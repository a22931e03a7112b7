"""A run's message: when it is edited, what outlives a restart, where it moves."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from bot.client import OmokageBot
from bot.features.train.status import updater
from bot.features.train.status.content import StatusContent, build_content
from core.bootstrap import Services
from core.domain.training.runs import Run, RunState, StatusMessage
from core.settings import Settings
from sandbox.clock import ManualClock
from sandbox.driver import Driver, Member
from tests.integration.bot.conftest import kill, serving
from tests.integration.bot.fakes.trainer import FakeTraining, a_dataset
from tests.integration.bot.fakes.worker import FakeWorker, until
from tests.integration.bot.status_messages import buttons, edits_of, later, run_of, said, shows, start


async def test_the_message_is_edited_now_and_then_and_never_without_a_change(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, driver: Driver
) -> None:
    a_dataset(services)
    began = asyncio.get_running_loop().time()
    await start(aiko, steps=150)
    done = await aiko.wait_for(shows("✅ Finished"))
    lasted = asyncio.get_running_loop().time() - began
    edits = await edits_of(driver, done)
    await asyncio.sleep(0.6)

    assert 1 <= edits <= lasted / updater.EDIT_INTERVAL_S + 1
    assert await edits_of(driver, done) == edits


async def test_the_curves_are_uploaded_only_when_they_are_new(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, driver: Driver
) -> None:
    a_dataset(services)
    fake_training.hold(30)
    await start(aiko)
    await aiko.wait_for(shows("step 30 of 60"))
    await aiko.command("train pause")
    pausing = await aiko.wait_for(shows("⏸️ Pausing …"))
    uploads = [request for request in await driver.requests() if request["method"] == "PATCH" and request["files"]]

    assert len(uploads) <= fake_training.drawn
    assert (await driver.download(pausing["embeds"][0]["image"]["url"])).startswith(b"\xff\xd8")
    fake_training.go()


async def test_a_killed_bot_goes_on_with_the_same_message_and_its_buttons_work(
    services: Services, settings: Settings, worker: FakeWorker, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services)
    fake_training.hold(20)
    async with serving(services, settings, worker) as first:
        await aiko.wait_for_bot("train")
        await start(aiko)
        shown = await aiko.wait_for(shows("step 20 of 60"))
        await kill(first)
    fake_training.hold(30)
    async with serving(services, settings, worker):
        again = await aiko.wait_for(shows("step 30 of 60"))
        await aiko.click(again, "Pause")
        fake_training.go()
        paused = await aiko.wait_for(shows("⏸️ Paused"))

    assert shown["id"] == again["id"] == paused["id"]


async def test_what_happened_while_the_bot_was_away_is_shown_once(  # noqa: PLR0917 - fixtures
    services: Services,
    settings: Settings,
    worker: FakeWorker,
    fake_training: FakeTraining,
    aiko: Member,
    driver: Driver,
) -> None:
    a_dataset(services)
    fake_training.hold(20)
    async with serving(services, settings, worker):
        await aiko.wait_for_bot("train")
        await start(aiko)
        shown = await aiko.wait_for(shows("step 20 of 60"))
    fake_training.go()
    await until(lambda: run_of(services).state is RunState.FINISHED)
    async with serving(services, settings, worker):
        done = await aiko.wait_for(shows("✅ Finished"))
    edits = await edits_of(driver, done)
    async with serving(services, settings, worker):
        await asyncio.sleep(0.5)

    assert done["id"] == shown["id"]
    assert await edits_of(driver, done) == edits
    assert len([message for message in aiko.messages() if "Training #1" in said(message)]) == 1


async def test_a_message_that_was_posted_but_not_remembered_is_found_again(
    services: Services, settings: Settings, worker: FakeWorker, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services)
    fake_training.hold(20)
    async with serving(services, settings, worker):
        await aiko.wait_for_bot("train")
        await start(aiko)
        shown = await aiko.wait_for(shows("step 20 of 60"))
    services.runs.status_messages.save(run_of(services).id, StatusMessage(None, None, None))
    async with serving(services, settings, worker) as bot:
        later(bot, services, 3)  # nonces are forgotten
        fake_training.go()
        done = await aiko.wait_for(shows("✅ Finished"))

    assert done["id"] == shown["id"]


async def test_the_message_moves_before_it_is_an_hour_old(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, clock: ManualClock
) -> None:
    a_dataset(services)
    fake_training.hold(20)
    await start(aiko)
    old = await aiko.wait_for(shows("step 20 of 60"))

    clock.advance(56 * 60)
    later(bot, services, 56)
    fake_training.go()
    left = await aiko.wait_for(lambda m: m["id"] == old["id"] and not m["components"])
    done = await aiko.wait_for(shows("✅ Finished"))

    assert done["id"] != old["id"]
    assert f"/{done['id']})" in said(left)
    assert left["attachments"] == []
    assert buttons(done) == ["Let it answer", "Card"]


async def test_a_message_that_somebody_deleted_does_not_come_back_before_the_end(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services)
    fake_training.hold(20)
    await start(aiko)
    shown = await aiko.wait_for(shows("step 20 of 60"))
    await bot.get_partial_messageable(int(shown["channel_id"])).get_partial_message(int(shown["id"])).delete()

    fake_training.hold(30)
    await until(lambda: (services.runs.status_messages.get(run_of(services).id).content_hash or "").startswith("gone:"))
    await asyncio.sleep(0.4)
    assert not [message for message in aiko.messages() if "Training #1" in said(message)]
    fake_training.go()
    done = await aiko.wait_for(shows("✅ Finished"))

    assert done["id"] != shown["id"]


async def test_a_run_that_cannot_be_shown_does_not_keep_another_from_it(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_dataset(services)
    fake_training.hold(10)
    await start(aiko)
    await aiko.wait_for(shows("step 10 of 60"))
    await aiko.command("train stop")
    fake_training.go()
    await aiko.wait_for(shows("⏹️ Stopped"))
    broken = run_of(services).id

    async def fails_for_the_first(of: OmokageBot, run: Run, now: datetime) -> StatusContent:
        if run.id == broken:
            raise ZeroDivisionError
        return await build_content(of, run, now)

    monkeypatch.setattr("bot.features.train.status.updater.build_content", fails_for_the_first)
    await aiko.command("train resume", run=1)
    await until(lambda: services.runs.get(broken).state is RunState.FINISHED)
    await start(aiko, steps=10)

    assert "Training #2" in said(await aiko.wait_for(shows("✅ Finished")))
