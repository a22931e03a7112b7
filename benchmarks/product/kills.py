"""SIGKILL at 200 moments, to whichever part of the product: each command that was accepted has exactly one answer.

`python -m benchmarks kills`; some ten minutes. Bot, workers and broker are killed in an order that a seed
gives, while two members ask for faces and names; the sandbox, which stands for Discord, is left alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.helpers.report import Figures
from benchmarks.helpers.running_product import running
from sandbox.driver import Driver, Invocation, Member
from sandbox.driver.feed import DriverError
from sandbox.driver.invocation import LOADING

KILLS = 200
SEED = 5
PARTS = ("bot", "cpu-worker", "gpu-worker", "valkey")
PAUSE_S = (1.0, 3.5)  # between two kills: shorter and longer than a command takes
ASK_S = 0.7  # between two commands of a member
SETTLE_S = 180.0  # after the last kill: a lost message is sent again after 20 s, and models load for as long
# A part that lives for less than a second counts as one that cannot start; here they are killed before thirty are over.
PROGRAM = ("-c", "from cli.up import backoff; backoff.FAST_CRASH_S = 1.0; from cli.main import main; main()")


@dataclass
class Tally:
    """What was asked for and what became of it."""

    invocations: list[tuple[Member, Invocation]] = field(default_factory=list)
    refused: int = 0
    killed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTS, 0))


def kill(data: Path, part: str) -> bool:
    """Kill a part's process; False: it is not there just now."""
    try:
        pid = json.loads((data / "run" / "processes.json").read_text("utf-8"))["processes"][part]
        os.kill(pid, signal.SIGKILL)
    except (OSError, ValueError, KeyError):
        return False
    return True


async def kill_parts(data: Path, tally: Tally) -> None:
    """Kill parts until there were enough kills."""
    generator = random.Random(SEED)
    while sum(tally.killed.values()) < KILLS:
        await asyncio.sleep(generator.uniform(*PAUSE_S))
        part = generator.choice(PARTS)
        tally.killed[part] += kill(data, part)


async def ask(member: Member, photo: bytes, seed: int, tally: Tally) -> None:
    """Ask for one thing after another, for ever."""
    while True:
        seed += 1
        try:
            if seed % 2:
                invocation = await member.command("classify", photo=("photo.jpg", photo))
            else:
                invocation = await member.command("generate", count=2, seed=seed)
            tally.invocations.append((member, invocation))
        except (DriverError, OSError):  # a command that is not there while the bot starts for the first time
            tally.refused += 1
        await asyncio.sleep(ASK_S)


def answers(member: Member, invocation: Invocation) -> int:
    """How many messages of those that the member sees hold the job's number and are no sign that it is worked on."""
    mine = [message for message in member.messages() if invocation.id in json.dumps(message)]
    return sum(not message["flags"] & LOADING and "cancel:" not in json.dumps(message) for message in mine)


async def measure(url: str, data: Path) -> Figures:
    """Kill, ask, wait and count."""
    tally = Tally()
    photo = next(iter(sorted((data / "starter").glob("*.jpg")))).read_bytes()
    async with Driver(url) as driver:
        members = [await driver.member(name) for name in ("aiko", "ben")]
        for member in members:
            await member.wait_for_bot("generate", timeout=60)
        asking = [asyncio.create_task(ask(member, photo, 1000 * n, tally)) for n, member in enumerate(members)]
        await kill_parts(data, tally)
        for task in asking:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        return await settled(tally)


async def settled(tally: Tally) -> Figures:
    """Wait for the answers and count them."""
    accepted = [(member, invocation) for member, invocation in tally.invocations if invocation.acknowledged]
    deadline = asyncio.get_running_loop().time() + SETTLE_S
    while asyncio.get_running_loop().time() < deadline:
        counts = [answers(member, invocation) for member, invocation in accepted]
        if min(counts, default=1) > 0:
            break
        await asyncio.sleep(2.0)
    return {
        "kills": sum(tally.killed.values()),
        **{f"kills of {part}": count for part, count in tally.killed.items()},
        "commands": len(tally.invocations) + tally.refused,
        "commands that were accepted": len(accepted),
        "accepted, without an answer": counts.count(0),
        "accepted, with more than one answer": sum(count > 1 for count in counts),
    }


def run() -> Figures:
    """All of it.

    Raises:
        AssertionError: an accepted command has no answer, or several.
    """
    with running(program=PROGRAM) as product:
        figures = asyncio.run(measure(product.url, product.data))
    assert figures["accepted, without an answer"] == 0, figures
    assert figures["accepted, with more than one answer"] == 0, figures
    return figures
