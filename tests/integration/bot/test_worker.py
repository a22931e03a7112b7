"""/worker status on the sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.clock import now_utc
from core.domain.jobs import JobKind, JobRequest, JobState, Origin
from core.domain.workers import WorkerReport
from core.storage.tables import jobs
from sandbox.driver import Member
from sandbox.world import fixtures
from sandbox.world.commands import CommandRegistry
from tests.integration.bot.test_classify import EPHEMERAL
from tests.integration.core.workers.builders import a_profile

ELSEWHERE = 4_242_424_242
JOB = 1_573_616_009_967_828_992


@pytest.fixture(autouse=True)
def everything_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an administrator may have it: Discord shows the command to everybody, and the bot must refuse by itself."""
    monkeypatch.setattr(CommandRegistry, "may_use", lambda *_: True)


async def test_moderators_see_workers_but_not_what_these_do_for_other_guilds(
    bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    # Given two jobs in a worker's hand, of this guild and of another one
    services.workers.update(a_profile("gpu_1_:1:aa"), WorkerReport(models=("starter vae",)))
    for job_id, guild_id in ((JOB, ELSEWHERE), (JOB + 1, int(fixtures.GUILD_ID))):
        services.jobs.receive(JobRequest(job_id, JobKind.CLASSIFY, Origin(guild_id, 0, 5, "en", 1, ""), {}))
        lease = {
            "lease_owner": "gpu_1_:1:aa:00",
            "lease_until": now_utc() + timedelta(hours=1),
            "started_at": now_utc(),
        }
        with services.database.write() as connection:
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(state=JobState.RUNNING, **lease))
    # When a moderator and a member ask
    shown = await (await aiko.command("worker status")).answer()
    refused = await (await ben.command("worker status")).answer()
    # Then only the moderator gets an answer, which nobody else sees
    [embed] = shown["embeds"]
    assert shown["flags"] & EPHEMERAL
    assert r"**gpu\_1\_** · cpu · seen" in embed["description"]
    assert "starter vae" in embed["description"]
    assert embed["description"].count("classify for") == 1
    assert embed["description"].count("at work for") == 1
    assert str(ELSEWHERE) not in str(shown)
    assert str(JOB) not in str(shown)
    assert not refused["embeds"]
    assert refused["content"].startswith("Only moderators may do that.")
