"""Spot prices of Amazon EC2, with up to 90 days of history."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import threading
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Any, TypeVar

import botocore.session
from botocore.config import Config

from core.domain.clock import Clock, now_utc
from core.domain.spot.prices import PricePoint
from core.domain.spot.query import FailureReason, RegionPrices, RegionResult, SpotQuery
from core.services.spot.aws_errors import as_fetch_error
from core.services.spot.errors import FetchError

_Value = TypeVar("_Value")
_MAX_PAGES = 50  # 50,000 prices; 90 days of a region with six zones have some 5,000
_REGIONS_AT_ONCE = 40  # more than there are: each costs a thread that waits, and a question a refresh
# Seconds. EC2 answers within one; whoever is behind a slow line gets three attempts.
_CONNECT_S, _READ_S, _ATTEMPTS = 5, 10, 3
_REGION_S = 45  # all pages and attempts of a region together

# `standard` waits up to 1, then 2 seconds before it tries again where EC2 throttles, is ill, or cannot be reached.
_CONFIG = Config(
    connect_timeout=_CONNECT_S, read_timeout=_READ_S, retries={"mode": "standard", "total_max_attempts": _ATTEMPTS}
)


class AwsSource:
    """Asks EC2 in each region, all at once in threads, with the credentials that the AWS CLI uses, too.

    `endpoint_url` replaces the address of EC2 in every region; so does AWS_ENDPOINT_URL_EC2 in the environment.
    """

    has_history = True

    def __init__(
        self,
        *,
        endpoint_url: str | None = None,
        session: botocore.session.Session | None = None,
        region_s: float = _REGION_S,
        clock: Clock = now_utc,
    ) -> None:
        self._endpoint_url = endpoint_url
        self._session = session or botocore.session.Session()
        self._region_s = region_s
        self._clock = clock
        self._clients: dict[str, Any] = {}
        self._session_lock = threading.Lock()  # a session makes one client at a time; clients can be shared

    async def fetch(self, query: SpotQuery) -> AsyncGenerator[RegionResult, None]:
        """Yield each region's answer or failure as it comes; see `SpotSource.fetch`."""
        try:
            # Once: without credentials each region would wait for a metadata server that is not there.
            await self._within_time(self._require_credentials)
        except FetchError as error:
            for region in query.regions:
                yield error.for_region(region)
            return
        limit = asyncio.Semaphore(_REGIONS_AT_ONCE)
        tasks = [asyncio.create_task(self._ask(region, query, limit)) for region in query.regions]
        try:
            for task in asyncio.as_completed(tasks):
                yield await task
        finally:
            for unfinished in tasks:
                unfinished.cancel()

    async def _ask(self, region: str, query: SpotQuery, limit: asyncio.Semaphore) -> RegionResult:
        async with limit:
            now = self._clock()
            try:
                entries = await self._within_time(lambda: self._entries(region, query, now - query.history))
                zones = _zones(entries)
            except FetchError as error:
                return error.for_region(region)
            return RegionPrices(region, now, zones)

    async def _within_time(self, blocking: Callable[[], _Value]) -> _Value:
        try:
            async with asyncio.timeout(self._region_s):
                return await _in_daemon_thread(blocking)
        except TimeoutError as error:
            raise FetchError(FailureReason.TIMED_OUT) from error
        except FetchError:
            raise
        except Exception as error:
            raise as_fetch_error(error) from error

    def _require_credentials(self) -> None:
        with self._session_lock:
            if self._session.get_credentials() is None:
                raise FetchError(FailureReason.NO_CREDENTIALS)

    def _entries(self, region: str, query: SpotQuery, start: datetime) -> list[dict[str, Any]]:
        with self._session_lock:
            if region not in self._clients:
                self._clients[region] = self._session.create_client(
                    "ec2", region_name=region, endpoint_url=self._endpoint_url, config=_CONFIG
                )
        # EC2 answers with the prices of the time asked for, and for each zone with the last one before it.
        pages = (
            self._clients[region]
            .get_paginator("describe_spot_price_history")
            .paginate(InstanceTypes=[query.machine], ProductDescriptions=[query.product], StartTime=start)
        )
        entries: list[dict[str, Any]] = []
        for number, page in enumerate(itertools.islice(pages, _MAX_PAGES + 1), 1):
            if number > _MAX_PAGES:
                raise FetchError(FailureReason.TOO_LARGE)
            entries += page["SpotPriceHistory"]
        return entries


def _zones(entries: list[dict[str, Any]]) -> dict[str, tuple[PricePoint, ...]]:
    if not entries:
        raise FetchError(FailureReason.NO_PRICES)
    zones: dict[str, list[PricePoint]] = defaultdict(list)
    try:
        for entry in entries:
            price = float(entry["SpotPrice"])
            if not 0 < price < math.inf:
                raise FetchError(FailureReason.BAD_ANSWER, f"a price of {price}")
            zones[entry["AvailabilityZone"]].append(PricePoint(entry["Timestamp"], price))
    except (KeyError, ValueError, TypeError) as error:
        raise FetchError(FailureReason.BAD_ANSWER, f"{type(error).__name__}: {error}") from error
    return {zone: tuple(points) for zone, points in zones.items()}


async def _in_daemon_thread(blocking: Callable[[], _Value]) -> _Value:
    """Run what waits in a thread that ends with the process.

    Threads of an executor are waited for when the process ends, so that whoever quits while a region hangs would
    look at a dead terminal for half a minute.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_Value] = loop.create_future()

    def settle(value: _Value | None, error: BaseException | None) -> None:
        if future.done():  # nobody waits any more
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(value)  # type: ignore[arg-type]

    def work() -> None:
        value, error = None, None
        try:
            value = blocking()
        except BaseException as raised:  # noqa: BLE001 - it is raised again by whoever waits
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, value, error)

    threading.Thread(target=work, name="spot-prices", daemon=True).start()
    return await future
