"""The commands beside /classify."""

from __future__ import annotations

import json
import os
import re

from bot.client import OmokageBot
from bot.readiness import readiness_file
from core.bootstrap import Services
from core.domain.people import NewFace
from core.settings import Settings
from sandbox.driver import Driver, Member
from sandbox.server import Sandbox
from sandbox.world import fixtures
from tests.integration.bot.conftest import serving
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face, until
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

GUILD = int(fixtures.GUILD_ID)


async def test_commands_are_registered_once_and_again_only_when_they_are_missing(
    services: Services, settings: Settings, worker: FakeWorker, driver: Driver, sandbox: Sandbox
) -> None:
    async def registrations() -> int:
        return sum(request["method"] == "PUT" for request in await driver.requests())

    counts = []
    for _ in range(2):
        async with serving(services, settings, worker):
            counts.append(await registrations())
    async with serving(services, settings, worker) as bot:
        await bot.http.bulk_upsert_global_commands(int(fixtures.BOT_ID), payload=[])
    async with serving(services, settings, worker):
        counts.append(await registrations())

    assert counts == [1, 1, 3]


async def test_the_readiness_file_is_there_as_long_as_the_bot_is_connected(
    services: Services, settings: Settings, worker: FakeWorker
) -> None:
    file = readiness_file(settings.data)
    async with serving(services, settings, worker):
        await until(file.exists)
        assert json.loads(file.read_text("utf-8"))["pid"] == os.getpid()

    assert not file.exists()


async def test_an_answer_is_posted_again(bot: OmokageBot, services: Services, ben: Member, aiko: Member) -> None:
    interaction = await ben.command("classify", photo=PHOTO)
    first = await interaction.wait_for(lambda message: bool(message["embeds"]))
    offered = await ben.autocomplete("show", "job", "party")

    again = await (await ben.command("show", job=offered[0]["value"])).answer()
    form = await (await aiko.click(again, "1 This is …")).modal()
    named = await (await aiko.submit(form, {"Name": "Hanako"})).answer()

    assert [choice["value"] for choice in offered] == [interaction.id]
    assert again["id"] != first["id"]
    assert again["embeds"][0]["description"] == first["embeds"][0]["description"]
    assert named["id"] == again["id"]
    assert "Hanako" in named["embeds"][0]["description"]


async def test_others_answers_are_shown_to_moderators_only(
    bot: OmokageBot, ben: Member, chie: Member, aiko: Member
) -> None:
    interaction = await ben.command("classify", photo=PHOTO)
    await interaction.wait_for(lambda message: bool(message["embeds"]))

    refused = await (await chie.command("show", job=interaction.id)).answer()
    shown = await (await aiko.command("show", job=interaction.id)).answer()

    assert refused["flags"] & EPHEMERAL
    assert await chie.autocomplete("show", "job", "") == []
    assert shown["embeds"]


async def test_a_job_that_does_not_exist_is_a_sentence(bot: OmokageBot, ben: Member) -> None:
    for typed in ("12345", "party.jpg", "9" * 30):
        answer = await (await ben.command("show", job=typed)).answer()
        assert answer["content"].startswith("There is no such job in this server.")


async def test_jobs_are_listed_with_their_state_and_can_be_cancelled(
    bot: OmokageBot, worker: FakeWorker, ben: Member, aiko: Member
) -> None:
    done = await ben.command("classify", photo=PHOTO)
    await done.wait_for(lambda message: bool(message["embeds"]))
    worker.pause()
    waiting = await ben.command("classify", photo=PHOTO)
    await waiting.ack()
    await ben.command("classify", photo=PHOTO)

    listed = await (await ben.command("jobs")).answer()
    everyones = await (await aiko.command("jobs", everyone=True)).answer()
    refused = await (await ben.command("jobs", everyone=True)).answer()
    cancelled = await (await ben.click(listed, f"Cancel {waiting.id}")).answer()

    lines = listed["embeds"][0]["description"].splitlines()
    assert listed["flags"] & EPHEMERAL
    assert f"`{done.id}` · done · " in lines[-1]
    assert f"`{waiting.id}` · " in lines[-2]
    assert "about 1 s" in lines[-2]
    assert f"<@{ben.id}>" in everyones["embeds"][0]["description"]
    assert "Only moderators" in refused["content"]
    assert cancelled["content"] == "Cancelled."


