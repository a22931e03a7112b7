"""Photos are read from Discord's CDN alone."""

from __future__ import annotations

from unittest.mock import create_autospec

import aiohttp
import pytest

from bot.intake.fetch import Fetcher
from core.domain.errors import ErrorCode, OmokageError


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.discordapp.com/a.jpg",
        "https://cdn.discordapp.com.evil.example/a.jpg",
        "https://user@169.254.169.254/latest",
        "file:///etc/passwd",
        "http://127.0.0.1:1/a.jpg",
    ],
)
async def test_photos_are_read_from_discord_and_from_nowhere_else(url: str) -> None:
    session = create_autospec(aiohttp.ClientSession, instance=True)

    with pytest.raises(OmokageError) as refused:
        await Fetcher(session, None).fetch(url)

    assert refused.value.code is ErrorCode.PHOTO_GONE
    session.get.assert_not_called()
