"""What members see of what was deleted, and of a full quota."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from bot import retention as tidying
from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.storage_limits import StorageLimits
from core.storage.tables import jobs
from sandbox.driver import Member
from tests.integration.bot.fakes.worker import FakeWorker, jpeg, until

EPHEMERAL = 1 << 6
PHOTO = ("party.jpg", jpeg(640, 480))
OTHER = ("other.jpg", jpeg(320, 480))


def age(services: Services, days: int) -> None:
    """Make all jobs look as if they had ended so long ago."""
    then = now_utc() - timedelta(days=days)
    with services.database.write() as connection:
        connection.execute(update(jobs).values(created_at=then, finished_at=then))


def stored_files(services: Services) -> list[Path]:
    return [path for path in (services.settings.data / "blobs").rglob("*") if path.is_file()]


async def test_a_full_quota_is_said_in_the_members_language_and_nothing_is_stored(
    bot: OmokageBot, services: Services, ben: Member, chie: Member
) -> None:
    services.jobs._storage = StorageLimits(guild_quota=len(PHOTO[1]) - 1)

    english = await (await ben.command("classify", photo=PHOTO)).answer()
    japanese = await (await chie.command("classify", photo=PHOTO)).answer()

    quota = f"{services.jobs._storage.guild_quota / 1000:.1f} kB"
    assert english["flags"] & EPHEMERAL
    assert english["content"].startswith(f"This server has stored as many pictures as it may (0 bytes of {quota}).")
    assert f"（{quota}のうち0 bytesを使用中）" in japanese["content"]
    assert stored_files(services) == []
    assert services.jobs.received_before(now_utc()) == []


async def test_what_was_deleted_is_said_by_show_and_by_a_button(
    bot: OmokageBot, services: Services, ben: Member, aiko: Member
) -> None:
    interaction = await ben.command("classify", photo=PHOTO)
    answer = await interaction.wait_for(lambda message: bool(message["embeds"]))
    await until(lambda: not services.jobs.outbox.pending())
    age(services, days=31)
    assert services.retention.prune().jobs == 1

    shown = await (await ben.command("show", job=interaction.id)).answer()
    clicked = await (await aiko.click(answer, "1 This is …")).answer()

    assert "It may be too old" in shown["content"]
    assert "faces that nobody named are deleted after some time" in clicked["content"]


async def test_a_picture_that_is_gone_is_said_by_show(bot: OmokageBot, services: Services, ben: Member) -> None:
    interaction = await ben.command("classify", photo=PHOTO)
    await interaction.wait_for(lambda message: bool(message["embeds"]))
    for path in stored_files(services):
        path.unlink()

    shown = await (await ben.command("show", job=interaction.id)).answer()

    assert shown["content"].startswith("The picture is no longer there")


async def test_a_photo_whose_companion_is_refused_is_not_kept(
    bot: OmokageBot, services: Services, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, fetched = bot.intake._fetcher.fetch, list[str]()

    async def second_is_too_large(url: str) -> bytes:
        fetched.append(url)
        if len(fetched) == 2:
            raise OmokageError(ErrorCode.TOO_LARGE)
        return await fetch(url)

    monkeypatch.setattr(bot.intake._fetcher, "fetch", second_is_too_large)
    interaction = await ben.command("morph", **{"a-photo": PHOTO, "b-photo": OTHER})

    assert "larger than 10 MiB" in (await interaction.wait_for(lambda message: "MiB" in message["content"]))["content"]
    await until(lambda: not stored_files(services))


async def test_the_bot_deletes_by_itself(
    services: Services, bot: OmokageBot, worker: FakeWorker, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    interaction = await ben.command("classify", photo=PHOTO)
    await interaction.wait_for(lambda message: bool(message["embeds"]))
    await until(lambda: not services.jobs.outbox.pending())
    age(services, days=31)

    monkeypatch.setattr(tidying, "_EVERY_S", 0.01)
    tidy = asyncio.create_task(tidying.run_retention(bot))

    def left() -> int:
        with services.database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(jobs)).scalar_one())

    await until(lambda: not left())
    tidy.cancel()
    with pytest.raises(asyncio.CancelledError):
        await tidy
