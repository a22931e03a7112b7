"""Latency of acknowledgements while a worker is busy: 50 commands a second for a minute.

`python -m benchmarks acknowledge`; targets p99 <= 300 ms, bot process <= 150 MB. The worker has work all
the time, the queue fills up, and what is beyond its limits is refused at once: both kinds of answer are counted.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from benchmarks.helpers.report import Figures, percentile
from benchmarks.helpers.running_product import Running, running
from benchmarks.product.answer import photo
from sandbox.driver import Driver, Invocation, Member

PER_SECOND = 50
SECONDS = 60
MEMBERS = ("aiko", "ben", "chie")
EPHEMERAL = 1 << 6


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """One command: seconds until its acknowledgement, and whether it was taken into the queue."""

    seconds: float
    accepted: bool


async def command(member: Member, data: bytes) -> Acknowledged:
    """Send one command and wait for its acknowledgement."""
    started = time.perf_counter()
    invocation = await member.command("classify", photo=("photo.jpg", data))
    await invocation.ack(timeout=10)
    return Acknowledged(time.perf_counter() - started, not _refused(invocation))


def _refused(invocation: Invocation) -> bool:
    return any(message["flags"] & EPHEMERAL for message in invocation.messages)


async def measure(product: Running) -> tuple[list[Acknowledged], int, list[float]]:
    """All commands, how many were never acknowledged, and the bot's memory once a second."""
    async with Driver(product.url) as driver:
        members = [await driver.member(name) for name in MEMBERS]
        await members[0].wait_for_bot("classify", timeout=60)
        data = photo(0)
        await (await members[0].command("classify", photo=("photo.jpg", data))).answer(timeout=60)
        tasks: list[asyncio.Task[Acknowledged]] = []
        memory = []
        started = time.perf_counter()
        for number in range(PER_SECOND * SECONDS):
            await asyncio.sleep(max(0.0, started + number / PER_SECOND - time.perf_counter()))
            tasks.append(asyncio.create_task(command(members[number % len(members)], data)))
            if number % PER_SECOND == 0:
                memory.append(product.bot_rss_mb())
        results = await asyncio.gather(*tasks, return_exceptions=True)
    done = [result for result in results if isinstance(result, Acknowledged)]
    return done, len(results) - len(done), memory


def run() -> Figures:
    """Acknowledgement in milliseconds, and the bot's memory in MB."""
    with running() as product:
        done, failed, memory = asyncio.run(measure(product))
    accepted = [result.seconds for result in done if result.accepted]
    everything = [result.seconds for result in done]
    return {
        "commands": len(done) + failed,
        "not acknowledged": failed,
        "accepted": len(accepted),
        "acknowledged, p50, ms": 1000 * percentile(everything, 0.5),
        "acknowledged, p99, ms": 1000 * percentile(everything, 0.99),
        "accepted ones, p99, ms": 1000 * percentile(accepted, 0.99),
        "slowest, ms": 1000 * max(everything),
        "bot's memory, highest, MB": max(memory),
    }
