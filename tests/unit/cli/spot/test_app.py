"""The chart in a terminal: whole screens, keys, and rounds of questions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from cli.spot.app import PriceChart, SpotApp
from cli.spot.screen import viewport_of
from core.domain.spot.axis import PriceAxis
from core.domain.spot.prices import PricePoint
from core.domain.spot.query import FailureReason, Provider, RegionFailure, RegionPrices, SpotQuery
from core.services.spot.source import SpotSource
from tests.recorded_ec2 import NOW
from tests.unit.cli.spot.shown import US, ListSource, SteppingClock, assert_screen, recorded_source, text_of

EUROPE = SpotQuery(
    "g4dn.xlarge",
    ("us-east-1", "us-east-2", "us-west-1", "us-west-2", "eu-central-1", "eu-west-3", "eu-north-1", "af-south-1"),
)


@asynccontextmanager
async def running(
    source: SpotSource, query: SpotQuery = US, *, size: tuple[int, int] = (80, 24), **options: object
) -> AsyncIterator[tuple[SpotApp, Pilot[None]]]:
    provider = Provider.AWS if source.has_history else Provider.VAST
    app = SpotApp(source, provider, query, **{"clock": lambda: NOW, **options})
    async with app.run_test(size=size) as pilot:
        await answered(app, pilot)
        yield app, pilot


async def answered(app: SpotApp, pilot: Pilot[None]) -> None:
    await app.workers.wait_for_complete()
    await pilot.pause()


def axis(app: SpotApp) -> PriceAxis:
    viewport = viewport_of(app.query_one(PriceChart).picture)
    assert viewport is not None
    return viewport.axis


def present(minutes: float, **prices: float) -> RegionPrices:
    time = NOW + timedelta(minutes=minutes)
    return RegionPrices("vast", time, {name: (PricePoint(time, price),) for name, price in prices.items()})


@pytest.mark.parametrize("size", [(80, 24), (200, 50)])
async def test_the_whole_screen_with_several_zones_gaps_and_a_failure(size: tuple[int, int]):
    async with running(recorded_source(), size=size) as (app, _):
        assert_screen(text_of(app), f"us-{size[0]}x{size[1]}")


async def test_the_whole_screen_with_more_zones_and_failures_than_fit():
    async with running(recorded_source(), EUROPE, size=(80, 18)) as (app, _):
        assert_screen(text_of(app), "more-than-fits-80x18")


async def test_plus_and_minus_zoom_and_the_arrows_pan():
    async with running(recorded_source()) as (app, pilot):
        begin = axis(app)
        await pilot.press("+")
        assert axis(app) == begin.zoomed(1)
        await pilot.press("up")
        assert axis(app) == begin.zoomed(1).panned(1)
        assert_screen(text_of(app), "zoomed-and-panned-80x24")
        await pilot.press("down", "-")
        assert axis(app).high == pytest.approx(begin.high)
        await pilot.press("=", "0")
        assert axis(app) == begin


async def test_what_a_key_has_chosen_stays_when_new_prices_come():
    source = ListSource(
        [RegionPrices("us-east-1", NOW, {"us-east-1a": (PricePoint(NOW, 0.1),)})],
        [RegionPrices("us-east-1", NOW, {"us-east-1a": (PricePoint(NOW, 0.4),)})],
        [RegionPrices("us-east-1", NOW, {"us-east-1a": (PricePoint(NOW, 0.8),)})],
        has_history=True,
    )
    async with running(source, SpotQuery("g4dn.xlarge", ("us-east-1",))) as (app, pilot):
        await pilot.press("+")
        chosen = axis(app)
        await pilot.press("r")
        await answered(app, pilot)
        assert axis(app) == chosen
        assert "0.4000↑" in text_of(app)
        await pilot.press("0", "r")
        await answered(app, pilot)
        assert axis(app).low < 0.8 < axis(app).high


async def test_q_quits():
    async with running(recorded_source()) as (app, pilot):
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running


async def test_a_smaller_terminal_is_drawn_anew_and_one_that_is_too_small_says_so():
    async with running(recorded_source(), size=(120, 40)) as (app, pilot):
        await pilot.resize_terminal(60, 12)
        await pilot.pause()
        assert "g us-east-2b" in text_of(app)
        await pilot.resize_terminal(40, 12)
        await pilot.pause()
        assert "The terminal is too small: 50x10" in text_of(app)


async def test_a_region_that_fails_later_keeps_its_old_line_and_a_question_mark():
    first = RegionPrices("us-east-1", NOW, {"us-east-1a": (PricePoint(NOW - timedelta(hours=9), 0.1),)})
    source = ListSource([first], [RegionFailure("us-east-1", FailureReason.THROTTLED)], has_history=True)
    async with running(source, SpotQuery("g4dn.xlarge", ("us-east-1",))) as (app, pilot):
        assert "0.1000?" not in text_of(app)
        await pilot.press("r")
        await answered(app, pilot)
        assert "0.1000?" in text_of(app)
        assert "! us-east-1: too many questions; press r in a minute" in text_of(app)


async def test_present_prices_grow_into_lines_and_the_screen_says_so():
    clock = SteppingClock()
    rounds = [[present(minutes, RTX_3090=0.08 + minutes / 100, RTX_4090=0.19)] for minutes in (0, 5, 10)]
    source = ListSource(*rounds, has_history=False)
    async with running(source, SpotQuery(None, ("vast",)), clock=clock) as (app, pilot):
        for minutes in (5, 10):
            clock.now = NOW + timedelta(minutes=minutes)
            await pilot.press("r")
            await answered(app, pilot)
        assert_screen(text_of(app), "vast-80x24")


async def test_it_asks_again_by_itself():
    rounds: Iterable[list[RegionPrices]] = [[present(minutes, RTX_3090=0.08)] for minutes in range(100)]
    source = ListSource(*rounds, has_history=False)
    interval = timedelta(milliseconds=20)
    async with running(source, SpotQuery(None, ("vast",)), interval=interval) as (app, pilot):
        assert "next 12:00" in text_of(app)
        for _ in range(100):
            await pilot.pause(0.02)
            if len(source.rounds) < 97:
                return
        pytest.fail("it asked no third time")


async def test_names_cannot_control_the_terminal():
    evil = RegionPrices("vast", NOW, {"\x1b]0;owned\x07GPU": (PricePoint(NOW, 0.1),)})
    failure = RegionFailure("other", FailureReason.BAD_ANSWER, "\x1b[2J gone")
    source = ListSource([evil, failure], has_history=False)
    async with running(source, SpotQuery(None, ("vast", "other"))) as (app, _):
        assert "\x1b" not in text_of(app)
        assert "\\x1b]0;owned\\x07GPU" in text_of(app)
        assert "\\x1b[2J gone" in text_of(app)
