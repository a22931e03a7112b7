"""Click to next card: from "All right" on a grid to the next grid in its place, with its picture.

`python -m benchmarks cards`; target p50 <= 300 ms. Twelve drawn people are known by three portraits each; ten more of
each are contributed. Three members answer one grid after the other, and look at each for a second, in which a worker
draws the next one.
"""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
import time
from os import environ
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from benchmarks.helpers.report import Figures, percentile
from benchmarks.helpers.running_product import Running, running
from portraits import default_people, portrait
from sandbox.driver import Driver, Member
from sandbox.world.fixtures import GUILD_ID

KNOWN, CONTRIBUTED = range(1, 4), range(4, 14)  # seeds of portraits
MEMBERS = ("aiko", "ben", "chie")
_NEXT = ("✅ All right", "▶️ Go on")
_PIXELS = 256
_LOOK_S = 1.0  # nobody answers nine faces faster
_PATIENCE_S = 60.0


def run() -> Figures:
    """Return milliseconds, and how many clicks there were."""
    with running() as product:
        _enrol(product)
        seconds = asyncio.run(_measure(product))
    return {
        "clicks": len(seconds),
        "click to next card, p50, ms": 1000 * percentile(seconds, 0.5),
        "click to next card, p95, ms": 1000 * percentile(seconds, 0.95),
        "slowest, ms": 1000 * max(seconds),
    }


async def _measure(product: Running) -> list[float]:
    async with Driver(product.url) as driver:
        members = [await driver.member(name, "en-US") for name in MEMBERS]
        await members[0].wait_for_bot("teach", timeout=_PATIENCE_S)
        await (await members[0].command("settings labelling", who="everyone")).answer()
        for number in range(len(default_people())):
            await _contribute(members[0], number)
        return [seconds for member in members for seconds in await _answer_all(member)]


async def _contribute(member: Member, number: int) -> None:
    form = await (await member.command("teach")).modal()
    photos = [(f"{seed}.jpg", _jpeg(number, seed)) for seed in CONTRIBUTED]
    values = {"Photos": photos, "Do those in the photos agree?": ["agreed"]}
    await (await member.submit(form, values)).wait_for(lambda m: bool(m["embeds"]), _PATIENCE_S)


async def _answer_all(member: Member) -> list[float]:
    """Answer grids until there is none; return the seconds of each click that led to another card."""
    shown = await (await member.command("label start")).wait_for(lambda m: bool(m["content"]), _PATIENCE_S)
    measured = []
    while (label := next((action for action in _NEXT if action in str(shown["components"])), None)) is not None:
        await asyncio.sleep(_LOOK_S)
        before = shown["attachments"]
        began = time.perf_counter()
        clicked = await member.click(shown, label)
        shown = await clicked.wait_for(lambda m, old=before: m["attachments"] != old, _PATIENCE_S)  # type: ignore[misc]
        if shown["attachments"]:  # not at the end of a round
            measured.append(time.perf_counter() - began)
    return measured


def _enrol(product: Running) -> None:
    """Let the operator name the people."""
    with TemporaryDirectory() as folder:
        for number, person in enumerate(default_people()):
            files = [Path(folder) / f"{number}-{seed}.jpg" for seed in KNOWN]
            for seed, file in zip(KNOWN, files, strict=True):
                file.write_bytes(_jpeg(number, seed))
            command = [sys.executable, "-P", "-m", "cli.main", "people", "enrol", person.name, *map(str, files)]
            told = {**environ, "OMOKAGE_DATA": str(product.data)}
            subprocess.run([*command, "--guild", GUILD_ID], env=told, check=True, capture_output=True, timeout=120)


def _jpeg(number: int, seed: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(portrait(default_people()[number], seed, _PIXELS).image).save(out, "JPEG", quality=92)
    return out.getvalue()
