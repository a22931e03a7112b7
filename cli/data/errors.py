"""Shared by the commands of `omokage data`: services whose errors become sentences, and a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cli.context import open_services, read_settings
from cli.error_texts import error_text
from cli.exits import BadSetting, Fault
from cli.output.escaping import escape
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from core.bootstrap import Services

_MISUSE = frozenset({ErrorCode.BAD_NAME, ErrorCode.BAD_OPTION, ErrorCode.BAD_ARCHIVE})
_WITH_REPORT = frozenset({ErrorCode.DATASET_UNFIT, ErrorCode.NO_AGES})
_ARCHIVES = {
    "no-archive": "it is neither a folder nor a zip file, or is damaged",
    "many-files": "there are more than {limit:,} files in it",
    "large": "unpacked it would have more than {limit:,} bytes",
    "bomb": "{file} is packed as no picture can be",
    "path": "{file} points out of the archive",
    "link": "{file} is a link or a device",
    "encrypted": "{file} is encrypted",
}


@contextmanager
def open_data_services(more: Callable[[], Sequence[str]] = tuple) -> Iterator[Services]:
    """The services, with their refusals as sentences.

    Args:
        more: lines below the sentence that a data set cannot be made.
    """
    with open_services(read_settings()) as services:
        try:
            yield services
        except OmokageError as error:
            kind = BadSetting if error.code in _MISUSE else Fault
            lines = more() if error.code in _WITH_REPORT else ()
            raise kind("\n".join([_sentence(error), *lines])) from error
        except OSError as error:
            raise Fault(f"{error.filename or 'a file'}: {error.strerror or error}") from error


def _sentence(error: OmokageError) -> str:
    if error.code is ErrorCode.DISK_FULL:
        return "the disk is full; nothing was stored"
    if error.code is ErrorCode.DATASET_UNFIT:
        return "there is no picture of anybody to make a data set of"
    details = {name: f"'{escape(str(value))}'" if name == "file" else value for name, value in error.details.items()}
    more = _ARCHIVES.get(str(details.get("reason")), "").format(**details)
    about = [str(details.get("name") or ""), error_text(error), more]
    return ": ".join(part for part in about if part)


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, if that is a terminal."""
    with click.progressbar(length=1, label=label, file=sys.stderr, show_pos=True) as progress_bar:

        def progress(done: int, of: int) -> None:
            progress_bar.length = of
            progress_bar.update(done - progress_bar.pos)

        yield progress
