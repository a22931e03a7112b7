"""The report of an import: which folders were passed over, which files were left out and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.jobs import JSON


class LeftOutReason(StrEnum):
    """Why a file or folder is not in the data set, where that is not an error code of the decoder's."""

    EMPTY = "empty"
    UNREADABLE = "unreadable"  # the system, or the archive, does not give its content
    BESIDE = "beside"  # a picture that lies beside the people's folders
    BAD_NAME = "bad-name"  # a folder whose name no person can have; `why` as in BAD_NAME's details
    LINK_OUTSIDE = "link-outside"  # a link to a folder that is not in the source; `target`
    LINK_CIRCLE = "link-circle"  # a link to a folder around it; `target`
    LINK_TWICE = "link-twice"  # a link to a folder whose pictures are taken already; `target`
    LINK_BROKEN = "link-broken"  # a link to nothing; `target`
    # Of an import with ages. `table` and `line` say where in a CSV file the text stands.
    NO_AGE = "no-age"  # a picture of which neither its name nor a table says the age
    BAD_AGE = "bad-age"  # a picture whose `age` is no number of years
    AGES_DIFFER = "ages-differ"  # a picture of which tables say several ages or genders; the last `line`
    NO_SUCH_PICTURE = "no-such-picture"  # a `line` of a table about a `picture` that is not there
    BAD_ROW = "bad-row"  # a `line` of a table that names no file


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is not in the data set.

    `path` is below the source, and may hold surrogates (PEP 383). `reason` is a `LeftOutReason` or an error code of
    the decoder's, and `details` are what its sentence needs; `size` is in bytes.
    """

    path: str
    reason: str
    details: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How the source was read.

    `encoding` is that of a zip's names which do not say theirs. `wrapper` is the folder around the people's folders
    (`set/set`), and empty without one. `merged` are the parts (`train`, `val`) that were taken together.
    """

    encoding: str | None = None
    wrapper: str = ""
    merged: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
