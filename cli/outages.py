"""Sentences for what keeps a command from its work though the command is right: a disk, a database, a network."""

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
    """Turn an outage into one sentence; the traceback is logged at DEBUG. What is a bug stays as it is.

    Raises:
        Fault: something outside of this process does not work.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # who read the output has gone, and click ends quietly
    except Exception as error:
        said = outage_text(error)
        if said is None:
            raise
        _log.debug("%s", said, exc_info=error)
        raise Fault(said) from error


def outage_text(error: Exception) -> str | None:
    """What is wrong outside of this process; None: that cannot be said, so it may be a bug."""
    if isinstance(error, OSError):
        about = "" if error.filename is None else f"{escape(str(error.filename))}: "
        return f"{about}{error.strerror or first_line(error)}."
    if _is_database_outage(error):
        return f"The database cannot be used: {first_line(error)}."
    return None


def _is_database_outage(error: Exception) -> bool:
    """Away, locked, full, read-only or damaged; a statement that is wrong is a bug."""
    sqlalchemy = sys.modules.get("sqlalchemy.exc")  # where nobody has imported it, nobody raises it
    if sqlalchemy is None:
        return False
    outages = (sqlalchemy.OperationalError, sqlalchemy.InterfaceError, sqlalchemy.TimeoutError)
    return isinstance(error, outages) or type(error) is sqlalchemy.DatabaseError
