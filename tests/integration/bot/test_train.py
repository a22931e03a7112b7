"""A training from the chat: commands, buttons and what they answer."""

from __future__ import annotations

from typing import Any

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.training.runs import RunState
from sandbox.driver import Driver, Member
from sandbox.types import Json
from tests.integration.bot.fakes.trainer import FakeTraining, a_dataset
from tests.integration.bot.status_messages import STEPS, buttons, run_of, said, shows, start
from tests.integration.bot.test_classify import EPHEMERAL


async def test_a_training_is_shown_from_its_start_to_the_version_that_answers(  # noqa: PLR0917 - fixtures
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, ben: Member, driver: Driver
) -> None:
    # Given a data set, and a training that is half through
    a_dataset(services)
    fake_training.hold(30)
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
    fake_training.go()
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
    assert "✅ **recogniser v1 (cnn slim)** · family v1 · 90.0 % right" in said(listed)


async def test_buttons_pause_resume_and_stop(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services)
    fake_training.hold(20)
    await start(aiko)
    shown = await aiko.wait_for(shows("step 20 of 60"))

    await aiko.click(shown, "Pause")
    pausing = await aiko.wait_for(shows("⏸️ Pausing …"))
    fake_training.go()
    paused = await aiko.wait_for(shows("⏸️ Paused"))
    assert buttons(pausing) == ["Resume", "Stop"]
    assert buttons(paused) == ["Resume", "Stop", "Roll back to best …"]
    assert run_of(services).state is RunState.PAUSED

    fake_training.hold(40)
    await aiko.click(paused, "Resume")
    again = await aiko.wait_for(shows("step 40 of 60"))
    await aiko.click(again, "Stop")
    fake_training.go()
    stopped = await aiko.wait_for(shows("⏹️ Stopped"))
    assert {shown["id"], pausing["id"], paused["id"], again["id"]} == {stopped["id"]}
    assert buttons(stopped) == ["Resume", "Roll back to best …"]
    assert run_of(services).step < STEPS


async def test_only_moderators_press(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, ben: Member
) -> None:
    a_dataset(services)
    fake_training.hold(10)
    await start(aiko)
    shown = await ben.wait_for(shows("step 10 of 60"))

    refused = await (await ben.click(shown, "Stop")).answer()

    assert refused["content"].startswith("Only moderators may do that.")
    assert run_of(services).state is RunState.RUNNING
    assert "train" in [command["name"] for command in ben.commands]  # everybody may watch


async def paused_at(aiko: Member, fake_training: FakeTraining, step: int) -> Json:
    """Let the training go on to a step, and pause it there: that makes a checkpoint."""
    await aiko.wait_for(shows(f"step {step} of 60"))
    await aiko.command("train pause")
    await aiko.wait_for(lambda m: "⏸️ Pausing …" in said(m) and f"step {step} " in said(m))
    fake_training.go()
    return await aiko.wait_for(lambda m: "⏸️ Paused" in said(m) and f"step {step} " in said(m))


