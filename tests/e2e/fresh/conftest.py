"""One product for the files of this folder, which need a guild where nobody is named and no recogniser trained."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from benchmarks.helpers.running_product import Running, running


def _free_ports(count: int) -> int:
    """Return the first of so many ports in a row that nobody uses."""
    for first in range(20_000, 30_000, count):
        try:
            for port in range(first, first + count):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise RuntimeError("no ports are free")


@pytest.fixture(scope="package")
def metrics_port() -> int:
    """The port of the bot's figures; the cpu worker's are one higher, the gpu worker's two."""
    return _free_ports(3)


@pytest.fixture(scope="package")
def product(metrics_port: int) -> Iterator[Running]:
    """A start takes fifteen seconds of a core."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("OMOKAGE_METRICS", str(metrics_port))
        with running() as started:
            yield started
