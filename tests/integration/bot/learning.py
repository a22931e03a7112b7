"""A guild that learns: by command or after a round, with a worker that has learnt at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select

from core.bootstrap import Services
from core.domain.jobs import Job, JobKind
from core.domain.learning import LearnOutcome, LearnResult
from core.storage.tables import outbox
from sandbox.driver import Invocation, Member
from sandbox.server import Sandbox
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.teacher import FakeTeaching
from tests.integration.bot.fakes.worker import OWNER, FakeWorker, until

GUILD = int(fixtures.GUILD_ID)
STARTER = 21  # the type of the message that stands in a thread for the one from which it was begun
NAME = "What I learn from this server's labels"


@dataclass
class Learning:
    """What was learnt, and where that is told. `me`: a moderator, whose screen is looked at."""

    services: Services
    me: Member
    others: list[Member] = field(default_factory=list)

    async def ask(self, member: Member | None = None, channel: str = "photos") -> Invocation:
        """Use `/label learn`."""
        return await (member or self.me).command("label learn", channel=channel)

    async def learn(self, member: Member | None = None, channel: str = "photos") -> Json:
        """Use `/label learn` and return the message that tells what came of it."""
        asked = await self.ask(member, channel)
        await self.sent(int(asked.id))
        (told,) = self.told(asked.id)
        return told

    async def round(self) -> Json:
        """End a round, after which the guild learns by itself; return the message that tells of it."""
        before = {job.id for job in self.jobs()}
        ended = await self.me.command("label start")
        await ended.wait_for(lambda message: bool(message["content"]))
        await until(lambda: {job.id for job in self.jobs()} - before)
        (job_id,) = {job.id for job in self.jobs()} - before
        await self.sent(job_id)
        (told,) = self.told(str(job_id))
        return told

    def jobs(self) -> list[Job]:
        """All learn jobs."""
        return [job for job in self.services.jobs.newest(GUILD, None) if job.kind is JobKind.LEARN]

    def told(self, job_id: str) -> list[Json]:
        """All messages that tell what came of a job, wherever they are; what a thread shows again does not count."""
        places = [fixtures.PHOTOS_ID, fixtures.GENERAL_ID, *(thread["id"] for thread in self.me.threads)]
        messages = [message for place in places for message in self.me.messages(place) if message["type"] != STARTER]
        return [m for m in messages if m["embeds"] and job_id in m["embeds"][0].get("footer", {}).get("text", "")]

    async def sent(self, *job_ids: int) -> None:
        """Wait until answers are noted as sent, and a moment longer."""
        chosen = select(outbox.c.job_id).where(outbox.c.job_id.in_(job_ids), outbox.c.sent_at.is_not(None))

        def all_sent() -> bool:
            with self.services.database.read() as connection:
                return len(connection.execute(chosen).all()) == len(job_ids)

        await until(all_sent)
        await asyncio.sleep(0.1)

    @property
    def thread(self) -> Json:
        """The only thread that there is."""
        (thread,) = self.me.threads
        return thread

    @property
    def kept(self) -> int | None:
        """The id of the guild's thread, as it is stored."""
        return self.services.guilds.learning_thread(GUILD)


def prepare(services: Services, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every round end at once, and every learning succeed; must be done before the bot is there."""
    monkeypatch.setattr("core.services.labelling.jobs.LEARN_FROM", 0)
    monkeypatch.setattr("core.services.labelling.jobs.FEWEST_PEOPLE", 0)
    result = LearnResult(LearnOutcome.PROMOTED, "Labels", 40, 2, 20)
    worker.others[JobKind.LEARN] = lambda job: services.jobs.leases.finish(job.id, OWNER, result.to_json())
    FakeTeaching(services, worker)


def allow(sandbox: Sandbox, bits: int, *, allowed: bool) -> None:
    """Give the bot permissions, or take them from it and from everybody; before the bot connects."""
    assert sandbox._world is not None
    roles = sandbox._world.people._roles
    if allowed:
        bot = roles[fixtures.BOT_ROLE_ID]
        roles[fixtures.BOT_ROLE_ID] = replace(bot, permissions=bot.permissions | bits)
        return
    for role_id in (fixtures.GUILD_ID, fixtures.BOT_ROLE_ID):
        roles[role_id] = replace(roles[role_id], permissions=roles[role_id].permissions & ~bits)
