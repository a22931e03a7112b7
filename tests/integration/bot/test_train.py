"""A training from the chat: one message shows it, buttons steer it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from bot.client import OmokageBot
from bot.features.train import board
from core.bootstrap import Services
from core.domain.runs import Run, RunState
from core.services import train_live
from core.services.jobs import now_utc
from core.settings import Settings
from sandbox.clock import ManualClock
from sandbox.driver import Driver, Member
from sandbox.types import Json
from tests.integration.bot.coach import GUILD, Coach, a_dataset
from tests.integration.bot.conftest import kill, serving
from tests.integration.bot.test_classify import EPHEMERAL
from tests.integration.bot.worker import FakeWorker, until

STEPS = 60


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A twentieth of the usual times."""
    monkeypatch.setattr(board, "EVERY_S", 0.25)
    monkeypatch.setattr(board, "LOOK_S", 0.05)
    monkeypatch.setattr(train_live, "_NOTE_S", 0.0)
    monkeypatch.setattr(train_live, "_DRAW_S", 0.1)


@pytest.fixture
def coach(services: Services, worker: FakeWorker) -> Iterator[Coach]:
    coach = Coach(services, worker)
    yield coach
    coach.stop()


async def start(member: Member, **options: Any) -> Json:
    """Use `/train start`; the private answer."""
    said: dict[str, Any] = {"kind": "recogniser", "preset": "slim", "steps": STEPS} | options
    asked = await member.command("train start", **said)
    return await asked.answer()


def said(message: Json) -> str:
    """All text of a message's frames."""
    return "\n".join(f"{one.get('title', '')}\n{one.get('description', '')}" for one in message["embeds"])


def buttons(message: Json) -> list[str]:
    return [button["label"] for row in message["components"] for button in row["components"]]


def shows(text: str) -> Callable[[Json], bool]:
    return lambda message: text in said(message)


def run_of(services: Services) -> Run:
    return services.runs.find(GUILD)


def later(bot: OmokageBot, services: Services, minutes: float) -> None:
    """Move the clocks of the bot and of the runs."""
    bot.boards._clock = services.runs._clock = lambda: now_utc() + timedelta(minutes=minutes)


async def edits_of(driver: Driver, message: Json) -> int:
    path = f"/channels/{message['channel_id']}/messages/{message['id']}"
    return sum(one["method"] == "PATCH" and one["path"].endswith(path) for one in await driver.requests())


async def test_a_training_is_shown_from_its_start_to_the_version_that_answers(  # noqa: PLR0917 - fixtures
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member, ben: Member, driver: Driver
) -> None:
    # Given a data set, and a training that is half through
    a_dataset(services)
    coach.hold(30)
    told = await start(aiko, size=32)
    shown = await ben.wait_for(shows("step 30 of 60"))
    # Then the moderator was told what is in the data, and everybody sees how it goes
    assert told["flags"] & EPHEMERAL
    assert told["content"].startswith("🏋️ Training #1 has begun.")
    assert "**family v1**: 3 people, 30 pictures (10 each)." in told["content"]
    assert "⚠️ In 2 pictures no face was found" in told["content"]
    assert shown["embeds"][0]["title"] == "Training #1 · recogniser · slim"
    assert "▰▰▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱▱▱ **50 %** · step 30 of 60" in said(shown)
    assert "family v1 (3 people, 30 pictures) · size 32" in said(shown)
    assert buttons(shown) == ["Pause", "Stop"]
    # When it ends
    coach.go()
    done = await ben.wait_for(shows("✅ Finished"))
    fields = {field["name"] for field in done["embeds"][0]["fields"]}
    assert done["id"] == shown["id"]
    assert "It made **recogniser v1**, which is right in **90.0 %** of 30 held-out pictures." in said(done)
    assert {"Loss", "Right when held out"} <= fields
    assert buttons(done) == ["Let it answer", "Card"]
    assert (await driver.download(done["embeds"][0]["image"]["url"])).startswith(b"\xff\xd8")
    # Then a moderator lets it answer, and nobody else does
    refused = await (await ben.click(done, "Let it answer")).answer()
    await aiko.click(done, "Let it answer")
    await ben.wait_for(lambda m: m["content"].startswith("✅ **recogniser v1 (cnn slim)** answers from now on"))
    listed = await (await ben.command("model list")).answer()
    assert "Only moderators" in refused["content"]
    assert "✅ **recogniser v1 (cnn slim)** · family v1 · **90.0 %** right" in said(listed)


