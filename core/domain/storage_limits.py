"""How long things are kept, and how much a guild may store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import OPERATOR_GUILD
from core.domain.jobs import JSON

# A month: whoever comes back from a holiday finds the answers, and nothing stays for years that nobody looks at.
KEEP_DAYS = 30
# About a thousand photos as phones make them (2 MB): thirty a day, each kept for a month.
GUILD_QUOTA = 2_000_000_000
# Discord forgets an interaction's token after 15 minutes, so nothing can be done with it any more.
TOKEN_LIFE = timedelta(minutes=15)
# A file is written before the row that refers to it. The longest that takes is an import of many gigabytes into an
# object store, hours; a day is beyond that, and what a killed worker left takes up room no longer than that.
GRACE = timedelta(days=1)

# Discord takes 10 MiB from bots in any server; the rest of the request needs some of it.
MAX_UPLOAD_BYTES = 9_500_000

# What is wrong with a file itself: it is of no use to anybody, and is deleted at once.
REFUSED = frozenset(
    {ErrorCode.NOT_AN_IMAGE, ErrorCode.BROKEN_IMAGE, ErrorCode.TOO_LARGE, ErrorCode.TOO_MANY_PIXELS},
)


@dataclass(frozen=True, slots=True)
class StorageLimits:
    """What the operator allows.

    Args:
        keep_days: after so many days finished jobs go, with their answers and photos; 0: never.
        guild_quota: bytes of photos and answers that a guild may have stored; 0: as many as there is room for.
    """

    keep_days: int = KEEP_DAYS
    guild_quota: int = GUILD_QUOTA

    def keep_since(self, now: datetime) -> datetime | None:
        """Return the time before which things are deleted; None: never."""
        return now - timedelta(days=self.keep_days) if self.keep_days else None

    def check_quota(self, guild_id: int, stored: int, announced: int) -> None:
        """Refuse what does not fit in a guild's quota.

        Args:
            guild_id: whose; the operator has none.
            stored: bytes that the guild has stored.
            announced: bytes that are about to be stored.

        Raises:
            OmokageError: STORAGE_FULL, with `used` and `quota` as texts.
        """
        if guild_id == OPERATOR_GUILD or not self.guild_quota or stored + announced <= self.guild_quota:
            return
        raise OmokageError(ErrorCode.STORAGE_FULL, used=size_text(stored), quota=size_text(self.guild_quota))


def announced_bytes(params: Mapping[str, JSON]) -> int:
    """Return the size of the files that a job is about to store, as Discord says it."""
    photos = params.get("photos")
    announced = [params, *photos.values()] if isinstance(photos, Mapping) else [params]
    sizes = [photo.get("size") for photo in announced if isinstance(photo, Mapping)]
    return sum(size for size in sizes if isinstance(size, int))


def size_text(size: int) -> str:
    """Return bytes as people read them: 512 bytes, 79.0 MB, 2.0 GB."""
    for unit, name in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"
