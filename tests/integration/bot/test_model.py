"""Versions in the chat: cards, what answers, and why a worse one does not."""

from __future__ import annotations

from typing import Any

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.ids import synthetic_id
from core.domain.jobs import JobKind, JobState, Origin
from core.domain.optimisation import Robustness
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind, RunRequest
from core.services.runs.segments import SegmentResult
from core.settings import Settings
from sandbox.driver import Driver, Member
from tests.integration.bot.conftest import serving
from tests.integration.bot.fakes.trainer import GUILD, NAMES, Trainer, a_dataset
from tests.integration.bot.fakes.worker import FakeWorker
from tests.integration.bot.status_messages import buttons, said
from tests.integration.bot.test_classify import EPHEMERAL

KIND = RunKind.RECOGNISER


pytestmark = pytest.mark.usefixtures("fake_training")


def a_version(services: Services, accuracy: float, data: str = "family") -> Version:
    """As a finished run leaves it; the run belongs to no channel."""
    dataset = a_dataset(services, data)
    request = RunRequest(synthetic_id(), KIND, "slim", dataset.id, 10, Origin(GUILD, 0, 1, "en", 1, ""), {})
    run = services.runs.start(request, "nobody")
    trainer = Trainer(run)
    trainer.accuracy = accuracy
    version = services.registry.register(run, dataset, trainer.finish())
    services.runs.segments.finish(services.jobs.get(run.job_id or 0), SegmentResult(10, 10, [], 1.0, None))
    return version


async def test_versions_are_listed_with_what_answers(bot: OmokageBot, services: Services, ben: Member) -> None:
    none = await (await ben.command("model list")).answer()
    a_version(services, 0.8)
    better = a_version(services, 0.9)
    idle = await (await ben.command("model list")).answer()
    services.registry.promote(better.id, 1)
    listed = await (await ben.command("model list")).answer()
    offered = await ben.autocomplete("model card", "version", "")

    assert none["content"].startswith("There is no version yet.")
    assert said(idle).endswith("None of them answers: the method that needs no training does.")
    assert said(listed).splitlines()[1].startswith("✅ **recogniser v2 (cnn slim)** · family v1 · 90.0 % right · <t:")
    assert said(listed).splitlines()[2].startswith("▫️ **recogniser v1 (cnn slim)**")
    assert offered[0] == {"name": "recogniser v2 (cnn slim) · family v1 · 90.0 % right", "value": 2}


async def test_a_card_says_what_a_version_is_made_of(bot: OmokageBot, services: Services, ben: Member) -> None:
    version = a_version(services, 0.9)

    card = await (await ben.command("model card", version=1)).answer()
    people = await (await ben.click(card, "People")).answer()
    missing = await (await ben.command("model card", version=7)).answer()

    fields = {field["name"]: field["value"] for field in card["embeds"][0]["fields"]}
    assert card["flags"] & EPHEMERAL
    assert "▫️ Does not answer now." in said(card)
    assert fields["Data"] == f"family v1\n`{version.dataset_hash[:12]}`"
    assert fields["Right when held out"] == "**90.0 %**\nin one fold"
    assert fields["Calibration error"] == "0.0200"
    assert fields["How easily it is fooled"] == "Not checked yet."
    assert fields["Who"] == ", ".join(NAMES)
    assert fields["Options"] == "head cnn · preset slim · size 32"
    assert fields["Parts and licences"] == "drawn pictures · MIT"
    assert card["embeds"][0]["footer"]["text"].startswith(f"sha256 {version.weights[:12]} · ")
    assert said(people).splitlines()[1:] == [
        "**Chie** · 10 pictures, out-of-fold recall 0.60, often taken for Aki",
        "**Ben** · 10 pictures, out-of-fold recall 0.90, once taken for Aki",
        "**Aki** · 10 pictures, out-of-fold recall 1.00",
    ]
    assert missing["content"].startswith("There is no such model version here.")


