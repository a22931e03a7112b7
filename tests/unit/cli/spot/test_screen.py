"""The picture as lines of text, without a terminal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cli.output.table import width as cells
from cli.spot.screen import Picture, compose
from cli.spot.segments import cut, pad, plain_text
from cli.spot.texts import failure_texts
from core.domain.spot.history import SpotUpdate
from core.domain.spot.prices import PricePoint, PriceSeries, by_latest_price, make_series
from core.domain.spot.query import FailureReason, Provider, RegionFailure, SpotQuery
from tests.recorded_ec2 import NOW

QUERY = SpotQuery("g4dn.xlarge", ("us-east-1",))


def series(zone: str, price: float | None) -> PriceSeries:
    points = [PricePoint(NOW - timedelta(hours=30), 0.1), PricePoint(NOW - timedelta(hours=1), price)]
    return make_series("us-east-1", zone, points, NOW)


def lines_of(
    *shown: PriceSeries, size: tuple[int, int] = (80, 24), failures: tuple[RegionFailure, ...] = ()
) -> list[str]:
    update = SpotUpdate(NOW, tuple(by_latest_price(shown)), failures, 1, 1)
    return [plain_text(line) for line in compose(Picture(Provider.AWS, QUERY, True, update), *size)]


@pytest.mark.parametrize("size", [(50, 10), (80, 24), (133, 37), (200, 50), (400, 120)])
@pytest.mark.parametrize("count", [0, 1, 2, 70, 200])
def test_a_picture_fills_what_it_is_given_and_no_more(size: tuple[int, int], count: int):
    shown = [series(f"zone-{number}-with-a-name-that-is-too-long", 0.1 + number / 1000) for number in range(count)]
    failures = tuple(RegionFailure(f"region-{n}", reason) for n, reason in enumerate(FailureReason))
    lines = lines_of(*shown, size=size, failures=failures)
    assert len(lines) == size[1]
    assert all(cells(line) <= size[0] for line in lines)


def test_a_zone_keeps_its_marker_while_prices_move():
    before, after = lines_of(series("a", 0.1), series("b", 0.2)), lines_of(series("a", 0.2), series("b", 0.1))
    for lines in (before, after):
        assert any("a a" in line for line in lines)
        assert any("b b" in line for line in lines)
    assert before[1].endswith("a a   0.1000  ")
    assert after[1].endswith("b b   0.1000  ")


def test_the_marker_stands_where_its_line_ends():
    lines = lines_of(series("cheap", 0.1), series("dear", 0.15))
    assert "⣀⣀ a" in lines[20]
    assert "⠉⠉ b" in lines[2]
    assert lines[2].rstrip().endswith("b dear    0.1500")


def test_a_zone_that_is_offered_no_more_has_no_price_in_the_legend():
    assert any(line.rstrip().endswith("a gone        -") for line in lines_of(series("gone", None)))


def test_more_series_than_rows_are_counted():
    assert any("  and 20 more" in line for line in lines_of(*[series(f"zone-{n:02}", 0.1 + n) for n in range(40)]))


def test_failures_of_one_reason_are_one_sentence_and_where_nothing_is_offered_comes_last():
    failures = [
        RegionFailure("eu-west-3", FailureReason.NO_PRICES),
        *(RegionFailure(f"eu-{n}", FailureReason.TIMED_OUT) for n in range(6)),
        RegionFailure("ap-1", FailureReason.UNREACHABLE, "no route"),
    ]
    assert failure_texts(failures, Provider.AWS, 17) == [
        "eu-0, eu-1, eu-2, eu-3 and 2 more: no answer in time",
        "ap-1: cannot be reached (no route)",
        "eu-west-3: the machine is not offered",
    ]


def test_without_credentials_it_says_so_once_and_what_to_do():
    failures = [RegionFailure(f"eu-{n}", FailureReason.NO_CREDENTIALS) for n in range(3)]
    assert failure_texts(failures, Provider.AWS, 3) == [
        "all 3 regions: no AWS credentials; aws configure, or AWS_ACCESS_KEY_ID"
    ]
    [text] = failure_texts([RegionFailure("runpod", FailureReason.NO_CREDENTIALS)], Provider.RUNPOD, 1)
    assert text == "runpod: a key is asked for; set RUNPOD_API_KEY"


@pytest.mark.parametrize("provider", list(Provider))
@pytest.mark.parametrize("reason", list(FailureReason))
def test_every_reason_has_a_sentence(provider: Provider, reason: FailureReason):
    [text] = failure_texts([RegionFailure("here", reason, "detail")], provider, 1)
    assert text.startswith("here: ")
    assert "{" not in text


def test_texts_are_cut_by_the_cells_of_the_terminal():
    assert cut("面影面影", 5) == "面影…"
    assert cut("abc", 3) == "abc"
    assert cut("abc", 0) == ""
    assert pad("面影", 6) == "面影  "
    assert cells(pad("面影面影", 6)) == 6