async def test_the_message_is_edited_now_and_then_and_never_without_a_change(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member, driver: Driver
) -> None:
    a_dataset(services)
    began = asyncio.get_running_loop().time()
    await start(aiko, steps=150)
    done = await aiko.wait_for(shows("✅ Finished"))
    lasted = asyncio.get_running_loop().time() - began
    edits = await edits_of(driver, done)
    await asyncio.sleep(0.6)

    assert 1 <= edits <= lasted / board.EVERY_S + 1
    assert await edits_of(driver, done) == edits


async def test_the_curves_are_uploaded_only_when_they_are_new(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member, driver: Driver
) -> None:
    a_dataset(services)
    coach.hold(30)
    await start(aiko)
    await aiko.wait_for(shows("step 30 of 60"))
    await aiko.command("train pause")
    pausing = await aiko.wait_for(shows("⏸️ Pausing …"))
    uploads = [one for one in await driver.requests() if one["method"] == "PATCH" and one["files"]]

    assert len(uploads) <= coach.drawn
    assert (await driver.download(pausing["embeds"][0]["image"]["url"])).startswith(b"\xff\xd8")
    coach.go()


async def test_buttons_pause_resume_and_stop(bot: OmokageBot, services: Services, coach: Coach, aiko: Member) -> None:
    a_dataset(services)
    coach.hold(20)
    await start(aiko)
    shown = await aiko.wait_for(shows("step 20 of 60"))

    await aiko.click(shown, "Pause")
    pausing = await aiko.wait_for(shows("⏸️ Pausing …"))
    coach.go()
    paused = await aiko.wait_for(shows("⏸️ Paused"))
    assert buttons(pausing) == ["Resume", "Stop"]
    assert buttons(paused) == ["Resume", "Stop", "Roll back to best …"]
    assert run_of(services).state is RunState.PAUSED

    coach.hold(40)
    await aiko.click(paused, "Resume")
    again = await aiko.wait_for(shows("step 40 of 60"))
    await aiko.click(again, "Stop")
    coach.go()
    stopped = await aiko.wait_for(shows("⏹️ Stopped"))
    assert {shown["id"], pausing["id"], paused["id"], again["id"]} == {stopped["id"]}
    assert buttons(stopped) == ["Resume", "Roll back to best …"]
    assert run_of(services).step < STEPS


async def test_only_moderators_press(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member, ben: Member
) -> None:
    a_dataset(services)
    coach.hold(10)
    await start(aiko)
    shown = await ben.wait_for(shows("step 10 of 60"))

    refused = await (await ben.click(shown, "Stop")).answer()

    assert refused["content"].startswith("Only moderators may do that.")
    assert run_of(services).state is RunState.RUNNING
    assert "train" not in [one["name"] for one in ben.commands]


async def test_a_killed_bot_goes_on_with_the_same_message_and_its_buttons_work(
    services: Services, settings: Settings, worker: FakeWorker, coach: Coach, aiko: Member
) -> None:
    a_dataset(services)
    coach.hold(20)
    async with serving(services, settings, worker) as first:
        await aiko.wait_for_bot("train")
        await start(aiko)
        shown = await aiko.wait_for(shows("step 20 of 60"))
        await kill(first)
    coach.hold(30)
    async with serving(services, settings, worker):
        again = await aiko.wait_for(shows("step 30 of 60"))
        await aiko.click(again, "Pause")
        coach.go()
        paused = await aiko.wait_for(shows("⏸️ Paused"))

    assert shown["id"] == again["id"] == paused["id"]


