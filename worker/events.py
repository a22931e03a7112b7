"""Progress events from workers to the bot, in a Redis stream. Events may be lost; the database has the truth."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

import redis
import redis.asyncio
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker.queue import redis_url

_log = logging.getLogger(__name__)
STREAM = "omokage:events"
_LENGTH = 10_000  # about an hour of a busy worker; a reader that was away for longer looks at the database
_SILENCE_S = 5.0  # after a failure, so that a broker that is away costs a job one time-out and not one a stage
_TIMEOUT_S = 1.0
_BLOCK_MS = 5_000
_LONGEST_PAUSE_S = 5.0
Kind: TypeAlias = Literal["started", "progress", "finished"]
MAX_DETAIL_LENGTH = 2000  # characters: the stream keeps ten thousand events in memory
_KINDS: Mapping[str, Kind] = {"started": "started", "progress": "progress", "finished": "finished"}


@dataclass(frozen=True, slots=True)
class JobEvent:
    """`stage` and `fraction` (0 to 1) are of "progress"; "finished" also means: look into the outbox.

    `detail`: what else the kind of job says of its progress, as JSON; empty: nothing.
    """

    job_id: int
    kind: Kind
    stage: str = ""
    fraction: float = 0.0
    detail: str = ""

    def __post_init__(self) -> None:
        if len(self.detail) > MAX_DETAIL_LENGTH:
            raise ValueError(f"a detail of {len(self.detail)} characters; pictures travel as blobs")

    def to_fields(self) -> dict[str, str]:
        """A stream entry."""
        said = {"job": str(self.job_id), "kind": self.kind, "stage": self.stage, "fraction": f"{self.fraction:.3f}"}
        return {**said, "detail": self.detail} if self.detail else said

    @classmethod
    def from_fields(cls, fields: Mapping[str, str]) -> JobEvent | None:
        """The reverse; None for an entry of another version."""
        try:
            kind, fraction = _KINDS[fields["kind"]], float(fields["fraction"])
            return cls(int(fields["job"]), kind, fields["stage"], fraction, fields.get("detail", ""))
        except (KeyError, ValueError):
            return None


class EventPublisher:
    """The worker's end; thread-safe."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            redis_url(url),
            socket_timeout=_TIMEOUT_S,
            socket_connect_timeout=_TIMEOUT_S,
            retry=Retry(NoBackoff(), 1),  # one, for a connection that a restarted broker has closed
        )
        self._silent_until = 0.0

    def publish(self, event: JobEvent) -> None:
        """Tell the bot; where the broker is away, nobody is told, and the job goes on."""
        if time.monotonic() < self._silent_until:
            return
        fields: dict[Any, Any] = {**event.to_fields()}  # redis-py takes any of six types, and says so invariantly
        try:
            self._redis.xadd(STREAM, fields, maxlen=_LENGTH, approximate=True)
        except (redis.RedisError, OSError) as error:
            self._silent_until = time.monotonic() + _SILENCE_S
            _log.warning("job %s: the broker takes no events: %s", event.job_id, error)

    def close(self) -> None:
        """Close the connection."""
        self._redis.close()


async def events(url: str) -> AsyncIterator[JobEvent]:
    """Events from now on, for ever; connects again whenever the broker was away, and goes on where it was."""
    client = redis.asyncio.Redis.from_url(
        redis_url(url),
        decode_responses=True,
        socket_connect_timeout=_TIMEOUT_S,
        socket_timeout=_BLOCK_MS / 1000 + 5,  # only when the broker died without a word; silence is normal
        retry=AsyncRetry(NoBackoff(), 0),
    )
    last, pause = "", 0.1
    try:
        while True:
            try:
                last = last or await _newest(client)
                batch = await _read(client, last)
            except (redis.RedisError, OSError) as error:
                _log.log(logging.WARNING if pause == 0.1 else logging.DEBUG, "the broker sends no events: %s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)
                continue
            pause = 0.1
            for last, fields in batch:  # noqa: B007 - where to go on
                event = JobEvent.from_fields(fields)
                if event is not None:
                    yield event
    finally:
        await client.aclose()


async def _newest(client: redis.asyncio.Redis) -> str:
    """The id after which events are new; "$" would mean another one at each read."""
    entries = await client.xrevrange(STREAM, count=1)
    return str(entries[0][0]) if entries else "0-0"


async def _read(client: redis.asyncio.Redis, after: str) -> list[tuple[str, dict[str, str]]]:
    """Entries after this id; empty where none came for a while."""
    result = await client.xread({STREAM: after}, count=100, block=_BLOCK_MS)
    streams = cast("list[tuple[str, list[tuple[str, dict[str, str]]]]]", result)
    return [entry for _, entries in streams for entry in entries]
