"""Find the training that an option names, and the version that a training left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.intake.lookup import parse_id
from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Version
from core.domain.training.runs import Run

if TYPE_CHECKING:
    from bot.context import BotContext


async def find_run(bot: BotContext, guild_id: int, number: int | None) -> Run:
    """Find the training of that number, or the newest.

    Raises:
        OmokageError: UNKNOWN_RUN.
    """
    return await bot.threads.quick(bot.services.runs.find, guild_id, None if number is None else parse_id(number))


async def require_version(bot: BotContext, run: Run) -> Version:
    """Find the version that a run produced.

    Raises:
        OmokageError: UNKNOWN_VERSION.
    """
    version = await find_version(bot, run)
    if version is None:
        raise OmokageError(ErrorCode.UNKNOWN_VERSION)
    return version


async def find_version(bot: BotContext, run: Run) -> Version | None:
    """Find the version that a run produced; None: it has not finished."""
    versions = await bot.threads.quick(bot.services.registry.list, run.guild_id, run.kind)
    return next((version for version in versions if version.run_id == run.id), None)