async def test_what_happened_while_the_bot_was_away_is_shown_once(  # noqa: PLR0917 - fixtures
    services: Services, settings: Settings, worker: FakeWorker, coach: Coach, aiko: Member, driver: Driver
) -> None:
    a_dataset(services)
    coach.hold(20)
    async with serving(services, settings, worker):
        await aiko.wait_for_bot("train")
        await start(aiko)
        shown = await aiko.wait_for(shows("step 20 of 60"))
    coach.go()
    await until(lambda: run_of(services).state is RunState.FINISHED)
    async with serving(services, settings, worker):
        done = await aiko.wait_for(shows("✅ Finished"))
    edits = await edits_of(driver, done)
    async with serving(services, settings, worker):
        await asyncio.sleep(0.5)

    assert done["id"] == shown["id"]
    assert await edits_of(driver, done) == edits
    assert len([one for one in aiko.messages() if "Training #1" in said(one)]) == 1


async def test_a_message_that_was_posted_but_not_remembered_is_found_again(
    services: Services, settings: Settings, worker: FakeWorker, coach: Coach, aiko: Member
) -> None:
    a_dataset(services)
    coach.hold(20)
    async with serving(services, settings, worker):
        await aiko.wait_for_bot("train")
        await start(aiko)
        shown = await aiko.wait_for(shows("step 20 of 60"))
    services.runs.note_board(run_of(services).id, None, None, None)
    async with serving(services, settings, worker) as bot:
        later(bot, services, 3)  # nonces are forgotten
        coach.go()
        done = await aiko.wait_for(shows("✅ Finished"))

    assert done["id"] == shown["id"]


async def test_the_message_moves_before_it_is_an_hour_old(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member, clock: ManualClock
) -> None:
    a_dataset(services)
    coach.hold(20)
    await start(aiko)
    old = await aiko.wait_for(shows("step 20 of 60"))

    clock.advance(56 * 60)
    later(bot, services, 56)
    coach.go()
    left = await aiko.wait_for(lambda m: m["id"] == old["id"] and not m["components"])
    done = await aiko.wait_for(shows("✅ Finished"))

    assert done["id"] != old["id"]
    assert f"/{done['id']})" in said(left)
    assert left["attachments"] == []
    assert buttons(done) == ["Let it answer", "Card"]


async def test_a_message_that_somebody_deleted_does_not_come_back_before_the_end(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member
) -> None:
    a_dataset(services)
    coach.hold(20)
    await start(aiko)
    shown = await aiko.wait_for(shows("step 20 of 60"))
    await bot.get_partial_messageable(int(shown["channel_id"])).get_partial_message(int(shown["id"])).delete()

    coach.hold(30)
    await until(lambda: (services.runs.board(run_of(services).id)[2] or "").startswith("gone:"))
    await asyncio.sleep(0.4)
    assert not [one for one in aiko.messages() if "Training #1" in said(one)]
    coach.go()
    done = await aiko.wait_for(shows("✅ Finished"))

    assert done["id"] != shown["id"]


async def test_going_back_to_the_best_checkpoint_asks_first(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member
) -> None:
    a_dataset(services)
    coach.hold(40)
    await start(aiko)
    await aiko.wait_for(shows("step 40 of 60"))
    await aiko.command("train pause")
    coach.go()
    paused = await aiko.wait_for(shows("⏸️ Paused"))
    run = run_of(services)
    first = services.runs.checkpoints(run.id)[0].step

    refused = await (await aiko.click(paused, "Roll back to best …")).answer()
    back = await (await aiko.command("train rollback", step=first)).answer()
    offered = await aiko.autocomplete("train branch", "step", "")
    slower: dict[str, Any] = {"step": first, "learning-rate": 0.0005}
    branched = await (await aiko.command("train branch", **slower)).answer()
    await aiko.wait_for(shows(f"branched at step {first}"))

    assert "is the best one" in refused["content"] or "will be forgotten" in refused["content"]
    assert back["content"] == f"Training #1 is back at step {first}, and rests there."
    assert services.runs.get(run.id).step == first
    assert [choice["value"] for choice in offered] == [first]
    assert "Training #2 has begun" in branched["content"]


