"""One question over HTTPS whose answer is JSON: limited in time and size, repeated where a server is busy."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from core.domain.spot.query import FailureReason
from core.services.spot.errors import FetchError

_TOTAL_S = 20  # of one attempt; a thousand offers take two or three seconds to come
_MAX_BYTES = 16 * 2**20  # a thousand offers of vast.ai are three megabytes
# Seconds before the second and the third attempt. More would keep somebody waiting who can press r as well.
_PAUSES_S = (1.0, 3.0)
_BUSY = frozenset({429, 502, 503, 504})


async def post_json(url: str, body: Mapping[str, Any], *, api_key: str | None = None) -> Any:
    """Send a question and return the decoded answer; `api_key` goes along as a bearer token.

    Raises:
        FetchError: the server cannot be reached, refuses, stays busy, or answers with something else.
    """
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    timeout = aiohttp.ClientTimeout(total=_TOTAL_S)
    try:
        # trust_env: a proxy that the environment names, as botocore uses it, too.
        async with aiohttp.ClientSession(timeout=timeout, headers=headers, trust_env=True) as session:
            for pause in (*_PAUSES_S, None):
                # A redirect would take the key to another host.
                async with session.post(url, json=body, allow_redirects=False) as response:
                    if response.status not in _BUSY or pause is None:
                        return await _decode(response, with_key=bool(api_key))
                await asyncio.sleep(pause)
    except TimeoutError as error:
        raise FetchError(FailureReason.TIMED_OUT) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise FetchError(FailureReason.UNREACHABLE, f"{type(error).__name__}: {error}") from error
    raise AssertionError  # the last attempt has returned or raised


async def _decode(response: aiohttp.ClientResponse, *, with_key: bool) -> Any:
    if response.status in {401, 403}:
        raise FetchError(FailureReason.BAD_CREDENTIALS if with_key else FailureReason.NO_CREDENTIALS)
    if response.status == 429:
        raise FetchError(FailureReason.THROTTLED)
    if response.status != 200:
        raise FetchError(FailureReason.BAD_ANSWER, f"HTTP {response.status}")
    content = bytearray()
    async for chunk in response.content.iter_chunked(2**16):
        content += chunk
        if len(content) > _MAX_BYTES:
            raise FetchError(FailureReason.TOO_LARGE)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FetchError(FailureReason.BAD_ANSWER, "no JSON") from error