async def test_going_back_to_the_best_checkpoint_asks_first(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    # Given a training whose checkpoint at step 20 is better than that at step 50
    a_dataset(services)
    fake_training.best_step = 20
    fake_training.hold(20)
    await start(aiko)
    await paused_at(aiko, fake_training, 20)
    fake_training.hold(50)
    await aiko.command("train resume")
    paused = await paused_at(aiko, fake_training, 50)
    # When a moderator wants it back
    answer = await (await aiko.click(paused, "Roll back to best …")).answer()
    untouched = run_of(services).step
    done = await (await aiko.click(answer, "Roll back to step 20")).answer()
    back = await aiko.wait_for(lambda m: m["id"] == paused["id"] and "step 20 of 60" in said(m))
    again = await (await aiko.click(back, "Roll back to best …")).answer()
    # Then it is asked about first, and done once
    assert "What came after it, up to step 50, will be forgotten" in answer["content"]
    assert untouched == 50
    assert done["content"] == "Training #1 is back at step 20, and rests there."
    assert run_of(services).step == 20
    assert again["content"].startswith("The newest checkpoint, at step 20, is the best one.")


async def test_a_checkpoint_is_gone_back_to_and_branched_from_by_command(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services)
    fake_training.hold(20)
    await start(aiko)
    await paused_at(aiko, fake_training, 20)
    slower: dict[str, Any] = {"step": 25, "learning-rate": 0.0005}

    refused = await (await aiko.command("train rollback", step=5)).answer()
    back = await (await aiko.command("train rollback", step=30, run=1)).answer()
    offered = await aiko.autocomplete("train branch", "step", "")
    branched = await (await aiko.command("train branch", **slower)).answer()
    shown = await aiko.wait_for(shows("branched at step 20"))

    assert "There is no checkpoint at or before step 5. Those that there are: 20." in refused["content"]
    assert back["content"] == "Training #1 is back at step 20, and rests there."
    assert [choice["value"] for choice in offered] == [20]
    assert "Training #2 has begun" in branched["content"]
    assert "learning_rate 0.0005" in said(shown)


async def test_a_training_that_comes_off_the_rails_says_why(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services)
    fake_training.loss = float("nan")
    await start(aiko)

    failed = await aiko.wait_for(shows("❌ Failed"))

    assert "The training came off the rails at step 5" in said(failed)
    assert "Resume" in buttons(failed)


async def test_what_speaks_against_a_training_is_said_in_words(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    nothing = await start(aiko)
    a_dataset(services, "few", (10, 2, 1))
    unfit = await start(aiko)
    a_dataset(services)
    preset = await start(aiko, preset="enormous")
    unknown = await start(aiko, data="strangers")
    fake_training.hold(10)
    await start(aiko, data="family v1")
    twice = await start(aiko)

    assert nothing["content"].startswith("There is no data set in this server yet.")
    assert unfit["content"].startswith("⛔ This data set cannot be trained on yet.")
    assert "⛔ Fewer than 3 pictures of Ben, Chie. Add some, or leave these people out." in unfit["content"]
    assert preset["content"].startswith("There is no preset “enormous”. Those that there are: embedding, modern")
    assert unknown["content"].startswith("There is no such data set here.")
    assert twice["content"].startswith("Training #1 of this kind is under way already.")
    assert all(one["flags"] & EPHEMERAL for one in (nothing, unfit, preset, unknown, twice))


async def test_options_are_offered(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services)
    a_dataset(services, "friends")

    data = await aiko.autocomplete("train start", "data", "fam", kind="recogniser")
    presets = await aiko.autocomplete("train start", "preset", "", kind="recogniser")
    drawing = await aiko.autocomplete("train start", "preset", "", kind="dcgan")

    assert data == [{"name": "family v1 · 3 people, 30 pictures", "value": "family v1"}]
    assert [choice["value"] for choice in presets] == ["embedding", "modern", "classic", "slim", "gray"]
    assert presets[0]["name"].startswith("embedding – ready in seconds")
    assert [choice["value"] for choice in drawing] == ["light", "small", "classic"]
    assert drawing[2]["name"].startswith("classic – the original recipe, a large network")


async def test_trainings_are_listed_and_shown_again(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, driver: Driver
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
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services)
    await aiko.command("settings language", which="ja")
    await start(aiko, steps=10)

    done = await aiko.wait_for(shows("✅ 完了しました"))

    assert done["embeds"][0]["title"] == "学習 #1 · 認識モデル · slim"
    assert buttons(done) == ["これで答える", "カード"]


async def test_faces_that_were_named_become_a_data_set_and_are_trained_on(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, ben: Member
) -> None:
    interaction = await aiko.command("train snapshot")
    made = await interaction.wait_for(lambda message: bool(message["embeds"]))
    refused = await (await ben.click(made, "Train on it")).answer()
    await aiko.click(made, "Train on it")
    done = await aiko.wait_for(shows("✅ Finished"))

    assert made["embeds"][0]["title"] == "🗂️ Data set labels v1"
    assert "3 people, 30 pictures (10 each)" in said(made)
    assert "Only moderators" in refused["content"]
    assert done["embeds"][0]["title"] == "Training #1 · recogniser · embedding"
    assert "labels v1" in said(done)
