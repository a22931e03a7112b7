"""EC2's answers and errors, as botocore reads them."""

from __future__ import annotations

import threading
from datetime import timedelta

import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError, ProfileNotFound, ReadTimeoutError

from core.domain.spot.query import FailureReason, RegionFailure, RegionPrices, RegionResult, SpotQuery
from core.services.spot.aws import AwsSource
from tests.recorded_ec2 import EMPTY, NOW, Answer, RecordedEc2, error, recorded

EAST = "us-east-1"


def query(*regions: str, hours: int = 24) -> SpotQuery:
    return SpotQuery("g4dn.xlarge", regions or (EAST,), history=timedelta(hours=hours))


async def fetch(ec2: RecordedEc2, *regions: str, region_s: float = 30) -> dict[str, RegionResult]:
    source = AwsSource(session=ec2.session(), clock=lambda: NOW, region_s=region_s)
    return {result.region: result async for result in source.fetch(query(*regions))}


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Botocore's pauses before it tries again, which tests do not wait for."""
    slept: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", slept.append)
    return slept


async def test_all_pages_are_read_and_sorted_by_zone():
    ec2 = RecordedEc2()
    result = (await fetch(ec2))[EAST]
    assert isinstance(result, RegionPrices)
    assert sorted(result.zones) == [f"us-east-1{letter}" for letter in "abcdf"]
    assert sum(map(len, result.zones.values())) == recorded(EAST, 1).body.count("<item>") + recorded(
        EAST, 2
    ).body.count("<item>")
    first, second = [parameters for _, parameters in ec2.requests]
    assert "NextToken" not in first
    assert second["NextToken"] == "page-2-of-us-east-1"


async def test_ec2_is_asked_for_one_type_and_product_from_the_windows_start():
    ec2 = RecordedEc2()
    await fetch(ec2, "us-east-2")
    [(region, parameters)] = ec2.requests
    assert region == "us-east-2"
    assert parameters["InstanceType.1"] == "g4dn.xlarge"
    assert parameters["ProductDescription.1"] == "Linux/UNIX"
    assert parameters["StartTime"] == "2026-11-28T12:00:00Z"


async def test_prices_and_times_are_those_of_the_answer():
    result = (await fetch(RecordedEc2()))[EAST]
    assert isinstance(result, RegionPrices)
    newest = max(result.zones["us-east-1c"], key=lambda point: point.since)
    assert newest.price == 0.1524
    assert newest.since.isoformat() == "2026-11-29T10:59:12+00:00"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (error("UnauthorizedOperation", status=403), FailureReason.NOT_ALLOWED),
        (error("AuthFailure", status=401), FailureReason.BAD_CREDENTIALS),
        (error("RequestExpired"), FailureReason.BAD_CREDENTIALS),
        (error("OptInRequired", status=401), FailureReason.REGION_DISABLED),
        (error("InvalidParameterValue", "Invalid instance type: g99"), FailureReason.UNKNOWN_MACHINE),
        (error("InvalidParameterValue", "Invalid value 'g99' for InstanceType."), FailureReason.UNKNOWN_MACHINE),
        (error("InvalidParameterValue", "Invalid product"), FailureReason.BAD_ANSWER),
        (error("RequestLimitExceeded", status=503), FailureReason.THROTTLED),
        (Answer(200, EMPTY), FailureReason.NO_PRICES),
        (Answer(200, "<html>A hotel's login page"), FailureReason.BAD_ANSWER),
        (
            Answer(200, recorded("us-east-2").body.replace("0.1", "cheap")),
            FailureReason.BAD_ANSWER,
        ),
        (Answer(200, recorded("us-east-2").body.replace("<spotPrice>0.", "<spotPrice>-0.")), FailureReason.BAD_ANSWER),
        (ReadTimeoutError(endpoint_url="https://ec2"), FailureReason.TIMED_OUT),
        (EndpointConnectionError(endpoint_url="https://ec2"), FailureReason.UNREACHABLE),
    ],
)
async def test_a_region_that_fails_says_why_and_the_others_go_on(answer: Answer | Exception, reason: FailureReason):
    results = await fetch(RecordedEc2({"us-west-2": lambda _: answer}), "us-west-2", EAST)
    failure = results["us-west-2"]
    assert isinstance(failure, RegionFailure)
    assert failure.reason is reason
    assert isinstance(results[EAST], RegionPrices)


