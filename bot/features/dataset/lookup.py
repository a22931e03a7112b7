"""Find the data set that an option names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from core.domain.data.datasets import Dataset
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from bot.context import BotContext

_TITLE = re.compile(r"(?P<name>.+?)(?:\s+v(?P<version>\d{1,9}))?", re.DOTALL)


async def find_dataset(bot: BotContext, guild_id: int, title: str | None) -> Dataset:
    """Find the data set of that title (`family`, `family v2`), or the newest.

    Raises:
        OmokageError: UNKNOWN_DATASET.
    """
    if title is not None and title.strip():
        match = _TITLE.fullmatch(title.strip())
        name, version = (title, None) if match is None else (match["name"], match["version"])
        return await bot.threads.quick(bot.services.datasets.find, guild_id, name, int(version) if version else None)
    datasets = await bot.threads.quick(bot.services.datasets.list, guild_id)
    if not datasets:
        raise OmokageError(ErrorCode.UNKNOWN_DATASET, reason="no-data", guild=str(guild_id))
    return datasets[0]
