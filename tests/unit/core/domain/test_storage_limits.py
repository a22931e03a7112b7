from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.domain.storage_limits import StorageLimits, announced_bytes, size_text

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LIMITS = StorageLimits(keep_days=30, guild_quota=100)


def test_what_ended_before_the_days_that_are_kept_goes() -> None:
    assert LIMITS.keep_since(NOW) == datetime(2026, 10, 29, tzinfo=UTC)
    assert StorageLimits(keep_days=0).keep_since(NOW) is None


def test_a_quota_may_be_filled_but_not_passed() -> None:
    LIMITS.check_quota(700, 90, 10)
    with pytest.raises(OmokageError) as caught:
        LIMITS.check_quota(700, 91, 10)
    assert caught.value.code is ErrorCode.STORAGE_FULL


def test_the_operator_has_no_quota_and_0_is_none() -> None:
    LIMITS.check_quota(0, 1000, 1000)
    StorageLimits(guild_quota=0).check_quota(700, 10**15, 1)


def test_all_files_of_a_job_are_announced() -> None:
    assert announced_bytes({"size": 3, "photo_url": "https://cdn"}) == 3
    assert announced_bytes({"photos": {"a": {"size": 3}, "add/0": {"size": 4}}}) == 7
    assert announced_bytes({"count": 8, "seed": 1}) == 0


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 bytes"), (999, "999 bytes"), (78_960_000, "79.0 MB"), (2_000_000_000, "2.0 GB")]
)
def test_sizes_are_readable(size: int, text: str) -> None:
    assert size_text(size) == text