async def test_a_training_that_comes_off_the_rails_says_why(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member
) -> None:
    a_dataset(services)
    coach.loss = float("nan")
    await start(aiko)

    failed = await aiko.wait_for(shows("❌ Failed"))

    assert "The training came off the rails at step 5" in said(failed)
    assert "Resume" in buttons(failed)


async def test_what_speaks_against_a_training_is_said_in_words(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member
) -> None:
    nothing = await start(aiko)
    a_dataset(services, "few", (10, 2, 1))
    unfit = await start(aiko)
    a_dataset(services)
    preset = await start(aiko, preset="enormous")
    unknown = await start(aiko, data="strangers")
    coach.hold(10)
    await start(aiko, data="family v1")
    twice = await start(aiko)

    assert nothing["content"].startswith("There is no data set in this server yet.")
    assert unfit["content"].startswith("⛔ This data set cannot be trained on yet.")
    assert "⛔ Fewer than 3 pictures of Ben, Chie. Add some, or leave these people out." in unfit["content"]
    assert preset["content"].startswith("There is no preset “enormous”. Those that there are: embedding, modern")
    assert unknown["content"].startswith("There is no such data set here.")
    assert twice["content"].startswith("Training #1 of this kind is under way already.")
    assert all(one["flags"] & EPHEMERAL for one in (nothing, unfit, preset, unknown, twice))


async def test_options_are_offered(bot: OmokageBot, services: Services, coach: Coach, aiko: Member) -> None:
    a_dataset(services)
    a_dataset(services, "friends")

    data = await aiko.autocomplete("train start", "data", "fam", kind="recogniser")
    presets = await aiko.autocomplete("train start", "preset", "", kind="recogniser")

    assert data == [{"name": "family v1 · 3 people, 30 pictures", "value": "family v1"}]
    assert [choice["value"] for choice in presets] == ["embedding", "modern", "classic", "slim", "gray"]
    assert presets[0]["name"].startswith("embedding – ready in seconds")


async def test_trainings_are_listed_and_shown_again(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member, driver: Driver
) -> None:
    empty = await (await aiko.command("train history")).answer()
    missing = await (await aiko.command("train status")).answer()
    a_dataset(services)
    await start(aiko, steps=10)
    await aiko.wait_for(shows("✅ Finished"))

    listed = await (await aiko.command("train history")).answer()
    status = await (await aiko.command("train status", run=1)).answer()

    assert empty["content"].startswith("There was no training yet.")
    assert missing["content"].startswith("There is no such training in this server.")
    assert "**#1** slim · finished · step 10 of 10" in said(listed)
    assert status["flags"] & EPHEMERAL
    assert "✅ Finished" in said(status)
    assert (await driver.download(status["embeds"][0]["image"]["url"])).startswith(b"\xff\xd8")


async def test_a_training_is_shown_in_the_servers_language(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member
) -> None:
    a_dataset(services)
    await aiko.command("settings language", which="ja")
    await start(aiko, steps=10)

    done = await aiko.wait_for(shows("✅ 完了しました"))

    assert done["embeds"][0]["title"] == "学習 #1 · 認識モデル · slim"
    assert buttons(done) == ["これで答える", "カード"]


async def test_faces_that_were_named_become_a_data_set_and_are_trained_on(
    bot: OmokageBot, services: Services, coach: Coach, aiko: Member, ben: Member
) -> None:
    asked = await aiko.command("train snapshot")
    made = await asked.wait_for(lambda message: bool(message["embeds"]))
    refused = await (await ben.click(made, "Train on it")).answer()
    await aiko.click(made, "Train on it")
    done = await aiko.wait_for(shows("✅ Finished"))

    assert made["embeds"][0]["title"] == "🗂️ Data set labels v1"
    assert "3 people, 30 pictures (10 each)" in said(made)
    assert "Only moderators" in refused["content"]
    assert done["embeds"][0]["title"] == "Training #1 · recogniser · embedding"
    assert "labels v1" in said(done)
