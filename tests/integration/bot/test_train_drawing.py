"""Trainings of models that draw faces, from `/train start` to the version that draws."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.training.runs import RunKind
from sandbox.driver import Driver, Member
from sandbox.types import Json
from tests.integration.bot.fakes.trainer import GUILD, NAMES, FakeTraining, a_dataset, pictures
from tests.integration.bot.status_messages import buttons, run_of, said, shows, start
from tests.integration.bot.test_classify import EPHEMERAL

JPEG = b"\xff\xd8"


def fields(message: Json) -> dict[str, str]:
    return {field["name"]: field["value"] for field in message["embeds"][0]["fields"]}


async def trained(member: Member, number: int = 1, **options: object) -> Json:
    await start(member, kind="dcgan", preset="light", **options)
    return await member.wait_for(lambda m: f"Training #{number} " in said(m) and "✅ Finished" in said(m))


async def test_a_generator_is_trained_with_its_sheet_below_its_curves(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, driver: Driver
) -> None:
    # Given pictures without names
    pictures(services)
    # When a moderator trains a generator on them
    begun = await start(aiko, kind="dcgan", preset="light", loss="hinge", augment=0.0, steps=30)
    done = await aiko.wait_for(shows("✅ Finished"))
    # Then the message has its figures, its options, and what it draws
    assert "**faces v1**: 2,500 pictures without names." in begun["content"]
    assert done["embeds"][0]["title"] == "Training #1 · generator · light"
    assert "faces v1 (2,500 pictures) · loss hinge · augment 0.0" in said(done)
    assert "It made **dcgan v1**: KID (dlib) **0.0200**, a face is found in **95.0 %** of its pictures." in said(done)
    assert "By dlib's embedding: KID is how far the drawn faces are from real ones" in said(done)
    assert fields(done) | {"KID (dlib)": "0.0200", "Face found": "95.0 %", "Newness": "1.10"} == fields(done)
    assert (fields(done)["Real taken for real"], fields(done)["Drawn taken for real"]) == ("75.0 %", "25.0 %")
    assert done["embeds"][1]["title"] == "What training #1 makes"
    for frame in done["embeds"]:
        assert (await driver.download(frame["image"]["url"])).startswith(JPEG)


async def test_a_sheet_that_is_new_takes_the_place_of_the_old_one(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, driver: Driver
) -> None:
    pictures(services)
    fake_training.hold(12)
    await start(aiko, kind="dcgan", preset="light")
    early = await aiko.wait_for(lambda m: len(m["embeds"]) == 2)
    fake_training.go()
    done = await aiko.wait_for(shows("✅ Finished"))

    sheets = [await driver.download(one["embeds"][1]["image"]["url"]) for one in (early, done)]
    assert early["id"] == done["id"]
    assert sheets[0] != sheets[1]


async def test_a_run_that_rots_says_why_it_ended_and_what_it_went_back_to(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, chie: Member
) -> None:
    pictures(services)
    fake_training.rots_at = 40
    done = await trained(aiko)
    status = await (await aiko.command("train status")).answer()

    sentence = (
        "🛟 It ended by itself at step 40: the faces became all alike. It went back to step 30, with KID (dlib) 0.0300."
    )
    assert said(done).splitlines()[2] == sentence
    assert "step 40 of 40" in said(done)
    assert sentence in said(status)
    assert run_of(services).steps == 40


async def test_too_few_pictures_are_refused_and_few_are_warned_of(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    pictures(services, "handful", 99)
    refused = await start(aiko, kind="dcgan", preset="light")
    pictures(services, "some", 300)
    fake_training.hold(10)
    warned = await start(aiko, kind="vae", preset="vae", data="some v1", kl=0.5)
    fake_training.go()

    assert refused["content"].startswith("⛔ This data set cannot be trained on yet.")
    assert "⛔ Only 99 pictures: with fewer than 100 a model learns them by heart. Add pictures." in refused["content"]
    assert "⚠️ With fewer than 1,000 pictures the model will partly copy them." in warned["content"]
    assert "Training #1 has begun" in warned["content"]


async def test_named_pictures_are_drawn_from_too_and_names_are_no_matter(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    a_dataset(services, "family", (198, 1, 1))

    begun = await start(aiko, kind="vae", preset="autoencoder")
    recogniser = await start(aiko)

    assert "Training #1 has begun" in begun["content"]
    assert "Fewer than 3 pictures" not in begun["content"]
    assert f"Fewer than 3 pictures of {NAMES[1]}, {NAMES[2]}." in recogniser["content"]


async def test_an_option_of_another_kind_is_said(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    pictures(services)

    refused = await start(aiko, kind="dcgan", preset="light", kl=1.0)

    assert refused["content"].startswith("The option kl cannot be “1.0”. Allowed: loss, augment")


async def test_all_kinds_of_trainings_are_listed_with_what_they_brought(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    pictures(services)
    await trained(aiko, steps=10)

    listed = await (await aiko.command("train history")).answer()
    steps = await aiko.autocomplete("train rollback", "step", "")
    runs = await aiko.autocomplete("train status", "run", "")

    assert "**#1** dcgan light · finished · step 10 of 10" in said(listed)
    assert "It made **dcgan v1**: KID (dlib) **0.0200**" in said(listed)
    assert steps[0]["name"] == "Step 10 · KID (dlib) 0.0200"
    assert runs[0]["name"] == "#1 · dcgan light · finished"


async def test_a_generator_has_a_card_is_promoted_and_taken_back(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, ben: Member
) -> None:
    # Given two versions, of which the second is worse
    pictures(services)
    first = await trained(aiko, steps=10)
    fake_training.kid = 0.03
    second = await trained(aiko, 2, steps=10)
    # When both are promoted
    card = await (await aiko.click(first, "Card")).answer()
    promoted = await (await aiko.click(card, "Let it answer")).answer()
    refused = await (await aiko.click(second, "Let it answer")).answer()
    offered = await ben.autocomplete("generate", "model", "dcgan v")
    listed = await (await ben.command("model list", kind="dcgan")).answer()
    others = await (await ben.command("model list", kind="vae")).answer()
    # Then the better one draws
    assert card["embeds"][0]["title"] == "dcgan v1 (dcgan light)"
    assert fields(card)["KID (dlib)"] == "**0.0200**\nreal pictures: < 0.001"
    assert (fields(card)["Best step"], fields(card)["Variety"]) == ("10", "0.900")
    assert not {"People", "Who", "Right when held out"} & fields(card).keys()
    assert promoted["content"].startswith("✅ **dcgan v1 (dcgan light)** draws from now on")
    assert (
        "further from real ones (KID (dlib) 0.0300) than those of the version that draws now (0.0200)"
        in refused["content"]
    )
    assert refused["flags"] & EPHEMERAL
    assert buttons(refused) == ["Let it answer all the same …"]
    assert [one["name"] for one in offered] == ["✅ dcgan v1 (dcgan light)", "dcgan v2 (dcgan light)"]
    assert said(listed).splitlines()[0] == "Versions of the generator"
    assert "✅ **dcgan v1 (dcgan light)** · faces v1 · KID (dlib) 0.0200" in said(listed)
    assert others["content"].startswith("There is no version yet.")
    # And taken back, the newest draws
    back = await (await aiko.command("model rollback", kind="dcgan")).answer()
    assert back["content"].startswith("↩️ No version is chosen any more")
    assert services.registry.serving(GUILD, RunKind.DCGAN) is None


@pytest.mark.parametrize("command", ["model card", "model promote"])
async def test_versions_are_found_by_kind_and_number(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member, command: str
) -> None:
    pictures(services)
    await trained(aiko, steps=10)

    offered = await aiko.autocomplete(command, "version", "", kind="dcgan")
    answer = await (await aiko.command(command, version=1, kind="dcgan")).answer()
    missing = await (await aiko.command(command, version=1)).answer()

    assert offered == [{"name": "dcgan v1 (dcgan light) · faces v1 · KID (dlib) 0.0200", "value": 1}]
    assert "dcgan v1 (dcgan light)" in f"{said(answer)}{answer['content']}"
    assert missing["content"].startswith("There is no such model version here.")


async def test_a_generators_training_is_shown_in_japanese(
    bot: OmokageBot, services: Services, fake_training: FakeTraining, aiko: Member
) -> None:
    pictures(services)
    fake_training.rots_at = 20
    await aiko.command("settings language", which="ja")
    await start(aiko, kind="dcgan", preset="light")

    done = await aiko.wait_for(shows("✅ 完了しました"))

    assert done["embeds"][0]["title"] == "学習 #1 · 生成モデル · light"
    assert (
        "🛟 ステップ20で自動的に終了しました：どの顔も似てきました。ステップ10の時点に戻しました（KID (dlib) 0.0300）。"
        in said(done)
    )
    assert "**dcgan v1** ができました：KID (dlib) **0.0200**、顔の検出率 **95.0 %**。" in said(done)
