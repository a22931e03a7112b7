"""When a part is started again, and when `up` gives up."""

from __future__ import annotations

from cli.up.backoff import FAST_S, MOST_FAST_DEATHS, SILENCE_S, Deaths, Heard


def after(*lives: float) -> Deaths:
    deaths = Deaths()
    for lived in lives:
        deaths = deaths.after(lived)
    return deaths


def test_five_fast_deaths_are_too_many():
    assert not after(*[0.1] * (MOST_FAST_DEATHS - 1)).too_many
    assert after(*[0.1] * MOST_FAST_DEATHS).too_many


def test_a_long_life_forgives_the_deaths_before_it():
    assert not after(*[0.1] * 4, FAST_S + 1, *[0.1] * 3).too_many
    assert after(*[0.1] * 4, FAST_S + 1, *[0.1] * 4).too_many


def test_pauses_double_and_begin_anew_after_a_long_life():
    assert [after(*[0.1] * n).pause_s for n in range(1, 5)] == [0.5, 1.0, 2.0, 4.0]
    assert after(*[0.1] * 4, FAST_S).pause_s == 0.5


def test_a_part_that_goes_on_beating_is_not_silent_however_odd_its_clock_is():
    heard = Heard(None, 0.0)
    for now, beat in ((10.0, 500.0), (30.0, 499.0), (50.0, 498.0)):
        heard = heard.again(beat, now)
        assert not heard.silent(now)


def test_a_part_whose_beat_stands_still_is_silent_after_a_while():
    heard = Heard(None, 0.0).again(500.0, 10.0).again(500.0, 39.0)
    assert not heard.silent(10.0 + SILENCE_S)
    assert heard.silent(10.5 + SILENCE_S)
