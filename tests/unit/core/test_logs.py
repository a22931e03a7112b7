from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.domain.clock import now_utc
from core.domain.faces import Box
from core.domain.jobs import Job, JobKind, JobRequest, JobState, Origin, QueueName
from core.domain.people import CannotLink, EnrolledFaces, NewFace
from core.logs import JsonFormatter, SafeFormatter, job_in_logs, set_up_logging, without_secrets

SECRET = "aW50ZXJhY3Rpb246c2VjcmV0"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (
            f"POST https://discord.com/api/v10/webhooks/123/{SECRET}/messages/@original has returned 503",
            "POST https://discord.com/api/v10/webhooks/123/***/messages/@original has returned 503",
        ),
        (f"/interactions/123/{SECRET}/callback", "/interactions/123/***/callback"),
        (
            f"404, message='Not Found', url='https://cdn.discordapp.com/a/b.jpg?ex=1&is=2&hm={SECRET}'",
            "404, message='Not Found', url='https://cdn.discordapp.com/a/b.jpg?***'",
        ),
        (f"cannot connect to redis://:{SECRET}@broker:6379/0", "cannot connect to redis://:***@broker:6379/0"),
        (f"postgresql+psycopg://me:{SECRET}/@x@db/omokage", "postgresql+psycopg://me:***@db/omokage"),
        (f"{{'Authorization': 'Bot {SECRET}'}}", "{'Authorization': 'Bot ***'}"),
        ("job 5: its photo could not be stored", "job 5: its photo could not be stored"),
        ("see https://docs.example/page and 12:30@home", "see https://docs.example/page and 12:30@home"),
        ("Bot alone, without a token", "Bot alone, without a token"),
    ],
)
def test_what_a_library_lets_through_is_hidden(text: str, safe: str) -> None:
    assert without_secrets(text) == safe


def test_a_traceback_is_hidden_like_a_message() -> None:
    error = ValueError(f"https://cdn.discordapp.com/a.jpg?hm={SECRET}")
    record = logging.LogRecord("a", logging.ERROR, "", 0, "failed", (), (type(error), error, None))
    text = SafeFormatter("%(message)s").format(record)
    assert "failed" in text
    assert "ValueError" in text
    assert SECRET not in text


def test_a_record_as_json_is_one_line_that_names_its_job_and_hides_the_same() -> None:
    error = ValueError(f"https://cdn.discordapp.com/a.jpg?hm={SECRET}")
    record = logging.LogRecord("worker.runner", logging.ERROR, "", 0, "job %s:\n/webhooks/1/%s", (5, SECRET), None)
    record.exc_info = (ValueError, error, None)
    record.created, record.msecs = 1_796_000_000.25, 250.0
    with job_in_logs(2**60 + 1):
        line = JsonFormatter().format(record)
    entry = json.loads(line)
    assert "\n" not in line
    assert SECRET not in line
    assert entry["message"] == "job 5:\n/webhooks/1/***"
    assert (entry["time"], entry["level"]) == ("2026-11-30T00:53:20.250Z", "ERROR")
    assert (entry["logger"], entry["job"]) == ("worker.runner", str(2**60 + 1))
    assert "ValueError" in entry["exception"]
    record.exc_info = None
    assert not json.loads(JsonFormatter().format(record)).keys() & {"job", "exception"}


def test_a_log_may_be_json() -> None:
    stream = io.StringIO()
    with no_logging_yet():
        set_up_logging("INFO", stream, "JSON")
        logging.getLogger("bot").info("connected")
    assert json.loads(stream.getvalue())["message"] == "connected"


@contextmanager
def no_logging_yet() -> Iterator[None]:
    """As in a new process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def test_at_debug_libraries_that_log_whole_requests_are_quiet() -> None:
    stream = io.StringIO()
    with no_logging_yet():
        set_up_logging("DEBUG", stream)
        logging.getLogger("core").debug("ours")
        for name in ("discord.webhook.async_", "discord.http", "aiohttp.client", "botocore.endpoint", "s3fs"):
            logging.getLogger(name).debug("POST with %s", SECRET)
    assert "ours" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_what_travels_does_not_show_its_secrets() -> None:
    origin = Origin(1, 2, 3, "en", 4, SECRET)
    params = {"photo_url": f"https://cdn.discordapp.com/a.jpg?hm={SECRET}"}
    embedding, box, now = SECRET.encode(), Box(1.0, 2.0, 3.0, 4.0), now_utc()
    job = Job(
        5, JobKind.CLASSIFY, JobState.DONE, QueueName.CPU, 0, origin, params, None, 1, False, now, None, None, None,
        None, None, params, None, None,
    )  # fmt: skip
    everything = (
        JobRequest(5, JobKind.CLASSIFY, origin, params),
        job,
        NewFace(1, box, 0.9, (), embedding),
        CannotLink(1, None, box, embedding),
        EnrolledFaces((1,), ("Anna",), (embedding,), (1,)),
    )
    assert SECRET not in repr(everything)
