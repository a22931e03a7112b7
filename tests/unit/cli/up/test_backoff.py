"""When a part is started again, and when `up` gives up."""

from __future__ import annotations

from cli.up.backoff import FAST_CRASH_S, MAX_FAST_CRASHES, SILENCE_S, Backoff, LastHeartbeat


def after(*lives: float) -> Backoff:
    deaths = Backoff()
    for lived in lives:
        deaths = deaths.after(lived)
    return deaths


def test_five_fast_deaths_are_too_many():
    assert not after(*[0.1] * (MAX_FAST_CRASHES - 1)).is_exhausted
    assert after(*[0.1] * MAX_FAST_CRASHES).is_exhausted


def test_a_long_life_forgives_the_deaths_before_it():
    assert not after(*[0.1] * 4, FAST_CRASH_S + 1, *[0.1] * 3).is_exhausted
    assert after(*[0.1] * 4, FAST_CRASH_S + 1, *[0.1] * 4).is_exhausted


def test_pauses_double_and_begin_anew_after_a_long_life():
    assert [after(*[0.1] * n).pause_s for n in range(1, 5)] == [0.5, 1.0, 2.0, 4.0]
    assert after(*[0.1] * 4, FAST_CRASH_S).pause_s == 0.5


def test_a_process_with_heartbeats_is_not_silent_however_odd_its_clock_is():
    last_heartbeat = LastHeartbeat(None, 0.0)
    for now, heartbeat in ((10.0, 500.0), (30.0, 499.0), (50.0, 498.0)):
        last_heartbeat = last_heartbeat.updated(heartbeat, now)
        assert not last_heartbeat.is_silent(now)


def test_a_process_whose_heartbeat_stands_still_is_silent_after_a_while():
    last_heartbeat = LastHeartbeat(None, 0.0).updated(500.0, 10.0).updated(500.0, 39.0)
    assert not last_heartbeat.is_silent(10.0 + SILENCE_S)
    assert last_heartbeat.is_silent(10.5 + SILENCE_S)
