from __future__ import annotations

from datetime import UTC, datetime

from core.domain.jobs import ACTIVE, FINAL, JOB_LIMITS, PENDING, ROUTES, JobKind, JobState, OutboxEntry


def test_the_longest_nonce_is_as_long_as_discord_allows() -> None:
    entry = OutboxEntry(1, 2**64 - 1, 9999, datetime.now(UTC), 0)
    assert len(entry.nonce) == 25


def test_each_state_is_pending_active_or_final() -> None:
    assert sorted([*PENDING, *ACTIVE, *FINAL]) == sorted(JobState)
    assert {state for state in JobState if state.is_final} == FINAL


def test_each_kind_has_a_queue_and_a_priority_that_redis_knows() -> None:
    assert set(ROUTES) == set(JobKind)
    assert all(0 <= priority <= 9 for _, priority in ROUTES.values())


def test_patience_doubles_up_to_ten_minutes() -> None:
    assert [JOB_LIMITS.patience_s(count) for count in (0, 1, 2, 3, 6, 50)] == [20, 20, 40, 80, 600, 600]


def test_a_lease_outlives_three_missed_renewals() -> None:
    assert JOB_LIMITS.lease_s > 3 * JOB_LIMITS.renew_s
