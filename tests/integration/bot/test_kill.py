"""SIGKILL at any moment: a command that was accepted has exactly one answer after the restart."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress

import pytest

from core.bootstrap import Services
from core.domain.classification import FaceAnswer
from core.domain.errors import OmokageError
from core.domain.jobs import Job, JobState
from core.settings import Settings
from sandbox.driver import Invocation, Member
from sandbox.world import fixtures
from tests.forked import Forked
from tests.integration.bot.fakes.worker import FakeWorker, face, until
from tests.integration.bot.process import main
from tests.integration.bot.test_classify import PHOTO
from tests.integration.bot.test_once import answers

WORK_S = 0.1  # how long the worker looks at a photo
# Around: received, acknowledged, stored, dispatched, running, done, posted, noted.
MOMENTS = (0.01, 0.04, 0.08, 0.15, 0.2, 0.25, 0.4)
ANSWERED, REFUSED = (True, 1), (False, 0)  # killed before it saw the command, the bot owes nothing


@contextmanager
def process(settings: Settings) -> Iterator[Forked]:
    """The bot; killed, if it still runs, at the end."""
    environ = {
        "OMOKAGE_DATA": str(settings.data),
        "OMOKAGE_DISCORD_API": settings.discord_api or "",
        "OMOKAGE_DISCORD_GATEWAY": settings.discord_gateway or "",
    }
    started = Forked(main, environ=environ)
    try:
        yield started
    finally:
        started.kill()
        started.wait(5)


async def hand_over(services: Services, worker: FakeWorker) -> None:
    """Stands in for the broker: whatever is dispatched reaches the worker."""
    seen: set[int] = set()
    while True:
        for job in services.jobs.newest(int(fixtures.GUILD_ID), None):
            if job.state is JobState.DISPATCHED and job.id not in seen:
                seen.add(job.id)
                worker.enqueue(job.id, job.queue, job.priority)
        await asyncio.sleep(0.01)


def accepted(services: Services, asked: Invocation) -> bool:
    with suppress(OmokageError):
        return services.jobs.get(int(asked.id)) is not None
    return False


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
async def test_a_bot_that_is_killed_at_any_moment_answers_once(
    services: Services, settings: Settings, worker: FakeWorker, ben: Member
) -> None:
    def see(_: Job) -> list[FaceAnswer]:
        time.sleep(WORK_S)
        return [face(1)]

    worker.see = see
    handing = asyncio.create_task(hand_over(services, worker))
    result = await killed_at_each(MOMENTS, services, settings, ben)
    handing.cancel()

    assert {outcome for outcome in result.values() if outcome != REFUSED} == {ANSWERED}, result
    assert list(result.values()).count(ANSWERED) >= len(MOMENTS) // 2, result


async def killed_at_each(
    moments: Sequence[float], services: Services, settings: Settings, ben: Member
) -> dict[float, tuple[bool, int]]:
    """Ask, kill the bot so many seconds later, start another, which is the next to be killed.

    Returns, for each moment, whether the command was accepted, and its answers.
    """
    result = {}
    with ExitStack() as processes:
        victim = await online(processes, settings, ben)
        for moment in moments:
            interaction = await ben.command("classify", photo=PHOTO)
            await asyncio.sleep(moment)
            victim.kill()
            victim.wait(5)
            await until(lambda: not ben.bot_online)
            was_accepted = accepted(services, interaction)
            victim = await online(processes, settings, ben)
            result[moment] = was_accepted, await answers_of(interaction, services, ben, expected=was_accepted)
    await until(lambda: not ben.bot_online)
    return result


async def online(processes: ExitStack, settings: Settings, ben: Member) -> Forked:
    """Start a bot that answers."""
    started = processes.enter_context(process(settings))
    await ben.wait_for_bot("classify", 30)
    return started


async def answers_of(asked: Invocation, services: Services, ben: Member, *, expected: bool) -> int:
    """How many there are, a moment after the one that is `expected`."""
    if expected:
        await until(lambda: answers(ben, asked) and not services.jobs.outbox.pending())
    await asyncio.sleep(0.2)  # a second answer would come now
    return len(answers(ben, asked))
