"""Buckets of requests, and the answer 429 when one is empty."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from sandbox.clock import Clock
from sandbox.config import Rate
from sandbox.rules.errors import DiscordError

OLD_MESSAGE_EDITS = 30046


@dataclass(slots=True)
class _Bucket:
    used: int = 0
    resets_at: float = 0.0


@dataclass(frozen=True, slots=True)
class BucketState:
    """How a bucket stands after a request."""

    name: str
    rate: Rate
    remaining: int
    resets_at: float
    # Seconds from now.
    reset_after: float

    def headers(self) -> dict[str, str]:
        """The X-RateLimit headers; times in seconds."""
        return {
            "X-RateLimit-Limit": str(self.rate.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": f"{round_up_to_ms(self.resets_at):.3f}",
            "X-RateLimit-Reset-After": f"{round_up_to_ms(self.reset_after):.3f}",
            "X-RateLimit-Bucket": hashlib.md5(self.name.encode(), usedforsecurity=False).hexdigest(),
        }


def round_up_to_ms(seconds: float) -> float:
    """Rounded up to milliseconds: whoever waits that long has waited long enough."""
    return math.ceil(seconds * 1000) / 1000


class Buckets:
    """Counts requests in fixed windows by bucket name and major parameter (channel, or interaction token)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, name: str, major: str, rate: Rate) -> BucketState:
        """Count one request, or raise the 429 that says when to come back."""
        now = self._clock.now()
        bucket = self._buckets.setdefault((name, major), _Bucket())
        if now >= bucket.resets_at:
            self._buckets[name, major] = bucket = _Bucket(resets_at=now + rate.window)
            self._drop_expired(now)
        if bucket.used >= rate.limit:
            standing = BucketState(name, rate, 0, bucket.resets_at, bucket.resets_at - now)
            raise rate_limited(standing.reset_after, headers=standing.headers())
        bucket.used += 1
        return BucketState(name, rate, rate.limit - bucket.used, bucket.resets_at, bucket.resets_at - now)

    def _drop_expired(self, now: float) -> None:
        if len(self._buckets) > 1000:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if bucket.resets_at > now}


def rate_limited(
    retry_after: float, *, is_global: bool = False, code: int = 0, headers: dict[str, str] | None = None
) -> DiscordError:
    """429 with the headers that tell a client that Discord itself, not its proxy, refused."""
    extra = {"Via": "1.1 sandbox", "Retry-After": str(math.ceil(retry_after))}
    if is_global:
        extra["X-RateLimit-Global"] = "true"
    extra["X-RateLimit-Scope"] = "global" if is_global else "user"
    message = "You are being rate limited."
    if code == OLD_MESSAGE_EDITS:
        message = "Maximum number of edits to messages older than 1 hour reached. Try again later."
    body = {"retry_after": round_up_to_ms(retry_after), "global": is_global}
    return DiscordError(429, code, message, headers=(headers or {}) | extra, extra=body)
