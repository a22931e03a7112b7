"""Limits of threads: names, times, how many."""

from __future__ import annotations

from sandbox.rules.errors import Problems
from sandbox.types import Json

PUBLIC_THREAD = 11
THREAD_KINDS = (10, 11, 12)
MAX_NAME = 100
MAX_SLOWMODE = 21_600  # seconds
ARCHIVE_AFTER = (60, 1440, 4320, 10_080)  # minutes without activity, of which a thread has one
DEFAULT_ARCHIVE_AFTER = 1440  # of a channel that has chosen none
MAX_ACTIVE = 1000  # of a guild


def check_thread(body: Json, *, is_new: bool) -> None:
    """Refuse a body that breaks a limit; a change may leave out everything, a new thread needs a name."""
    problems = Problems()
    if body.get("name") is not None:
        problems.length(("name",), body["name"], 1, MAX_NAME)
    elif is_new:
        problems.required(("name",))
    if body.get("auto_archive_duration") is not None and body["auto_archive_duration"] not in ARCHIVE_AFTER:
        problems.choice(("auto_archive_duration",), ", ".join(map(str, ARCHIVE_AFTER)))
    if body.get("rate_limit_per_user") is not None:
        problems.number(("rate_limit_per_user",), body["rate_limit_per_user"], 0, MAX_SLOWMODE)
    for key in ("archived", "locked"):
        if body.get(key) is not None and not isinstance(body[key], bool):
            problems.add((key,), "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
    problems.raise_if_any()
