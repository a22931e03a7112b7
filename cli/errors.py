"""Turns errors of core into the exceptions with which a command ends: a sentence and an exit status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cli.error_texts import error_text
from cli.exits import BadSetting, Fault
from core.domain.errors import ErrorCode, OmokageError

# What the command line itself has wrong; everything else is a Fault.
_USAGE_ERRORS = frozenset(
    {
        ErrorCode.UNKNOWN_PRESET,
        ErrorCode.BAD_OPTION,
        ErrorCode.UNKNOWN_MODEL,
        ErrorCode.NO_ENCODER,
        ErrorCode.UNKNOWN_TRAIT,
        ErrorCode.UNKNOWN_TARGET,
    }
)


@contextmanager
def errors_as_exits() -> Iterator[None]:
    """End the command with a sentence where core raises an OmokageError.

    Raises:
        BadSetting: an option cannot be right.
        Fault: anything else.
    """
    try:
        yield
    except OmokageError as error:
        raise exit_for(error) from error


def exit_for(error: OmokageError, file_name: str = "") -> BadSetting | Fault:
    """Return the exception that ends the command with the error's sentence, about a file where one is named."""
    text = error_text(error)
    exit_class = BadSetting if error.code in _USAGE_ERRORS else Fault
    return exit_class(f"{file_name}: {text}." if file_name else f"{text[:1].upper()}{text[1:]}.")
