"""Prometheus reads the bot and both workers, and what members do is seen in their figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest

from benchmarks.helpers.running_product import Running
from sandbox.driver import Driver
from tests.e2e.product import PATIENCE_S, jpeg, said

BOT, CPU_WORKER, GPU_WORKER = range(3)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@dataclass(frozen=True)
class Parts:
    """The ports of the bot and the workers."""

    port: int

    def get(self, part: int, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port + part, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def figure(self, part: int, name: str) -> float:
        """Return the value of a figure with these labels; 0 where it is not there yet."""
        _, text = self.get(part, "/metrics")
        match = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
        return 0.0 if match is None else float(match[1])

    def of_photos(self) -> list[float]:
        return [
            self.figure(BOT, "omokage_acknowledge_seconds_count"),
            self.figure(CPU_WORKER, 'omokage_job_seconds_count{kind="classify",outcome="done"}'),
            self.figure(CPU_WORKER, 'omokage_job_wait_seconds_count{kind="classify"}'),
        ]


async def test_a_photo_is_seen_in_the_figures_of_the_bot_and_the_worker(product: Running, metrics_port: int) -> None:
    parts = Parts(metrics_port)
    async with Driver(product.url) as driver:
        ben = await driver.member("ben")
        await ben.wait_for_bot("classify", timeout=PATIENCE_S)
        before = parts.of_photos()
        requested = await ben.command("classify", photo=("photo.jpg", jpeg(1, 3)))
        await requested.wait_for(lambda message: bool(message["embeds"]) and "face" in said(message), PATIENCE_S)
    assert [new - old for new, old in zip(parts.of_photos(), before, strict=True)] == [1, 1, 1]
    assert parts.figure(BOT, 'omokage_discord_requests_total{action="edit",status="200"}') > 0
    assert [parts.get(part, "/healthz") for part in (BOT, CPU_WORKER, GPU_WORKER)] == 3 * [(200, "ok\n")]
