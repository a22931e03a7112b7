"""/people export: whoever may manage the server gets all of its people as a file, which is not kept."""

from __future__ import annotations

import hashlib

import discord
import pytest

from bot import retention
from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.people import NewFace
from core.services.retention import RetentionService
from sandbox.driver import Driver, Invocation, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.exporter import CONTENT, FakeExporting
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face, until
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


async def answered(asked: Invocation, text: str) -> Json:
    """The message that begins so; before it there may be one that says how far the worker is."""
    return await asked.wait_for(lambda message: message["content"].startswith(text))


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no longer kept is looked for all the time instead of every minute; to be asked for before `bot`."""
    monkeypatch.setattr(retention, "_EVERY_S", 0.01)
    monkeypatch.setattr(RetentionService, "is_due", lambda _: False)  # what is done once an hour


async def test_the_file_is_posted_to_whoever_asked_and_deleted_here(  # noqa: PLR0917 - fixtures
    exporting: FakeExporting, often: None, bot: OmokageBot, services: Services, aiko: Member, driver: Driver
) -> None:
    enrol(services, GUILD)
    enrol(services, GUILD + 1)  # somebody of another guild
    asked = await aiko.command("people export")
    answer = await answered(asked, "One person of this server with one face and 0 photos.")

    (file,) = answer["attachments"]
    assert (file["filename"], await driver.download(file["url"])) == ("people.zip", CONTENT)
    assert answer["flags"] & EPHEMERAL

    job_id = int(asked.id)
    await until(lambda: not (services.jobs.get(job_id).result or {})["file"])
    await until(lambda: not services.blobs.size(hashlib.sha256(CONTENT).hexdigest()))
    again = await answered(await aiko.command("show", job=asked.id), "This file is deleted: I keep it only until")
    assert again["attachments"] == []


async def test_what_is_too_large_is_the_operators_to_write(
    exporting: FakeExporting, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrol(services, GUILD)
    exporting.fits = False
    answer = await answered(await aiko.command("people export"), "The photos of all people here are too large")
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
    member = await (await ben.command("people export")).answer()
    with monkeypatch.context() as patched:
        set_permissions(patched, MODERATES)
        moderator = await (await aiko.command("people export")).answer()
    assert exporting.requested == []
    with monkeypatch.context() as patched:
        set_permissions(patched, MANAGES)
        asked = await aiko.command("people export")
        assert (await answered(asked, "One person"))["attachments"]
    with monkeypatch.context() as patched:
        set_permissions(patched, MODERATES)  # who asked may manage the server no more
        later = await (await aiko.command("show", job=asked.id)).answer()

    assert member["content"].startswith("Only moderators may do that.")
    for refused in (moderator, later):
        assert refused["content"].startswith("Only members who may manage this server")
        assert refused["flags"] & EPHEMERAL
        assert refused["attachments"] == []


async def test_without_people_there_is_nothing_to_export(
    exporting: FakeExporting, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrol(services, GUILD + 1)
    answer = await (await aiko.command("people export")).answer()
    assert answer["content"].startswith("Nobody has been named in this server yet")
    assert exporting.requested == []


async def test_it_is_said_in_japanese(
    exporting: FakeExporting, bot: OmokageBot, services: Services, driver: Driver
) -> None:
    enrol(services, GUILD)
    aiko = await driver.member("aiko", locale="ja")
    answer = await answered(await aiko.command("people export"), "このサーバーの1人の、顔1個と写真0枚です。")
    assert answer["attachments"]
