"""Fooling the recogniser in the chat: what may be asked, how it comes about, and what is posted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.client import OmokageBot
from bot.delivery import progress
from bot.features.optimize import commands
from core.bootstrap import Services
from core.domain.classification import FaceAnswer
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import Face
from core.domain.jobs import Job, JobState
from core.domain.optimisation import OptimizeMode, OptimizeRequest
from core.services.attack.targets import Target, find_target
from core.settings import Settings
from sandbox.driver import Driver, DriverError, Invocation, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.conftest import serving
from tests.integration.bot.fakes.optimizer import FakeOptimization, acquaint
from tests.integration.bot.fakes.trainer import FakeTraining
from tests.integration.bot.fakes.worker import FakeWorker, face, until
from tests.integration.bot.status_messages import buttons, edits_of, said
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO
from tests.integration.bot.test_model import a_version


@pytest.fixture
def fake_optimization(
    services: Services, worker: FakeWorker, fake_training: FakeTraining, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FakeOptimization]:
    """A recogniser of three people serves; progress is shown ten times as often as usual."""
    for name in ("FIRST_EDIT_AFTER_S", "EDIT_INTERVAL_S"):
        monkeypatch.setattr(progress, name, getattr(progress, name) / 10)
    acquaint(services)
    services.registry.promote(a_version(services, 0.9).id, 1)
    forging = FakeOptimization(services, worker)
    yield forging
    forging.go.set()


async def shown(asked: Invocation) -> Json:
    """The answer: a frame with words, which progress has not."""
    return await asked.wait_for(lambda message: bool(message["embeds"] and message["embeds"][0].get("footer")))


def request_of(job: Job) -> OptimizeRequest:
    return OptimizeRequest.from_json(job.params)


async def file_of(driver: Driver, message: Json) -> bytes:
    [attachment] = [one for one in message["attachments"] if one["filename"] == "picture.png"]
    return await driver.download(attachment["url"])


async def test_a_photo_is_changed_and_the_very_file_that_was_judged_is_posted(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member, driver: Driver, services: Services
) -> None:
    interaction = await ben.command("optimize", target="Aki", photo=PHOTO, epsilon=4)
    answer = await shown(interaction)

    request = request_of(fake_optimization.asked[0])
    assert (request.mode, request.target, request.person_id, request.epsilon) == (OptimizeMode.FOOL, "Aki", 1, 4)
    assert services.blobs.get((request.start or Face(0)).photo or "") == PHOTO[1]
    assert said(answer).startswith("To us it shows the same person as before. The recogniser says: Aki\n")
    assert answer["embeds"][0]["fields"][0] == {
        "name": "Before",
        "value": "**Ben**\nBen 97.0 %\nDana 2.0 %\n… Aki 1.0 %\n-# none of them: 2.0 %",
        "inline": True,
    }
    assert answer["embeds"][0]["footer"]["text"].endswith(f"job {interaction.id}")
    result: Any = services.jobs.get(int(interaction.id)).result
    assert await file_of(driver, answer) == services.blobs.get(result["picture"])
    assert await driver.download(answer["embeds"][0]["image"]["url"]) == services.blobs.get(result["sheet"])
    assert not answer["flags"] & EPHEMERAL


async def test_the_menu_of_the_answer_asks_about_that_file(
    bot: OmokageBot, fake_optimization: FakeOptimization, worker: FakeWorker, ben: Member, services: Services
) -> None:
    seen: list[str | None] = []

    def see(job: Job) -> list[FaceAnswer]:
        seen.append(job.photo)
        return [face(1)]

    worker.see = see
    interaction = await ben.command("optimize", target="aki", photo=PHOTO)
    answer = await shown(interaction)

    await shown(await ben.menu("Who is this?", answer))

    result: Any = services.jobs.get(int(interaction.id)).result
    assert seen == [result["picture"]]


async def test_without_a_photo_it_starts_from_noise_and_nobody_is_named(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member
) -> None:
    noise = await shown(await ben.command("optimize", target="Chie", seed=9, steps=40))
    dream = await shown(await ben.command("optimize", target="Ｃｈｉｅ", mode="dream", robust=True))

    first, second = (request_of(job) for job in fake_optimization.asked)
    assert first == OptimizeRequest("Chie", OptimizeMode.NOISE, 3, steps=40, seed=9)
    assert (second.mode, second.robust, second.start) == (OptimizeMode.DREAM, True, None)
    assert said(noise).startswith("If this is a face, it is Chie, thinks the recogniser. But no face is found in it")
    assert "-# seed 9" in said(noise)
    assert "made to survive JPEG" in said(dream)
    assert buttons(noise) == ["▶️ Continue", "🗜️ Make it survive JPEG", "🎲 Another one"]
    assert buttons(dream) == ["▶️ Continue", "🎲 Another one"]


async def test_the_picture_so_far_is_shown_and_stopping_it_posts_what_there_is(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member, driver: Driver, services: Services
) -> None:
    fake_optimization.steps_shown = 4
    interaction = await ben.command("optimize", target="Aki", photo=PHOTO)
    live = await interaction.wait_for(lambda message: message["content"].startswith("🎯 Step 40 of 300"))

    assert live["content"] == "🎯 Step 40 of 300: probability of Aki 97.5 %"
    assert (await driver.download(live["embeds"][0]["image"]["url"])) == services.blobs.get(fake_optimization.png(104))
    assert buttons(live) == ["Stop"]

    await ben.click(live, "Stop")
    stopping = await interaction.wait_for(lambda message: message["content"].startswith("🎯 Stopping"))
    answer = await shown(interaction)

    assert stopping["embeds"]
    assert live["id"] == stopping["id"] == answer["id"]
    assert "stopped early" in said(answer)
    assert services.jobs.get(int(interaction.id)).state is JobState.DONE
    assert [one["filename"] for one in answer["attachments"]] == ["picture.png"]


async def test_what_did_not_change_is_not_shown_again(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member, driver: Driver
) -> None:
    fake_optimization.steps_shown = 1
    interaction = await ben.command("optimize", target="Aki")
    live = await interaction.wait_for(lambda message: "Step 10" in message["content"])
    for _ in range(5):
        fake_optimization.tell(fake_optimization.asked[0], 10, fake_optimization.png(101))
    await until(lambda: bot.progress._tracked[int(interaction.id)].shown)
    fake_optimization.tell(fake_optimization.asked[0], 20, fake_optimization.png(102))
    await interaction.wait_for(lambda message: "Step 20" in message["content"])

    assert await edits_of(driver, live) <= 3  # a first line, one step, the other step


async def test_a_picture_that_is_gone_by_then_costs_only_that_look(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member
) -> None:
    fake_optimization.steps_shown = 1
    interaction = await ben.command("optimize", target="Aki")
    await interaction.wait_for(lambda message: "Step 10" in message["content"])
    fake_optimization.tell(fake_optimization.asked[0], 20, "ab" * 32)
    await until(lambda: "20" in bot.progress._tracked[int(interaction.id)].report.detail)
    fake_optimization.tell(fake_optimization.asked[0], 30, fake_optimization.png(103))

    live = await interaction.wait_for(lambda message: "Step 30" in message["content"])

    assert live["embeds"]


async def test_of_several_faces_the_one_who_asked_chooses(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member, chie: Member, services: Services
) -> None:
    fake_optimization.faces = 3
    question = await shown(await ben.command("optimize", target="Aki", photo=PHOTO, seed=5))
    answer = await shown(await ben.select(question, 0, "Face 2"))

    first, second = (request_of(job) for job in fake_optimization.asked)
    assert said(question).startswith("This photo shows 3 faces")
    assert question["flags"] & EPHEMERAL
    assert second.start == Face(photo=(first.start or Face(0)).photo, index=1)
    assert (second.seed, second.person_id) == (5, 1)
    assert said(answer).startswith("To us it shows the same person as before")
    assert not [message for message in chie.messages() if "3 faces" in said(message)]


async def test_buttons_go_on_from_the_picture_also_after_a_restart(  # noqa: PLR0917 - fixtures
    services: Services,
    settings: Settings,
    worker: FakeWorker,
    fake_optimization: FakeOptimization,
    ben: Member,
    aiko: Member,
) -> None:
    fake_optimization.named = False
    async with serving(services, settings, worker):
        await ben.wait_for_bot("optimize")
        interaction = await ben.command("optimize", target="Aki", photo=PHOTO, seed=5, steps=30)
        first = await shown(interaction)
    async with serving(services, settings, worker):
        on = await shown(await aiko.click(first, "▶️ Continue"))
        wider = await shown(await aiko.click(first, "↔️ Allow twice the change"))
        again = await (await ben.command("show", job=interaction.id)).answer()

    made: Any = services.jobs.get(int(interaction.id)).result
    requests = [request_of(job) for job in fake_optimization.asked]
    assert said(first).startswith("The recogniser was not fooled: it does not say Aki")
    assert [request.so_far for request in requests] == [None, made["picture"], made["picture"]]
    assert [request.epsilon for request in requests] == [8, 8, 16]
    assert {(request.start, request.seed, request.steps) for request in requests} == {(requests[0].start, 5, 30)}
    assert requests[1].version_id == made["version_id"]
    assert "continued" in said(on)
    assert "±16" in said(wider)
    assert said(again) == said(first)
    assert len({one["id"] for one in (first, on, wider)}) == 3


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"target": "Akii"}, "The recogniser does not know “Akii”. It knows, for example: Aki"),
        ({"target": "Aki", "mode": "fool"}, "Mode fool changes a photo, so attach one."),
        ({"target": "Aki", "mode": "dream", "photo": PHOTO}, "Modes noise and dream start from noise"),
        ({"target": "Aki", "epsilon": 8}, "Epsilon is about mode fool"),
        ({"target": "Aki", "photo": ("notes.txt", b"hello")}, "That is not a picture I can read."),
    ],
)
async def test_what_cannot_be_asked_is_said_at_once(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member, options: dict[str, Any], sentence: str
) -> None:
    refused = await (await ben.command("optimize", **options)).answer()

    assert refused["content"].startswith(sentence)
    assert refused["flags"] & EPHEMERAL
    assert not fake_optimization.asked


async def test_a_slow_database_costs_no_answer_and_a_refusal_stays_private(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(*arguments: Any) -> Target:
        time.sleep(0.5)
        return find_target(*arguments)

    monkeypatch.setattr(commands, "find_target", slowly)
    unknown = await ben.command("optimize", target="Akii")
    refused = await unknown.wait_for(lambda message: message["content"].startswith("The recogniser does not know"))
    answer = await shown(await ben.command("optimize", target="Aki"))

    assert refused["flags"] & EPHEMERAL
    assert [message["id"] for message in unknown.messages] == [refused["id"]]  # "thinking" is gone
    assert not answer["flags"] & EPHEMERAL


async def test_discord_itself_refuses_steps_that_there_are_not(bot: OmokageBot, ben: Member) -> None:
    await ben.wait_for_bot("optimize")
    for steps in (0, 2001):
        with pytest.raises(DriverError, match=r"1|2000"):
            await ben.command("optimize", target="Aki", steps=steps)


async def test_without_a_trained_recogniser_there_is_nobody_to_fool(bot: OmokageBot, ben: Member) -> None:
    refused = await (await ben.command("optimize", target="Aki")).answer()
    offered = await ben.autocomplete("optimize", "target", "a")

    assert refused["content"].startswith("No trained recogniser answers here yet, so there is none to fool.")
    assert offered == []


async def test_those_whom_the_recogniser_knows_are_offered(
    bot: OmokageBot, fake_optimization: FakeOptimization, services: Services, ben: Member
) -> None:
    services.aliases.add(int(fixtures.GUILD_ID), "Chie", "智恵", by=0)
    services.aliases.add_person(int(fixtures.GUILD_ID), "Chika", by=0)  # whom it was not trained on
    everybody = await ben.autocomplete("optimize", "target", "")
    some = await ben.autocomplete("optimize", "target", "ch")
    alias = await ben.autocomplete("optimize", "target", "智")

    assert [one["value"] for one in everybody] == ["Aki", "Ben", "Chie"]
    assert some == [{"name": "Chie", "value": "Chie"}]
    assert alias == [{"name": "Chie (智恵)", "value": "Chie"}]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OmokageError(ErrorCode.SAME_PERSON, target="Aki"), "The recogniser takes this photo for Aki already."),
        (OmokageError(ErrorCode.NO_FACE), "I found no face in this picture."),
        (OmokageError(ErrorCode.UNKNOWN_VERSION), "There is no such model version here."),
    ],
)
async def test_what_cannot_be_done_is_said_in_words(
    bot: OmokageBot, fake_optimization: FakeOptimization, ben: Member, error: OmokageError, sentence: str
) -> None:
    fake_optimization.error = error

    refused = await (await ben.command("optimize", target="Aki", photo=PHOTO)).wait_for(
        lambda message: message["content"].startswith(sentence)
    )

    assert refused["flags"] & EPHEMERAL


async def test_it_is_all_in_japanese_for_a_japanese_member(
    bot: OmokageBot, fake_optimization: FakeOptimization, chie: Member
) -> None:
    fake_optimization.steps_shown = 1
    interaction = await chie.command("optimize", target="Aki", photo=PHOTO)
    live = await interaction.wait_for(lambda message: "ステップ10 / 300：Aki さんの確率" in message["content"])
    fake_optimization.go.set()
    answer = await shown(interaction)

    assert buttons(live) == ["停止"]
    assert said(answer).startswith("人の目には同じ人の写真ですが、認識モデルの答えは「Aki」です")
    assert [field["name"] for field in answer["embeds"][0]["fields"]][:2] == ["変更前", "変更後"]
