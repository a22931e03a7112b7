"""`/metrics` and `/healthz` of a process, on a port beside its work."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING

from core.domain.addresses import Address

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_log = logging.getLogger(__name__)
_REQUEST_S = 10.0  # a client that sends nothing holds a thread for no longer
_TEXT = "text/plain; charset=utf-8"
FindFault = Callable[[], str | None]


class MetricsServer:
    """Serves in threads for as long as it is entered. A port that is taken is a warning, and no reason to end.

    Args:
        address: where to listen.
        registry: whose figures `/metrics` shows.
        find_fault: says what is wrong with the process, in a sentence; None: nothing. `/healthz` answers 200 or 503.
    """

    def __init__(self, address: Address, registry: CollectorRegistry, find_fault: FindFault) -> None:
        self._address = address
        self._registry = registry
        self._find_fault = find_fault
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> Address | None:
        """Where it listens; None: it does not."""
        if self._server is None:
            return None
        host, port = self._server.server_address[:2]
        return Address(str(host), port)

    def __enter__(self) -> MetricsServer:
        kind = _Ipv6Server if ":" in self._address.host else ThreadingHTTPServer
        handler = _make_handler(self._registry, self._find_fault)
        try:
            self._server = kind((self._address.host, self._address.port), handler)
        except OSError as error:
            _log.warning("no figures are served, %s cannot be used: %s", self._address, error.strerror)
            return self
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True).start()
        _log.info("figures at http://%s/metrics", self.address)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Ipv6Server(ThreadingHTTPServer):
    address_family = socket.AF_INET6


def _make_handler(registry: CollectorRegistry, find_fault: FindFault) -> type[BaseHTTPRequestHandler]:
    from prometheus_client.exposition import choose_encoder

    class Handler(BaseHTTPRequestHandler):
        timeout = _REQUEST_S

        def do_GET(self) -> None:
            """Answer one request; anything that fails is a 500 and a line in the log."""
            path = self.path.partition("?")[0]
            try:
                status, kind, body = self._answer(path)
            except Exception:  # noqa: BLE001 - a database that is away must not end the server
                _log.exception("%s failed", path if path in {"/metrics", "/healthz"} else "a request")
                status, kind, body = HTTPStatus.INTERNAL_SERVER_ERROR, _TEXT, b"see the log\n"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _answer(self, path: str) -> tuple[HTTPStatus, str, bytes]:
            if path == "/metrics":
                encode, kind = choose_encoder(self.headers.get("Accept", ""))
                return HTTPStatus.OK, kind, encode(registry)
            if path == "/healthz":
                fault = find_fault()
                status = HTTPStatus.OK if fault is None else HTTPStatus.SERVICE_UNAVAILABLE
                return status, _TEXT, f"{fault or 'ok'}\n".encode()
            return HTTPStatus.NOT_FOUND, _TEXT, b"/metrics and /healthz are here\n"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
            """Keep each scrape out of the log."""

    return Handler