async def test_a_card_says_how_easily_a_version_is_fooled(
    bot: OmokageBot, services: Services, worker: FakeWorker, aiko: Member, ben: Member
) -> None:
    version = a_version(services, 0.9)
    worker.others[JobKind.CHECK] = lambda _: None
    worker.pause()

    refused = await (await ben.command("model check", version=1)).answer()
    begun = await (await aiko.command("model check", version=1)).answer()
    asked = services.checks.request(version)
    services.registry.record_robustness(version.id, Robustness(100, 8, 0.97, 2.0, 1000, 0.31, 0.002))
    card = await (await ben.command("model card", version=1)).answer()
    services.registry.record_robustness(version.id, Robustness(1, 8, 0.0, None, 1000, 0.0, 0.0))
    firm = await (await ben.command("model card", version=1)).answer()

    assert "moderators" in refused["content"]
    assert "**recogniser v1 (cnn slim)** is checked as soon as a worker has time." in begun["content"]
    assert begun["flags"] & EPHEMERAL
    assert asked is not None
    assert (asked.kind, asked.state) == (JobKind.CHECK, JobState.DISPATCHED)
    assert _field(card, "How easily it is fooled") == (
        "Fooled within 8/255, all networks attacked at once: 97.0 % of 100 faces, half of them with 2 levels.\n"
        "Textures named: 31.0 % closed, 0.2 % open."
    )
    assert _field(firm, "How easily it is fooled").startswith(
        "Fooled within 8/255, all networks attacked at once: 0.0 % of one face, fewer than half of them."
    )


def _field(message: Any, name: str) -> str:
    return next(str(one["value"]) for one in message["embeds"][0]["fields"] if one["name"] == name)


async def test_a_worse_version_answers_only_with_a_reason_also_after_a_restart(
    services: Services, settings: Settings, worker: FakeWorker, aiko: Member
) -> None:
    good = a_version(services, 0.9)
    worse = a_version(services, 0.8)
    services.registry.promote(good.id, 1)
    async with serving(services, settings, worker):
        await aiko.wait_for_bot("model")
        refused = await (await aiko.command("model promote", version=2)).answer()
    async with serving(services, settings, worker):
        form = await (await aiko.click(refused, "Let it answer all the same …")).modal()
    async with serving(services, settings, worker):
        forced = await (await aiko.submit(form, {"Reason": "knows *Chie*"})).answer()

    assert refused["flags"] & EPHEMERAL
    assert "this version is right in 80.0% of the cases, and the one that answers now in 90.0%" in refused["content"]
    assert not forced["flags"] & EPHEMERAL
    assert forced["content"].startswith("✅ **recogniser v2 (cnn slim)** answers from now on")
    assert "knows \\*Chie\\*" in forced["content"]
    serving_now = services.registry.serving(GUILD, KIND)
    assert serving_now is not None
    assert serving_now.id == worse.id
    assert services.registry.history(GUILD, KIND)[0].forced


async def test_versions_of_other_data_cannot_be_compared(bot: OmokageBot, services: Services, aiko: Member) -> None:
    services.registry.promote(a_version(services, 0.5).id, 1)
    a_version(services, 0.9, "friends")

    refused = await (await aiko.command("model promote", version=2)).answer()

    assert "were not measured on the same pictures" in refused["content"]
    assert buttons(refused) == ["Let it answer all the same …"]


async def test_what_answered_before_answers_again(
    bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    for accuracy in (0.8, 0.9):
        services.registry.promote(a_version(services, accuracy).id, 1)

    refused = await (await ben.command("model rollback")).answer()
    first = await (await aiko.command("model rollback")).answer()
    second = await (await aiko.command("model rollback")).answer()
    third = await (await aiko.command("model rollback")).answer()

    assert "Only moderators" in refused["content"]
    assert first["content"].startswith("↩️ **recogniser v1 (cnn slim)** answers again")
    assert second["content"].startswith("↩️ The method that needs no training answers again")
    assert third["content"].startswith("No trained version answers at the moment")


async def test_an_evaluation_is_posted_with_its_pictures_and_again(
    bot: OmokageBot, services: Services, ben: Member, driver: Driver
) -> None:
    a_version(services, 0.9)

    interaction = await ben.command("model evaluate", version=1)
    report = await interaction.wait_for(lambda message: bool(message["embeds"]))
    again = await (await ben.command("show", job=interaction.id)).answer()
    people = await (await ben.click(report, "People")).answer()
    offered = await ben.autocomplete("show", "job", "")

    fields = {field["name"]: field["value"] for field in report["embeds"][0]["fields"]}
    assert report["embeds"][0]["title"] == "recogniser v1 (cnn slim): right in 90.0 % of the held-out pictures"
    assert "30 pictures of 3 people of **family v1**" in said(report)
    assert fields["By fold"] == "0: 90.0 %"
    assert fields["Most often mixed up"].splitlines() == ["Chie taken for Aki: 4 times", "Ben taken for Aki: once"]
    for message in (report, again):
        for frame in message["embeds"]:
            assert (await driver.download(frame["image"]["url"])).startswith(b"\xff\xd8")
    assert len(report["embeds"]) == 2
    assert "**Chie**" in said(people)
    assert "recogniser v1" in offered[0]["name"]
