"""SIGKILL of worker, bot or broker under `omokage up`: every accepted photo is answered, and once.

The parts have tests of their own for each moment of a job; here are all of them together, as they are hosted.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from PIL import Image

from benchmarks.helpers.running_product import Running
from core.bootstrap import Services, build
from core.domain.jobs import Job, JobState
from core.settings import Settings
from portraits import default_people, group
from sandbox.driver import Driver, Invocation, Member
from sandbox.world.fixtures import GUILD_ID

# Six photos on their way, two a member, which is a member's share; the kill finds them at six stages.
MEMBERS = ("aiko", "ben", "chie")
EACH = 2
APART_S = 0.12
KILL_AFTER_S = 0.45
# A worker starts in seven seconds, and the lease of its predecessor runs ten.
PATIENCE_S = 60.0
LOADING = 1 << 7
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture
def services(product: Running) -> Iterator[Services]:
    with closing(build(Settings.from_env({"OMOKAGE_DATA": str(product.data)}), lambda *_: None)) as built:
        yield built


def photo() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(group(default_people()[:3], 1, width=640, height=480).image).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def kill(product: Running, part: str) -> None:
    """SIGKILL, to all of its processes."""
    record = json.loads((product.data / "run" / "processes.json").read_text("utf-8"))
    os.killpg(record["processes"][part], signal.SIGKILL)


async def ask_and_kill(product: Running, members: list[Member], part: str) -> list[Invocation]:
    """Ask for six photos, and kill the part in the middle of them."""
    data = photo()
    killing = asyncio.get_running_loop().call_later(KILL_AFTER_S, kill, product, part)
    asked = []
    for member in members * EACH:
        asked.append(await member.command("classify", photo=("photo.jpg", data)))
        await asyncio.sleep(APART_S)
    await asyncio.sleep(max(0.0, killing.when() - asyncio.get_running_loop().time()) + 0.1)
    return asked


def accepted(services: Services, asked: list[Invocation]) -> list[Job]:
    ids = {int(one.id) for one in asked}
    return [job for job in services.jobs.newest(int(GUILD_ID), None, limit=100) if job.id in ids]


async def answered(services: Services, asked: list[Invocation]) -> list[Job]:
    """The accepted jobs, once all have ended and nothing is left to post."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        jobs = accepted(services, asked)
        if all(job.state.is_final for job in jobs) and not services.jobs.outbox.pending():
            return jobs
        await asyncio.sleep(0.2)
    pytest.fail(f"not all were answered: {[(job.id, job.state) for job in accepted(services, asked)]}")


def answers(member: Member, job: Job) -> list[str]:
    """The ids of finished messages that answer the job."""
    shown = [message for message in member.messages() if not message["flags"] & LOADING]
    return [one["id"] for one in shown if str(job.id) in json.dumps(one["embeds"]) + one["content"]]


@pytest.mark.parametrize("part", ["cpu-worker", "bot", "valkey"])
async def test_whatever_is_killed_each_photo_has_one_answer(product: Running, services: Services, part: str):
    async with Driver(product.url) as driver:
        members = [await driver.member(name) for name in MEMBERS]
        await members[0].wait_for_bot("classify", timeout=PATIENCE_S)
        # Given six photos on their way, when the part is killed
        asked = await ask_and_kill(product, members, part)
        # Then each that was accepted has its answer, and a second one does not come
        jobs = await answered(services, asked)
        await asyncio.sleep(2.0)
        assert len(jobs) >= (1 if part == "bot" else len(asked))
        assert {job.state for job in jobs} == {JobState.DONE}
        assert {job.id: len(answers(members[0], job)) for job in jobs} == {job.id: 1 for job in jobs}
