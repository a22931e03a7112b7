"""The way into a running sandbox for tests, benchmarks and scripts."""

from __future__ import annotations

from types import TracebackType

import aiohttp

from sandbox.driver.feed import DriverError, Feed
from sandbox.driver.member import Member
from sandbox.types import Json


class Driver:
    """Speaks only the member API; use as an async context manager."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None
        self._members: list[Member] = []

    async def member(self, name: str, locale: str | None = None) -> Member:
        """Become "aiko" (moderator), "ben", "chie", "dai" or "emi"; the locale is that of the member's client."""
        session = self._open()
        query = {"as": name}
        # The events come first: what happens between the two requests is in both, and nothing is in neither.
        socket = await session.ws_connect(f"{self._url}/member/events", params=query, max_msg_size=0)
        async with session.get(f"{self._url}/member/state", params=query) as response:
            state = await response.json()
        member = Member(session, self._url, state, Feed(socket, state), locale)
        self._members.append(member)
        return member

    async def download(self, url: str) -> bytes:
        """The bytes of an attachment or embed picture."""
        async with self._open().get(url) as response:
            response.raise_for_status()
            return await response.read()

    async def requests(self) -> list[Json]:
        """The bot's requests so far: method, path, query, payload, files, status, response, time, seconds."""
        async with self._open().get(f"{self._url}/member/requests") as response:
            log: list[Json] = (await response.json())["requests"]
            return log

    async def fault(self, kind: str, **details: object) -> Json:
        """Have something go wrong: rate_limit, server_error, disconnect, reconnect, invalidate_session."""
        async with self._open().post(f"{self._url}/member/faults", json={"kind": kind} | details) as response:
            answer: Json = await response.json()
        if response.status != 200:
            raise DriverError(answer["message"])
        return answer

    async def close(self) -> None:
        """Leave with all members."""
        for member in self._members:
            await member.close()
        if self._session is not None:
            await self._session.close()

    async def __aenter__(self) -> Driver:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session