async def test_a_member_without_jobs_is_told_how_to_begin(bot: OmokageBot, ben: Member) -> None:
    assert "/classify" in (await (await ben.command("jobs")).answer())["content"]


async def test_people_are_listed_page_by_page(bot: OmokageBot, services: Services, ben: Member) -> None:
    empty = await (await ben.command("people list")).answer()
    for number in range(45):
        one = NewFace(1, face(1).box, 0.9, (), embedding(number), "test")
        services.people.enrol(GUILD, f"Person {number:02}", one, source="cli:x")

    first = await (await ben.command("people list")).answer()
    second = await (await ben.click(first, "Next ▶")).answer()
    last = await (await ben.click(second, "Next ▶")).answer()

    assert empty["content"].startswith("Nobody is known here yet.")
    assert first["embeds"][0]["title"] == "45 people are known here"
    assert first["embeds"][0]["description"].splitlines()[0] == "**Person 00** · one picture"
    assert second["embeds"][0]["description"].splitlines()[0].startswith("**Person 20**")
    assert last["embeds"][0]["footer"]["text"] == "Page 3 of 3"
    assert [one["label"] for one in last["components"][0]["components"]] == ["◀ Previous"]


async def test_the_servers_language_is_everybodys(bot: OmokageBot, aiko: Member, ben: Member) -> None:
    told = await (await aiko.command("settings language", which="ja")).answer()
    answer = await (await ben.command("classify", photo=PHOTO)).wait_for(lambda message: bool(message["embeds"]))
    private = await (await ben.command("about")).answer()

    assert told["content"] == "From now on answers that everybody sees are in Japanese."
    assert answer["embeds"][0]["title"].startswith("2人の顔")
    assert private["embeds"][0]["fields"][1]["name"] == "Licence"


async def test_how_old_faces_look_is_said_where_a_moderator_chose_it(
    bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    before = services.guilds.settings(GUILD).age_answers
    shown = await (await aiko.command("settings ages", shown=True)).answer()
    on = services.guilds.settings(GUILD).age_answers
    hidden = await (await aiko.command("settings ages", shown=False)).answer()

    assert (before, on, services.guilds.settings(GUILD).age_answers) == (False, True, False)
    assert shown["content"] == "From now on the answers of /classify also say how old each face looks."
    assert hidden["content"] == "From now on the answers of /classify do not say how old faces look."
    assert shown["flags"] & EPHEMERAL


async def test_settings_are_offered_to_moderators_only(bot: OmokageBot, aiko: Member, ben: Member) -> None:
    assert "settings" in [command["name"] for command in aiko.commands]
    assert "settings" not in [command["name"] for command in ben.commands]


async def test_help_names_every_command_in_the_members_language(bot: OmokageBot, aiko: Member, chie: Member) -> None:
    english = (await (await aiko.command("help")).answer())["embeds"][0]["description"]
    japanese = (await (await chie.command("help")).answer())["embeds"][0]["description"]

    for name in ("classify", "show", "jobs", "health"):
        assert f"**/{name}** – " in english
    people = next(line for line in english.splitlines() if line.startswith("**/people** … "))
    assert {"list", "history", "rename"} <= set(re.split(" … | · | – ", people))
    assert "**/settings** … show · labelling · language" in english
    assert max(len(english), len(japanese)) < 3600, "Discord allows 4,096"
    assert "**Who is this?** – in the menu of a message (Apps): Say who is in a photo" in english
    assert "**Age the faces** – in the menu of a message (Apps): Show the faces of a photo 30 years older" in english
    assert "**/顔認識**" in japanese
    assert "**/人物** … 一覧 · " in japanese


async def test_health_says_what_is_running(bot: OmokageBot, ben: Member) -> None:
    embed = (await (await ben.command("health")).answer())["embeds"][0]
    fields = {field["name"]: field["value"] for field in embed["fields"]}

    assert embed["title"] == "Everything is running"
    assert fields["Background tasks"] == "all 6 are running"
    assert fields["Photo reader"] == "nothing to do"
    assert fields["Memory of the bot"].endswith(" MB")
