"""The bot in a process of its own, so that it can be killed: `python -m tests.integration.bot.process`."""

from __future__ import annotations

import asyncio

from bot.catalogue import feature_set
from bot.client import OmokageBot
from core.bootstrap import build
from core.settings import Settings


async def serve(settings: Settings) -> None:
    # Nothing is enqueued: the test looks into the database for jobs.
    async with OmokageBot(build(settings, lambda *_: None), settings, feature_set()) as bot:
        await bot.start("sandbox")


if __name__ == "__main__":
    asyncio.run(serve(Settings.from_env()))
