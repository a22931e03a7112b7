"""Latency of `/classify` in the sandbox from click to picture, warm, 1024x768, five faces, all five known.

`python -m benchmarks answer`; target p50 <= 600 ms on two cores.
"""

from __future__ import annotations

import asyncio
import io
import time

from PIL import Image

from benchmarks.helpers.report import Figures, percentile
from benchmarks.helpers.running_product import running
from portraits import default_people, group
from sandbox.driver import Driver, Member

FACES = 5
WARM_UP = 3
ROUNDS = 25


def photo(seed: int) -> bytes:
    """A group photo of the same five people, another for each seed."""
    buffer = io.BytesIO()
    Image.fromarray(group(default_people()[:FACES], seed, width=1024, height=768).image).save(
        buffer, "JPEG", quality=92
    )
    return buffer.getvalue()


async def classify(member: Member, driver: Driver, data: bytes) -> float:
    """Seconds until the member's client has the picture."""
    started = time.perf_counter()
    invocation = await member.command("classify", photo=("photo.jpg", data))
    message = await invocation.wait_for(lambda message: bool(message["embeds"] or message["attachments"]), timeout=60)
    files = [embed["image"]["url"] for embed in message["embeds"] if "image" in embed]
    files += [file["url"] for file in message["attachments"]]
    await driver.download(files[0])
    return time.perf_counter() - started


async def measure(url: str) -> list[float]:
    """Seconds of each round, the first ones left out."""
    async with Driver(url) as driver:
        member = await driver.member("aiko")
        await member.wait_for_bot("classify", timeout=60)
        photos = [photo(seed) for seed in range(WARM_UP + ROUNDS)]
        return [await classify(member, driver, data) for data in photos][WARM_UP:]


def run() -> Figures:
    """Click to picture, in milliseconds."""
    with running() as product:
        seconds = asyncio.run(measure(product.url))
    return {
        "click to picture, p50, ms": 1000 * percentile(seconds, 0.5),
        "click to picture, p90, ms": 1000 * percentile(seconds, 0.9),
        "fastest, ms": 1000 * min(seconds),
        "rounds": len(seconds),
    }