async def test_a_throttled_region_is_asked_again_after_a_pause(pauses: list[float]):
    answers = iter([error("RequestLimitExceeded", status=503)] * 2)
    ec2 = RecordedEc2({"us-east-2": lambda _: next(answers, recorded("us-east-2"))})
    results = await fetch(ec2, "us-east-2")
    assert isinstance(results["us-east-2"], RegionPrices)
    assert len(ec2.requests) == 3
    assert len(pauses) == 2
    assert sum(pauses) <= 3


async def test_it_is_not_asked_for_ever(pauses: list[float]):
    ec2 = RecordedEc2({EAST: lambda _: error("RequestLimitExceeded", status=503)})
    await fetch(ec2)
    assert len(ec2.requests) == 3


async def test_pages_without_an_end_are_refused():
    numbers = iter(range(1000))
    ec2 = RecordedEc2(
        {EAST: lambda _: Answer(200, recorded(EAST).body.replace("page-2-of-us-east-1", f"page-{next(numbers)}"))}
    )
    failure = (await fetch(ec2))[EAST]
    assert isinstance(failure, RegionFailure)
    assert failure.reason is FailureReason.TOO_LARGE
    assert len(ec2.requests) == 51


async def test_a_region_that_hangs_is_given_up_and_the_others_are_shown_before():
    hangs, release = threading.Event(), threading.Event()

    def answer(_: object) -> Answer:
        if hangs.is_set():
            release.wait(60)
        return Answer(200, EMPTY)

    source = AwsSource(session=RecordedEc2({"us-west-2": answer}).session(), clock=lambda: NOW, region_s=3)
    [_ async for _ in source.fetch(query("us-west-2", EAST))]  # makes the clients, which a busy machine is slow at
    hangs.set()
    results = [result async for result in source.fetch(query("us-west-2", EAST))]
    # The interpreter waits for other threads before it ends, and whoever quits would wait with it.
    daemons = [thread.daemon for thread in threading.enumerate() if thread.name == "spot-prices"]
    assert daemons
    assert all(daemons)
    release.set()
    assert [result.region for result in results] == [EAST, "us-west-2"]
    assert results[1] == RegionFailure("us-west-2", FailureReason.TIMED_OUT)


async def test_without_credentials_no_region_is_asked(monkeypatch: pytest.MonkeyPatch):
    ec2 = RecordedEc2()
    session = ec2.session()
    monkeypatch.setattr(session, "get_credentials", lambda: None)
    results = [result async for result in AwsSource(session=session).fetch(query(EAST, "eu-west-1"))]
    assert results == [
        RegionFailure(EAST, FailureReason.NO_CREDENTIALS),
        RegionFailure("eu-west-1", FailureReason.NO_CREDENTIALS),
    ]
    assert ec2.requests == []


async def test_a_profile_that_is_not_there_is_no_credentials(monkeypatch: pytest.MonkeyPatch):
    session = botocore.session.Session()

    def raise_error() -> None:
        raise ProfileNotFound(profile="work")

    monkeypatch.setattr(session, "get_credentials", raise_error)
    [result] = [result async for result in AwsSource(session=session).fetch(query())]
    assert isinstance(result, RegionFailure)
    assert result.reason is FailureReason.NO_CREDENTIALS
    assert "work" in result.detail


async def test_regions_are_asked_side_by_side():
    waiting = threading.Barrier(17, timeout=20)  # breaks unless seventeen wait at once

    def answer(_: object) -> Answer:
        waiting.wait()
        return Answer(200, EMPTY)

    regions = [f"us-east-{number}" for number in range(1, 18)]
    results = await fetch(RecordedEc2(dict.fromkeys(regions, answer)), *regions)
    assert {result.reason for result in results.values() if isinstance(result, RegionFailure)} == {
        FailureReason.NO_PRICES
    }
