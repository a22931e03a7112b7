"""A metadata service like that of EC2, for workers that look whether their machine is taken away."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


class MetadataService:
    """Listens on a port of this machine for as long as it is entered.

    Attributes:
        notice: None: there is none; a text is sent as it is.
        tokens: how many were given.
        token_status: of the answer to who asks for a token.
    """

    def __init__(self) -> None:
        self.notice: Any = None
        self.tokens = 0
        self.token_status = 200
        self._valid: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def forget_tokens(self) -> None:
        self._valid.clear()

    def __enter__(self) -> MetadataService:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                """Give a token."""
                lifetime = self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
                if self.path != "/latest/api/token" or not 1 <= int(lifetime) <= 21600:
                    return self._send(400, "")
                if service.token_status != 200:
                    return self._send(service.token_status, "")
                service.tokens += 1
                token = f"token-{service.tokens}"
                service._valid.add(token)
                return self._send(200, token)

            def do_GET(self) -> None:
                """Give the notice."""
                if self.headers["X-aws-ec2-metadata-token"] not in service._valid:
                    return self._send(401, "")
                if self.path != "/latest/meta-data/spot/instance-action" or service.notice is None:
                    return self._send(404, "")
                notice = service.notice
                return self._send(200, notice if isinstance(notice, str) else json.dumps(notice))

            def _send(self, status: int, text: str) -> None:
                data = text.encode("latin-1")
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
                """Say nothing."""

        return Handler
