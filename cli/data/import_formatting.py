"""Formats the report of an import as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from cli.error_texts import error_text
from cli.output.escaping import escape
from cli.output.table import table
from core.domain.data.ages import MAX_RECORDED_AGE
from core.domain.data.imports import ImportReport, LeftOut, LeftOutReason
from core.domain.errors import ErrorCode, OmokageError

_MAX_NAMES = 3  # of the files that were left out for one reason: more would not fit a line
_MAX_JSON_NAMES = 10


def report_lines(report: ImportReport) -> list[str]:
    """What was passed over, and a table of what was left out; empty where there is nothing to say."""
    lines = []
    if report.encoding is not None:
        lines.append(f"The names in the archive were read as {report.encoding}; --encoding takes another.")
    if report.wrapper:
        lines.append(f"{escape(report.wrapper)} lies around the people's folders, and is nobody's name.")
    if report.merged:
        lines.append(f"{_listed(report.merged)} were taken together.")
    if report.left_out:
        rows = [[reason, str(len(theirs)), why, _names(theirs)] for reason, why, theirs in _by_reason(report.left_out)]
        lines.append(table([["LEFT OUT", "COUNT", "WHY", "WHICH"], *rows]))
    return lines


def report_json(report: ImportReport) -> dict[str, Any]:
    """As docs/cli.md describes it."""
    return {
        "encoding": report.encoding,
        "wrapper": report.wrapper or None,
        "merged": list(report.merged),
        "left_out": [
            {
                "reason": reason,
                "count": len(theirs),
                "text": why,
                "files": [{"file": their.path, **_json_details(their)} for their in theirs[:_MAX_JSON_NAMES]],
            }
            for reason, why, theirs in _by_reason(report.left_out)
        ],
    }


def _by_reason(left_out: Iterable[LeftOut]) -> list[tuple[str, str, list[LeftOut]]]:
    """Those with one sentence together, the most first."""
    ordered = sorted(left_out, key=lambda one: (one.reason, _why(one)))
    groups = [
        (*key, sorted(theirs, key=lambda one: one.path))
        for key, theirs in groupby(ordered, key=lambda one: (str(one.reason), _why(one)))
    ]
    return sorted(groups, key=lambda group: -len(group[2]))


def _why(one: LeftOut) -> str:
    if one.reason == LeftOutReason.BAD_NAME:
        return error_text(OmokageError(ErrorCode.BAD_NAME, reason=str(one.details.get("why"))))
    return _SENTENCES.get(one.reason) or _error_sentence(one)


def _error_sentence(one: LeftOut) -> str:
    try:
        return error_text(OmokageError(ErrorCode(one.reason), **_plain(one.details)))
    except ValueError:  # a reason of a later version
        return one.reason


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    """Without what differs from file to file, which is said with its name."""
    return {name: value for name, value in details.items() if name not in _WITH_NAME}


def _names(theirs: list[LeftOut]) -> str:
    names = [their.path + _more(their) for their in theirs[:_MAX_NAMES]]
    if len(theirs) > _MAX_NAMES:
        names.append(f"and {len(theirs) - _MAX_NAMES} more")
    return ", ".join(names)


def _more(one: LeftOut) -> str:
    """The figure that belongs to the file."""
    return "".join(write(one.details[name]) for name, write in _WITH_NAME.items() if name in one.details)


def _json_details(one: LeftOut) -> dict[str, Any]:
    return {name: value for name, value in one.details.items() if name in _WITH_NAME}


def _listed(names: Iterable[str]) -> str:
    *first, last = map(escape, names)
    return f"{', '.join(first)} and {last}" if first else last


_WITH_NAME: Mapping[str, Callable[[Any], str]] = {
    "size": lambda size: f" ({size / 1e6:.1f} MB)",
    "pixels": lambda pixels: f" ({pixels / 1e6:.1f} megapixels)",
    "target": lambda target: f" -> {target}",
    "age": lambda age: f": '{age}'",
    "table": lambda table: f" in {table}",
    "line": lambda line: f", line {line}",
    "picture": lambda picture: f": {picture}",
}
_SENTENCES: Mapping[str, str] = {
    LeftOutReason.EMPTY: "the file is empty",
    LeftOutReason.UNREADABLE: "it cannot be read where it is stored",
    LeftOutReason.BESIDE: "it lies beside the people's folders",
    LeftOutReason.LINK_OUTSIDE: "the link leads out of what is imported",
    LeftOutReason.LINK_CIRCLE: "the link leads in a circle",
    LeftOutReason.LINK_TWICE: "what the link leads to is taken already",
    LeftOutReason.LINK_BROKEN: "the link leads to nothing",
    LeftOutReason.NO_AGE: "its age is not known",
    LeftOutReason.BAD_AGE: f"the age is no number from 0 to {MAX_RECORDED_AGE}",
    LeftOutReason.AGES_DIFFER: "the table has different ages or genders of it",
    LeftOutReason.NO_SUCH_PICTURE: "the table names a picture that is not there, or of which there are several",
    LeftOutReason.BAD_ROW: "the line of the table names no file",
}
