"""Hears from the host's cloud that this machine is about to be taken away, and ends the worker in order before that."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from types import TracebackType
from typing import Protocol
from urllib.parse import urlsplit

_log = logging.getLogger(__name__)
_POLL_S = 5.0  # as Amazon recommends; a notice comes two minutes before the end
_ANSWER_S = 2.0  # the endpoint is on the same machine
_TOKEN_LIFE_S = 21600  # six hours, the longest that there is
_MAX_BYTES = 4096  # of an answer, which has a hundred
_UNAUTHORISED, _NOT_FOUND = 401, 404


@dataclass(frozen=True, slots=True)
class Notice:
    """What will be done with the machine (`terminate`, `stop`, `hibernate`), and when, as the cloud writes it."""

    action: str
    at: str


class NoticeSource(Protocol):
    """Where notices come from."""

    def read(self) -> Notice | None:
        """Return the present notice; None: there is none.

        Raises:
            OSError: nobody knows, since the source does not answer as it should.
        """


class Ec2Metadata:
    """The metadata service of Amazon EC2, with a session token (IMDSv2).

    Args:
        url: of the service, http://169.254.169.254 on every machine of EC2.
    """

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self._token: str | None = None

    def read(self) -> Notice | None:
        """Ask for the spot instance's action; see `NoticeSource`."""
        status, text = self._get()
        if status == _UNAUTHORISED:  # the token has expired
            self._token = None
            status, text = self._get()
        if status == _NOT_FOUND:
            return None
        if status != 200:
            raise OSError(f"the metadata service answers {status}")
        try:
            answer = json.loads(text)
            return Notice(str(answer["action"]), str(answer["time"]))
        except (ValueError, KeyError, TypeError) as error:
            raise OSError("the metadata service's answer cannot be read") from error

    def _get(self) -> tuple[int, str]:
        if self._token is None:
            header = {"X-aws-ec2-metadata-token-ttl-seconds": str(_TOKEN_LIFE_S)}
            status, self._token = self._request("PUT", "/latest/api/token", header)
            if status != 200:
                self._token = None
                raise OSError(f"the metadata service gives no token, but {status}")
        header = {"X-aws-ec2-metadata-token": self._token}
        return self._request("GET", "/latest/meta-data/spot/instance-action", header)

    def _request(self, method: str, path: str, headers: dict[str, str]) -> tuple[int, str]:
        kind = HTTPSConnection if self._parts.scheme == "https" else HTTPConnection
        connection = kind(self._parts.netloc, timeout=_ANSWER_S)
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read(_MAX_BYTES).decode("utf-8", "replace")
        except HTTPException as error:
            raise OSError(f"the metadata service cannot be understood ({type(error).__name__})") from error
        finally:
            connection.close()


class InterruptionWatch:
    """A thread that looks for a notice for as long as it is entered.

    Args:
        source: of the notices.
        end: asks the worker to end, once: trainings are saved and given back, as after SIGTERM.
        poll_s: seconds between two looks.
    """

    def __init__(self, source: NoticeSource, end: Callable[[], None], poll_s: float = _POLL_S) -> None:
        self._source = source
        self._end = end
        self._poll_s = poll_s
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="interruption", daemon=True)

    def __enter__(self) -> InterruptionWatch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=2 * _ANSWER_S)

    def _watch(self) -> None:
        while True:
            notice = _read(self._source)
            if notice is not None:
                _log.warning("this machine is to %s at %s, so this worker ends", notice.action, notice.at)
                self._end()
                return
            if self._ended.wait(self._poll_s):
                return


def wait_until_clear(source: NoticeSource, wait: Callable[[float], object], poll_s: float = _POLL_S) -> None:
    """Return once there is no notice: a worker that is started again on a machine that goes must take no jobs."""
    was_told = False
    while (notice := _read(source)) is not None:
        if not was_told:
            _log.warning("this machine is to %s at %s; this worker takes no jobs", notice.action, notice.at)
            was_told = True
        wait(poll_s)


def _read(source: NoticeSource) -> Notice | None:
    try:
        return source.read()
    except OSError as error:
        _log.warning("nobody knows whether this machine is to be taken away: %s", error)
        return None
