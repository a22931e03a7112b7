from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sandbox.clock import ManualClock
from sandbox.world.snowflakes import Snowflakes, moment_of, snowflake_at, timestamp


@given(st.lists(st.floats(0, 5), max_size=50))
def test_ids_increase_strictly_whatever_the_clock_does(steps: list[float]) -> None:
    clock = ManualClock(1_700_000_000.0)
    snowflakes = Snowflakes(clock)
    given_out = [int(snowflakes.next())]
    for step in steps:
        clock.advance(step)
        given_out.append(int(snowflakes.next()))

    assert given_out == sorted(set(given_out))


@given(st.floats(1_420_070_400, 4_000_000_000))
def test_an_id_tells_when_it_was_made(moment: float) -> None:
    assert abs(moment_of(str(snowflake_at(moment))) - moment) < 0.002


def test_an_id_from_an_earlier_run_is_not_given_again() -> None:
    snowflakes = Snowflakes(ManualClock(1_700_000_000.0))
    later = snowflake_at(1_800_000_000.0)

    snowflakes.mark_used(str(later))

    assert int(snowflakes.next()) == later + 1


def test_times_are_written_as_discord_writes_them() -> None:
    assert timestamp(1_700_000_000.25) == "2023-11-14T22:13:20.250000+00:00"
