"""What the tests of a running product share: the operator's command, and what is read from messages.

With OMOKAGE_SCREENSHOTS=FOLDER the chat's pictures are kept there.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from benchmarks.helpers.running_product import Running
from core.bootstrap import build
from core.domain.jobs import JobKind, JobState
from core.settings import Settings
from core.storage.jobs.job_rows import end_jobs
from core.storage.tables import jobs
from portraits import default_people, portrait
from sandbox.driver import Member
from sandbox.types import Json
from tests.e2e.chromium import chromium_page

PIXELS = 256  # smaller portraits are drawn at twice their size, which takes longer
PATIENCE_S = 150.0  # for a worker to load TensorFlow and compile, on a machine with other work


def jpeg(person_id: int, seed: int) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(portrait(default_people()[person_id - 1], seed, PIXELS).image).save(buffer, "JPEG", quality=92)
    return buffer.getvalue()


def omokage(product: Running, *arguments: str) -> str:
    """Use the command on the running product's data, as its operator would."""
    command = [sys.executable, "-P", "-m", "cli.main", *arguments]
    told = {**os.environ, "OMOKAGE_DATA": str(product.data)}
    done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert not re.search("absl|oneDNN|TensorFlow", done.stderr), done.stderr
    return done.stdout


def call_off_checks(product: Running) -> None:
    """End the checks of new versions: minutes of a core in the background, for which no test of the product waits."""
    with (
        closing(build(Settings.from_env({"OMOKAGE_DATA": str(product.data)}), lambda *_: None)) as services,
        services.database.write() as connection,
    ):
        end_jobs(connection, jobs.c.kind == JobKind.CHECK, state=JobState.CANCELLED, now=datetime.now(UTC))


def said(message: Json) -> str:
    return "\n".join(f"{one.get('title', '')}\n{one.get('description', '')}" for one in message["embeds"])


def number_in(begun: Json) -> int:
    """Of the training that has just begun; others may have trained here before."""
    number = re.search(r"Training #(\d+) has begun", begun["content"])
    assert number is not None, begun["content"]
    return int(number[1])


def version_in(done: Json) -> str:
    """What a finished training made, such as `dcgan v2`."""
    version = re.search(r"It made \*\*(\w+ v\d+)\*\*", said(done))
    assert version is not None, said(done)
    return version[1]


async def force(member: Member, refused: Json, done: str) -> None:
    """Let a refused version answer all the same, with a reason."""
    form = await (await member.click(refused, "Let it answer all the same …")).modal()
    forced = await member.submit(form, {"Reason": "To try it out"})
    await forced.wait_for(lambda m: done in m["content"], PATIENCE_S)


async def keep(product: Running, name: str) -> None:
    folder = os.environ.get("OMOKAGE_SCREENSHOTS")
    if folder:
        await asyncio.to_thread(photograph, product.url, Path(folder) / f"{name}.png")


def photograph(url: str, file: Path) -> None:
    with chromium_page(f"{url}/?as=aiko", 1280, 1400) as page:
        page.wait_for_timeout(1500)  # the last picture's decoding
        page.screenshot(path=file)
