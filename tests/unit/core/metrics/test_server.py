"""`/metrics` and `/healthz` on a port of this machine."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.core import Metric

from core.domain.addresses import Address
from core.metrics.server import MetricsServer

ANY_PORT = Address("127.0.0.1", 0)


class Broken:
    """A collector whose database is away."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> list[Metric]:
        raise OSError("postgresql://me:secret@db is away")


@contextmanager
def serving(registry: CollectorRegistry, fault: str | None = None, address: Address = ANY_PORT) -> Iterator[str]:
    with MetricsServer(address, registry, lambda: fault) as server:
        assert server.address is not None
        yield f"http://{server.address}"
    assert server.address is None


def get(url: str) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def can_listen(host: str) -> bool:
    try:
        socket.create_server((host, 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_figures_are_read_from_their_address(host: str) -> None:
    if ":" in host and not can_listen(host):
        pytest.skip("this machine has no IPv6")
    registry = CollectorRegistry()
    Counter("photos", "Photos.", registry=registry).inc(3)
    with serving(registry, address=Address(host, 0)) as url:
        status, text = get(f"{url}/metrics")
    assert status == 200
    assert "photos_total 3.0" in text


@pytest.mark.parametrize(("fault", "answer"), [(None, (200, "ok\n")), ("It sleeps.", (503, "It sleeps.\n"))])
def test_a_process_says_whether_it_is_well(fault: str | None, answer: tuple[int, str]) -> None:
    with serving(CollectorRegistry(), fault) as url:
        assert get(f"{url}/healthz") == answer


def test_there_is_nothing_else() -> None:
    with serving(CollectorRegistry()) as url:
        assert get(f"{url}/")[0] == 404


def test_figures_that_cannot_be_collected_are_an_error_that_tells_nobody_why(caplog: pytest.LogCaptureFixture) -> None:
    registry = CollectorRegistry()
    registry.register(Broken())
    with serving(registry) as url:
        assert get(f"{url}/metrics") == (500, "see the log\n")
        assert get(f"{url}/healthz")[0] == 200
    assert "/metrics failed" in caplog.text


def test_a_port_that_is_taken_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with MetricsServer(ANY_PORT, CollectorRegistry(), lambda: None) as first:
        assert first.address is not None
        with MetricsServer(first.address, CollectorRegistry(), lambda: None) as second:
            assert second.address is None
    assert f"no figures are served, {Address('127.0.0.1', 0).host}:" in caplog.text
