"""Read photos from Discord's CDN, and from nowhere else."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import urlsplit

import aiohttp

from bot.intake.photos import MAX_BYTES
from core.domain.errors import ErrorCode, OmokageError

_log = logging.getLogger(__name__)
CDN_HOSTS = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
_TIMEOUT = aiohttp.ClientTimeout(total=30.0, sock_read=10.0)  # 10 MiB within 30 s is 3 Mbit/s
_ATTEMPTS = 3
_CHUNK = 64 * 1024


class Fetcher:
    """Reads at most 10 MiB from the allowed hosts.

    Args:
        session: without cookies or credentials of any kind.
        sandbox: where the sandbox's API is, whose host then is the only one that is allowed.
    """

    def __init__(self, session: aiohttp.ClientSession, sandbox: str | None) -> None:
        self._session = session
        self._sandbox = urlsplit(sandbox).netloc if sandbox else None

    async def fetch(self, url: str) -> bytes:
        """Read a file, in at most three attempts.

        Raises:
            OmokageError: PHOTO_GONE (deleted, its signature ran out, or Discord's CDN is down), TOO_LARGE.
        """
        if not self.allows(url):
            raise OmokageError(ErrorCode.PHOTO_GONE)
        for left in reversed(range(_ATTEMPTS)):
            try:
                return await self._read(url)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                gone = isinstance(error, aiohttp.ClientResponseError) and error.status < 500
                if gone or not left:
                    # Not its text: that holds the address, and with it the signature.
                    _log.warning("a photo could not be fetched: %s", type(error).__name__)
                    raise OmokageError(ErrorCode.PHOTO_GONE) from None
                await asyncio.sleep(1.0)
        raise AssertionError("unreachable")

    def allows(self, url: str) -> bool:
        """Say whether an address is on Discord's CDN (or the sandbox's), so that it is read at all."""
        parts = urlsplit(url)
        if self._sandbox is not None:
            return parts.netloc == self._sandbox
        return parts.scheme == "https" and parts.netloc in CDN_HOSTS

    async def _read(self, url: str) -> bytes:
        async with self._session.get(url, timeout=_TIMEOUT, allow_redirects=False) as response:
            if response.status != 200:
                raise aiohttp.ClientResponseError(response.request_info, (), status=response.status)
            data = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                data += chunk
                if len(data) > MAX_BYTES:
                    raise OmokageError(ErrorCode.TOO_LARGE)
            return bytes(data)
