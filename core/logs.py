"""What is logged, what is logged once, and what never is: tokens, passwords, the addresses of photos."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# Their own lines at DEBUG hold tokens, signatures, and whole requests to the object store with their content.
_TALKATIVE = ("discord", "aiohttp", "aiobotocore", "boto3", "botocore", "fsspec", "s3fs", "urllib3", "sqlalchemy")
_HIDDEN = "***"
_job_id: ContextVar[int | None] = ContextVar("job_id", default=None)
REPEAT_S = 60.0  # twice the longest pause between two tries (bot.background, discord.py): after it, it is news again
_SECRETS = (
    # A password in an address, also one with / and @ in it that nobody has quoted.
    (re.compile(r"(\bhttps?://[^\s/:@]*:)[^\s/]*(?=@)"), rf"\1{_HIDDEN}"),
    (re.compile(r"(\b(?!https?:)[a-z][\w+.-]*://[^\s/:@]*:)\S*(?=@)"), rf"\1{_HIDDEN}"),
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[^\s/?\"']+"), rf"\1{_HIDDEN}"),  # an interaction's token
    (re.compile(r"(\bhttps?://[^\s?\"'<>]+\?)[^\s\"'<>]+"), rf"\1{_HIDDEN}"),  # the signature of a photo's address
    (re.compile(r"(\b(?:Bot|Bearer) )[\w.-]{20,}"), rf"\1{_HIDDEN}"),  # an authorisation
)


class SafeFormatter(logging.Formatter):
    """Formats a record, and hides what a library's message or an exception has let through.

    A second line of defence: our own lines leave such things out in the first place.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The whole text, traceback included."""
        return without_secrets(super().format(record))


class JsonFormatter(SafeFormatter):
    """Formats a record as one line of JSON, for programs that collect logs; hides the same."""

    def format(self, record: logging.LogRecord) -> str:
        """Return an object with time (ISO 8601, UTC), level, logger and message; with job and exception if any."""
        time_text = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(record.created))}.{int(record.msecs):03d}Z"
        entry: dict[str, Any] = {"time": time_text, "level": record.levelname, "logger": record.name}
        entry["message"] = without_secrets(record.getMessage())
        job_id = _job_id.get()
        if job_id is not None:
            entry["job"] = str(job_id)  # as text: JSON's readers round numbers of this size
        if record.exc_info:
            entry["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


@contextmanager
def job_in_logs(job_id: int) -> Iterator[None]:
    """Let what is logged meanwhile, in this thread, name a job in JSON."""
    token = _job_id.set(job_id)
    try:
        yield
    finally:
        _job_id.reset(token)


class RepeatFilter(logging.Filter):
    """Say once what would be logged again and again, such as that the disk is full or the broker away.

    Drops a warning or error that was logged less than a minute ago, or dropped so lately.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._last: dict[tuple[str, str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is news."""
        if record.levelno < logging.WARNING:
            return True
        now, error = self._clock(), record.exc_info[1] if record.exc_info else None
        key = record.name, record.getMessage(), repr(error)
        self._last = {known: at for known, at in self._last.items() if now - at < REPEAT_S}
        repeated = key in self._last
        self._last[key] = now
        return not repeated


def without_secrets(text: str) -> str:
    """Return the text with stars in the place of passwords, tokens, and the queries of addresses."""
    for pattern, hidden in _SECRETS:
        text = pattern.sub(hidden, text)
    return text


def set_up_logging(level: str, stream: TextIO, log_format: str = "TEXT") -> None:
    """Log to a stream as TEXT or JSON, one line an event; does nothing where that was done before."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter() if log_format == "JSON" else SafeFormatter(LOG_FORMAT))
    handler.addFilter(RepeatFilter())
    logging.basicConfig(level=level, handlers=[handler])
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.INFO))
