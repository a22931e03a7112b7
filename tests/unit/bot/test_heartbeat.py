"""What is logged of slow acknowledgements by Discord's gateway."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from discord import gateway

from bot import heartbeat
from bot.heartbeat import Heartbeat

INTERVAL_S = 41.25
DISCORD_PYS = Heartbeat.__mro__[1]  # whether or not another test has installed ours


class Clock:
    """Stands in for the `time` of a module."""

    def __init__(self) -> None:
        self.now = 1000.0

    def perf_counter(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(gateway, "time", clock)
    monkeypatch.setattr(heartbeat, "time", clock)
    return clock


def handler(kind: type[gateway.KeepAliveHandler]) -> gateway.KeepAliveHandler:
    ws: Any = SimpleNamespace(thread_id=1, _max_heartbeat_timeout=60.0, HEARTBEAT=1, sequence=7)
    return kind(ws=ws, interval=INTERVAL_S, shard_id=None)


def beat(made: gateway.KeepAliveHandler, clock: Clock, answered_after_s: float) -> None:
    """As its thread does when the answer comes before it has noted that it sent something."""
    clock.now += INTERVAL_S
    made.get_payload()
    clock.now += answered_after_s
    made.ack()


def test_an_answer_that_overtakes_its_own_clock_is_not_late(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    made = handler(Heartbeat)

    beat(made, clock, 0.002)

    assert made.latency == pytest.approx(0.002)
    assert caplog.records == []


def test_an_answer_that_is_late_is_still_logged(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        beat(handler(Heartbeat), clock, 12.0)

    assert "websocket is 12.0s behind" in caplog.text


def test_the_handler_of_discord_py_still_needs_it(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """Where this fails, discord.py measures rightly by itself, and bot/heartbeat.py can go."""
    with caplog.at_level(logging.WARNING):
        beat(handler(DISCORD_PYS), clock, 0.002)

    assert "Can't keep up" in caplog.text


def test_the_gateway_takes_it_when_it_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway, "KeepAliveHandler", gateway.KeepAliveHandler)

    heartbeat.install()

    assert gateway.KeepAliveHandler is Heartbeat
    assert "KeepAliveHandler" in gateway.DiscordWebSocket.received_message.__code__.co_names
