"""Turns failures outside of the process (disk, database, network) into one sentence and exit status 1."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cli.context import first_line
from cli.exits import Fault
from cli.output.escaping import escape

_log = logging.getLogger(__name__)


@contextmanager
def outages_as_faults() -> Iterator[None]:
    """Raise a Fault instead of an outage, whose traceback is logged at DEBUG; let every other exception through.

    Raises:
        Fault: a disk, the database or the network does not work.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # who read the output has gone, and click ends quietly
    except Exception as error:
        text = outage_text(error)
        if text is None:
            raise
        _log.debug("%s", text, exc_info=error)
        raise Fault(text) from error


def outage_text(error: Exception) -> str | None:
    """Return what failed outside of this process; None: the exception may be a bug."""
    if isinstance(error, OSError):
        file_name = "" if error.filename is None else f"{escape(str(error.filename))}: "
        return f"{file_name}{error.strerror or first_line(error)}."
    if _is_database_outage(error):
        return f"The database cannot be used: {first_line(error)}."
    return None


def _is_database_outage(error: Exception) -> bool:
    """Whether the database is away, locked, full, read-only or damaged; a wrong statement is a bug."""
    sqlalchemy = sys.modules.get("sqlalchemy.exc")  # where nobody has imported it, nobody raises it
    if sqlalchemy is None:
        return False
    outages = (sqlalchemy.OperationalError, sqlalchemy.InterfaceError, sqlalchemy.TimeoutError)
    return isinstance(error, outages) or type(error) is sqlalchemy.DatabaseError
