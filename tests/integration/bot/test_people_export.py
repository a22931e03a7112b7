"""/people export: whoever may manage the server gets all of its people as a file, which is not kept."""

from __future__ import annotations

import discord
import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.people import NewFace
from sandbox.driver import Driver, Invocation, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.exporter import CONTENT, FakeExporting
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face
from tests.integration.bot.test_classify import EPHEMERAL

GUILD = int(fixtures.GUILD_ID)
MODERATES, MANAGES = discord.Permissions(manage_messages=True), discord.Permissions(manage_guild=True)


@pytest.fixture
def exporting(services: Services, worker: FakeWorker) -> FakeExporting:
    return FakeExporting(services, worker)


def enrol(services: Services, guild_id: int) -> None:
    new = NewFace(1, face(1).box, 0.9, (), embedding(1), "test")
    services.people.enrol(guild_id, "Hana", new, source="cli:x")


def set_permissions(monkeypatch: pytest.MonkeyPatch, permissions: discord.Permissions) -> None:
    monkeypatch.setattr(discord.Interaction, "permissions", property(lambda _: permissions))


async def answered(asked: Invocation) -> Json:
    return await asked.wait_for(lambda message: bool(message["content"]))


async def test_the_file_is_posted_to_whoever_asked_and_deleted_here(
    exporting: FakeExporting, bot: OmokageBot, services: Services, aiko: Member, driver: Driver
) -> None:
    enrol(services, GUILD)
    enrol(services, GUILD + 1)  # somebody of another guild
    asked = await aiko.command("people export")
    answer = await answered(asked)

    (file,) = answer["attachments"]
    assert (file["filename"], await driver.download(file["url"])) == ("people.zip", CONTENT)
    assert answer["content"].startswith("One person of this server with one face and 0 photos.")
    assert answer["flags"] & EPHEMERAL

    name = str((services.jobs.get(int(asked.id)).result or {})["file"])
    assert services.blobs.size(name)
    services.retention.forget_exports()  # as every minute
    assert not services.blobs.size(name)
    again = await answered(await aiko.command("show", job=asked.id))
    assert again["content"].startswith("This file is deleted: I keep it only until it is posted.")
    assert again["attachments"] == []


async def test_what_is_too_large_is_the_operators_to_write(
    exporting: FakeExporting, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrol(services, GUILD)
    exporting.fits = False
    answer = await answered(await aiko.command("people export"))
    assert answer["attachments"] == []
    assert f"`omokage people export people.zip --guild {GUILD}`" in answer["content"]


async def test_only_who_may_manage_the_server_gets_it_also_a_second_time(  # noqa: PLR0917 - fixtures
    exporting: FakeExporting,
    bot: OmokageBot,
    services: Services,
    aiko: Member,
    ben: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enrol(services, GUILD)
    member = await answered(await ben.command("people export"))
    with monkeypatch.context() as patched:
        set_permissions(patched, MODERATES)
        moderator = await answered(await aiko.command("people export"))
    assert exporting.requested == []
    with monkeypatch.context() as patched:
        set_permissions(patched, MANAGES)
        asked = await aiko.command("people export")
        assert (await answered(asked))["attachments"]
    with monkeypatch.context() as patched:
        set_permissions(patched, MODERATES)  # who asked may manage the server no more
        later = await answered(await aiko.command("show", job=asked.id))

    assert member["content"].startswith("Only moderators may do that.")
    for refused in (moderator, later):
        assert refused["content"].startswith("Only members who may manage this server")
        assert refused["flags"] & EPHEMERAL
        assert refused["attachments"] == []


async def test_without_people_there_is_nothing_to_export(
    exporting: FakeExporting, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrol(services, GUILD + 1)
    answer = await answered(await aiko.command("people export"))
    assert answer["content"].startswith("Nobody has been named in this server yet")
    assert exporting.requested == []


async def test_it_is_said_in_japanese(
    exporting: FakeExporting, bot: OmokageBot, services: Services, driver: Driver
) -> None:
    enrol(services, GUILD)
    aiko = await driver.member("aiko", locale="ja")
    answer = await answered(await aiko.command("people export"))
    assert answer["content"].startswith("このサーバーの1人の、顔1個と写真0枚です。")
