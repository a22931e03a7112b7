from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import ManualClock
from sandbox.config import Rate
from sandbox.rules.errors import DiscordError
from sandbox.rules.rate_limits import Buckets


@given(st.lists(st.floats(0, 2), max_size=60))
def test_no_window_ever_lets_more_through_than_its_limit(pauses: list[float]) -> None:
    clock, rate, passed, waits = ManualClock(1000.0), Rate(3, 1.0), [], []
    buckets = Buckets(clock)
    for pause in pauses:
        clock.advance(pause)
        try:
            standing = buckets.take("r", "1", rate)
        except DiscordError as error:
            waits.append(error.extra["retry_after"])
        else:
            passed.append((standing.resets_at, standing.remaining))

    assert all(0 < wait <= 1.001 for wait in waits)  # rounded up to milliseconds
    for reset in {reset for reset, _ in passed}:
        remaining = [left for at, left in passed if at == reset]
        assert remaining == [2, 1, 0][: len(remaining)]


def test_buckets_are_counted_apart_by_major_parameter() -> None:
    buckets, rate = Buckets(ManualClock()), Rate(1, 1.0)

    buckets.take("r", "1", rate)
    buckets.take("r", "2", rate)

    with pytest.raises(DiscordError):
        buckets.take("r", "1", rate)


@given(st.floats(0, 4.9999999))
def test_waiting_as_told_is_enough(late: float) -> None:
    clock = ManualClock(1000.0)
    buckets, rate = Buckets(clock), Rate(1, 5.0)
    buckets.take("r", "1", rate)
    clock.advance(late)
    with pytest.raises(DiscordError) as refusal:
        buckets.take("r", "1", rate)

    clock.advance(refusal.value.extra["retry_after"])

    assert buckets.take("r", "1", rate).remaining == 0
