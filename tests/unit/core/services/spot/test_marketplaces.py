"""vast.ai and RunPod: what is asked, what is made of the answers, and what goes wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.domain.spot.query import FailureReason, Provider, RegionFailure, RegionPrices, RegionResult, SpotQuery
from core.services.spot import http_json
from core.services.spot.factory import make_source
from core.services.spot.present_prices import cheapest_by_name
from tests.recorded_ec2 import RECORDINGS

VAST = json.loads((RECORDINGS / "vast.json").read_text("utf-8"))
RUNPOD = json.loads((RECORDINGS / "runpod.json").read_text("utf-8"))
BOTH = pytest.mark.parametrize("provider", [Provider.VAST, Provider.RUNPOD])


@dataclass
class Requests:
    """What a server was asked."""

    bodies: list[Any] = field(default_factory=list)
    headers: list[Any] = field(default_factory=list)


@asynccontextmanager
async def server(answer: Callable[[], web.StreamResponse]) -> AsyncIterator[tuple[str, Requests]]:
    requests = Requests()

    async def handle(request: web.Request) -> web.StreamResponse:
        requests.bodies.append(await request.json())
        requests.headers.append(request.headers)
        return answer()

    app = web.Application()
    app.router.add_post("/api", handle)
    async with TestServer(app) as running:
        yield str(running.make_url("/api")), requests


async def ask(provider: Provider, url: str, machine: str | None = None, **environ: str) -> RegionResult:
    source = make_source(provider, environ, url=url)
    assert not source.has_history
    [result] = [result async for result in source.fetch(SpotQuery(machine, (provider,)))]
    return result


async def answer_of(provider: Provider, answer: Callable[[], web.StreamResponse], **environ: str) -> RegionResult:
    async with server(answer) as (url, _):
        return await ask(provider, url, **environ)


def prices(result: RegionResult) -> dict[str, float | None]:
    assert isinstance(result, RegionPrices)
    return {zone: point.price for zone, [point] in result.zones.items()}


def reason(result: RegionResult) -> FailureReason:
    assert isinstance(result, RegionFailure)
    return result.reason


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_json, "_PAUSES_S", (0.0, 0.0))


async def test_vast_gives_the_lowest_bid_of_each_gpu():
    async with server(lambda: web.json_response(VAST)) as (url, requests):
        result = await ask(Provider.VAST, url)
    assert prices(result) == {"RTX 3060": 0.032, "RTX 3090": 0.0812, "RTX 4090": 0.1868, "A100 SXM4": 0.4534}
    [question] = requests.bodies
    assert question["type"] == "bid"
    assert question["num_gpus"] == {"eq": 1}
    assert "gpu_name" not in question


async def test_vast_is_asked_for_a_gpu_by_either_spelling():
    async with server(lambda: web.json_response(VAST)) as (url, requests):
        await ask(Provider.VAST, url, "RTX_4090")
    assert requests.bodies[0]["gpu_name"] == {"eq": "RTX 4090"}


async def test_runpod_gives_the_lowest_bid_of_each_gpu_that_is_offered():
    async with server(lambda: web.json_response(RUNPOD)) as (url, requests):
        result = await ask(Provider.RUNPOD, url)
    assert prices(result) == {"A100 PCIe": 0.6, "RTX 3090": 0.11, "RTX 4090": 0.2, "L40S": 0.26}
    assert "minimumBidPrice" in requests.bodies[0]["query"]


@pytest.mark.parametrize("machine", ["rtx 4090", "NVIDIA GeForce RTX 4090"])
async def test_runpod_knows_a_gpu_by_its_name_or_id(machine: str):
    async with server(lambda: web.json_response(RUNPOD)) as (url, _):
        assert prices(await ask(Provider.RUNPOD, url, machine)) == {"RTX 4090": 0.2}


async def test_runpod_knows_no_such_gpu_or_has_none_of_it_now():
    async with server(lambda: web.json_response(RUNPOD)) as (url, _):
        assert reason(await ask(Provider.RUNPOD, url, "RTX 9999")) is FailureReason.UNKNOWN_MACHINE
        assert reason(await ask(Provider.RUNPOD, url, "H100 PCIe")) is FailureReason.NO_PRICES


@BOTH
async def test_a_key_is_sent_where_there_is_one(provider: Provider):
    async with server(lambda: web.json_response({})) as (url, requests):
        await ask(provider, url)
        await ask(provider, url, **{f"{provider.upper()}_API_KEY": "not-a-secret"})
    assert [headers.get("Authorization") for headers in requests.headers] == [None, "Bearer not-a-secret"]


@BOTH
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda: web.Response(status=403), FailureReason.NO_CREDENTIALS),
        (lambda: web.Response(status=429), FailureReason.THROTTLED),
        (lambda: web.Response(status=500, text="a traceback"), FailureReason.BAD_ANSWER),
        (lambda: web.Response(status=302, headers={"Location": "https://elsewhere.example"}), FailureReason.BAD_ANSWER),
        (lambda: web.Response(text="<html>"), FailureReason.BAD_ANSWER),
        (lambda: web.Response(text="[" * 100_000), FailureReason.BAD_ANSWER),
        (lambda: web.json_response([1, 2]), FailureReason.BAD_ANSWER),
        (lambda: web.json_response({"offers": {}, "data": {"gpuTypes": {}}}), FailureReason.BAD_ANSWER),
        (lambda: web.json_response({"offers": [3], "data": {"gpuTypes": [3]}}), FailureReason.NO_PRICES),
        (lambda: web.Response(body=b" " * (17 * 2**20)), FailureReason.TOO_LARGE),
    ],
)
async def test_what_is_no_answer_is_a_failure(
    provider: Provider, answer: Callable[[], web.StreamResponse], expected: FailureReason
):
    assert reason(await answer_of(provider, answer)) is expected


@BOTH
async def test_a_refused_key_is_another_failure_than_a_missing_one(provider: Provider):
    environ = {f"{provider.upper()}_API_KEY": "old"}
    result = await answer_of(provider, lambda: web.Response(status=401), **environ)
    assert reason(result) is FailureReason.BAD_CREDENTIALS


async def test_graphql_says_what_is_wrong_with_status_200():
    answer = {"errors": [{"message": "Something went wrong."}], "data": None}
    result = await answer_of(Provider.RUNPOD, lambda: web.json_response(answer))
    assert result == RegionFailure("runpod", FailureReason.BAD_ANSWER, "Something went wrong.")


async def test_a_busy_server_is_asked_three_times():
    answers = [web.Response(status=429), web.Response(status=503), web.json_response(VAST)]
    async with server(lambda: answers.pop(0)) as (url, requests):
        assert prices(await ask(Provider.VAST, url))
    assert len(requests.bodies) == 3


async def test_a_server_that_is_not_there_is_unreachable(unused_tcp_port: int):
    assert reason(await ask(Provider.VAST, f"http://127.0.0.1:{unused_tcp_port}/")) is FailureReason.UNREACHABLE


async def test_a_server_that_never_answers_times_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(http_json, "_TOTAL_S", 0.2)
    writers: list[asyncio.StreamWriter] = []
    async with await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0) as silent:
        port = silent.sockets[0].getsockname()[1]
        result = await ask(Provider.VAST, f"http://127.0.0.1:{port}/")
        for writer in writers:
            writer.close()
            await writer.wait_closed()
    assert reason(result) is FailureReason.TIMED_OUT


def test_prices_that_are_none_are_left_out_and_names_kept_short():
    offers = [("a", True), ("a", -1), ("a", float("nan")), ("a", "0.1"), ("a", 1e9), (None, 0.1), (" ", 0.1), (7, 0.1)]
    assert cheapest_by_name(offers) == {}
    assert cheapest_by_name([("a" * 99, 2), ("a" * 99, 1)]) == {"a" * 40: 1.0}
