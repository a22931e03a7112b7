"""What the bot's requests to Discord are counted as."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from bot.request_metrics import RequestMetrics, name_action


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("POST", "/api/v10/interactions/12/to-ken/callback", "acknowledge"),
        ("POST", "/api/v10/webhooks/9/to-ken", "post"),
        ("POST", "/api/v10/channels/4/messages", "post"),
        ("PATCH", "/api/v10/webhooks/9/to-ken/messages/@original", "edit"),
        ("PATCH", "/api/v10/channels/4/messages/5", "edit"),
        ("DELETE", "/api/v10/channels/4/messages/5", "delete"),
        ("GET", "/api/v10/channels/4/messages", "other"),
        ("PUT", "/api/v10/applications/9/commands", "other"),
    ],
)
def test_a_request_is_counted_by_what_it_does(method: str, path: str, action: str) -> None:
    assert name_action(method, path) == action


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_answers_of_discord_are_counted_and_an_acknowledgement_is_timed_from_the_arrival() -> None:
    statuses = iter([204, 429])

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=next(statuses))

    app = web.Application()
    app.router.add_post("/interactions/{id}/{token}/callback", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    times = iter([10.0, 10.25])
    metrics = RequestMetrics(timer=lambda: next(times))
    interaction: Any = SimpleNamespace(id=77)
    before = {name: figure(name) for name in ("omokage_acknowledge_seconds_count", "omokage_acknowledge_seconds_sum")}
    counted = [figure("omokage_discord_requests_total", action="acknowledge", status=s) for s in ("204", "429", "0")]
    try:
        async with aiohttp.ClientSession(trace_configs=[metrics.trace]) as session:
            metrics.note_arrival(interaction)
            for _ in range(2):
                async with session.post(f"{url}/interactions/77/token/callback"):
                    pass
            await runner.cleanup()
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.post(f"{url}/interactions/78/token/callback")
    finally:
        await runner.cleanup()
    after = [figure("omokage_discord_requests_total", action="acknowledge", status=s) for s in ("204", "429", "0")]
    assert [new - old for new, old in zip(after, counted, strict=True)] == [1, 1, 1]
    assert figure("omokage_acknowledge_seconds_count") - before["omokage_acknowledge_seconds_count"] == 1
    assert figure("omokage_acknowledge_seconds_sum") - before["omokage_acknowledge_seconds_sum"] == pytest.approx(0.25)


def test_interactions_that_nobody_acknowledges_are_forgotten_in_the_end() -> None:
    metrics = RequestMetrics()
    for number in range(3000):
        interaction: Any = SimpleNamespace(id=number)
        metrics.note_arrival(interaction)
    assert len(metrics._arrivals) == 1000
    assert 2999 in metrics._arrivals
