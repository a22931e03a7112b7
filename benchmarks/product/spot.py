"""How long the chart of `omokage spot` takes to refresh: 17 regions, each of whose answers takes 200 ms.

`python -m benchmarks spot`. EC2 is a server on this machine that waits before it answers with the tests' recording, two
pages a region or one; botocore signs, sends and reads as always.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import botocore.session

from benchmarks.helpers.report import Figures
from cli.spot.screen import Picture, compose
from core.domain.spot.query import Provider, SpotQuery
from core.domain.spot.regions import resolve_regions
from core.services.spot.aws import AwsSource
from core.services.spot.watching import watch

ANSWER_S = 0.2
ROUNDS = 5
RECORDINGS = Path(__file__).resolve().parents[2] / "tests" / "recordings" / "spot"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)  # when it was recorded
QUERY = SpotQuery("g4dn.xlarge", resolve_regions(["all"]))


class Ec2(BaseHTTPRequestHandler):
    """Answers each question after 200 ms."""

    protocol_version = "HTTP/1.1"  # connections stay open, as EC2's do
    pages: tuple[str, ...] = ()

    def do_POST(self) -> None:
        """Answer with the first page, or the one that follows it."""
        question = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(ANSWER_S)
        body = (RECORDINGS / self.pages[b"NextToken" in question]).read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        """Print nothing."""


class Server(ThreadingHTTPServer):
    """Takes all connections at once."""

    request_queue_size = 64  # the default of 5 makes others wait a second for their next attempt
    daemon_threads = True


def run() -> Figures:
    """Return seconds from the question to the drawn chart, the first and the slowest later refresh."""
    figures: dict[str, float | int | str] = {}
    for pages in (("us-west-2.1.xml",), ("us-east-1.1.xml", "us-east-1.2.xml")):
        with ec2(pages) as url:
            session = botocore.session.Session()
            session.set_credentials("AKIDEXAMPLE", "not-a-secret")
            source = AwsSource(endpoint_url=url, session=session, clock=lambda: NOW)
            seconds = [timed_refresh(source) for _ in range(ROUNDS)]
        name = f"{len(pages)} page{'s' if len(pages) > 1 else ''} a region"
        figures[f"{name}: first refresh, s"] = seconds[0]
        figures[f"{name}: later refreshes, slowest, s"] = max(seconds[1:])
    return figures


def timed_refresh(source: AwsSource) -> float:
    """Return the seconds of a refresh, in which the chart is drawn after each answer."""
    began = time.perf_counter()
    asyncio.run(draw_all(source))
    return time.perf_counter() - began


async def draw_all(source: AwsSource) -> None:
    """Draw a chart of a large terminal after each answer, as the program does."""
    async for update in watch(source, QUERY, clock=lambda: NOW):
        compose(Picture(Provider.AWS, QUERY, has_history=True, update=update), 200, 50)
    assert update.is_complete
    assert not update.failures
    assert {series.region for series in update.series} == set(QUERY.regions)


@contextmanager
def ec2(pages: tuple[str, ...]) -> Iterator[str]:
    """Serve pages on a free port while the context lasts; yield the address."""
    handler = type("Handler", (Ec2,), {"pages": pages})
    server = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
