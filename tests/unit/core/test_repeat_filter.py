"""What is logged again and again is shown once."""

from __future__ import annotations

import logging

from core.logs import REPEAT_S, RepeatFilter


def record(text: str, level: int = logging.WARNING, error: Exception | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, None)
    return logging.LogRecord("worker.heartbeat", level, "", 0, "cannot write %s", (text,), info)


def test_a_warning_that_comes_every_two_seconds_is_shown_once_however_long_it_lasts():
    now = [0.0]
    shown = RepeatFilter(lambda: now[0])
    results = []
    for _ in range(100):
        results.append(shown.filter(record("a")))
        now[0] += 2
    assert results == [True] + [False] * 99
    now[0] += REPEAT_S
    assert shown.filter(record("a")), "after a minute without it, it is news"


def test_what_differs_and_what_is_no_warning_is_always_shown():
    shown = RepeatFilter(lambda: 0.0)
    full, locked = OSError(28, "No space left on device"), OSError(5, "Input/output error")
    assert all(
        shown.filter(one) for one in (record("a"), record("b"), record("a", error=full), record("a", error=locked))
    )
    assert not shown.filter(record("a", error=OSError(28, "No space left on device")))
    assert all(shown.filter(record("a", logging.INFO)) for _ in range(2))
