"""The bot in a process of its own, so that it can be killed."""

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


def main() -> None:
    """Serve until killed."""
    asyncio.run(serve(Settings.from_env()))
