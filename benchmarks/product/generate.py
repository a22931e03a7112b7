"""Drawing with the `light` DCGAN: the service alone, and `/generate` in the sandbox from click to picture, warm.

`python -m benchmarks generate`; targets on two cores, click to picture: 8 faces p50 <= 400 ms, 64 <= 1 s.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.helpers.report import Figures, percentile
from benchmarks.helpers.running_product import running
from cli.context import open_services, prepare_training
from core.domain.generation import Face, FilmRequest, GridRequest, MorphRequest
from core.settings import Settings
from sandbox.driver import Driver, Member

ROUNDS = 25
WARM_UP = 3
WARMING_S = 25.0  # a worker loads its models ten seconds after its start, and that takes some seconds
MODEL = "starter dcgan"


def timed(work: Callable[[int], object], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each round, which is told its number."""
    taken = []
    for number in range(rounds):
        started = time.perf_counter()
        work(number)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def service_alone(data: Path) -> Figures:
    """Without broker, bot and chat."""
    from core.bootstrap import build_drawing

    with open_services(Settings.from_env({"OMOKAGE_DATA": str(data)})) as services:
        service = build_drawing(services)
        (first,) = timed(lambda _: service.draw(GridRequest(8, 1, MODEL), 0), 1)
        eight = timed(lambda seed: service.draw(GridRequest(8, 100 * seed, MODEL), 0))
        many = timed(lambda seed: service.draw(GridRequest(64, 100 * seed, MODEL), 0))
        morph = timed(lambda seed: service.draw(MorphRequest(Face(seed), Face(seed + 50), MODEL), 0), 5)
        walk = FilmRequest(tuple(map(Face, range(8))), MODEL)
        film = timed(lambda _: service.draw(walk, 0), 3)
        drawn = service.draw(walk, 0)
        size = len(services.blobs.get(str(drawn.film)))
        grid = service.draw(GridRequest(64, 1, MODEL), 0)
        picture = len(services.blobs.get(str(grid.picture)))
        service.close()
    return {
        "8 faces, service alone: p50, ms": percentile(eight, 0.5),
        "64 faces, service alone: p50, ms": percentile(many, 0.5),
        "the first with a model, which is loaded for it: ms": first,
        "a morph, strip and film of 48 frames: p50, ms": percentile(morph, 0.5),
        "a film through 8 faces, 192 frames: p50, ms": percentile(film, 0.5),
        "that film, kB": size / 1000,
        "64 faces, kB": picture / 1000,
    }


async def generate(member: Member, driver: Driver, count: int, seed: int) -> float:
    """Milliseconds until the member's client has the picture."""
    started = time.perf_counter()
    invocation = await member.command("generate", count=count, seed=seed)
    message = await invocation.wait_for(lambda message: bool(message["embeds"] or message["attachments"]), timeout=90)
    files = [embed["image"]["url"] for embed in message["embeds"] if "image" in embed]
    files += [file["url"] for file in message["attachments"]]
    await driver.download(files[0])
    return 1000 * (time.perf_counter() - started)


async def clicks(url: str) -> tuple[list[float], list[float]]:
    """Of 8 and of 64 faces, the first ones left out."""
    async with Driver(url) as driver:
        member = await driver.member("aiko")
        await member.wait_for_bot("generate", timeout=60)
        await asyncio.sleep(WARMING_S)
        eight = [await generate(member, driver, 8, 100 * number) for number in range(WARM_UP + ROUNDS)]
        many = [await generate(member, driver, 64, 10_000 + 100 * number) for number in range(ROUNDS)]
    return eight[WARM_UP:], many


def run() -> Figures:
    """Milliseconds and kilobytes."""
    prepare_training()
    with tempfile.TemporaryDirectory(prefix="omokage-bench-") as folder:
        alone = service_alone(Path(folder))
    with running() as product:
        eight, many = asyncio.run(clicks(product.url))
    return {
        "8 faces, click to picture: p50, ms": percentile(eight, 0.5),
        "8 faces, click to picture: p90, ms": percentile(eight, 0.9),
        "64 faces, click to picture: p50, ms": percentile(many, 0.5),
        **alone,
    }
