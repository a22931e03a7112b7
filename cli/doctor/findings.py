"""The result of one check of `omokage doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is. A remark is worth knowing and nothing to mend."""

    OK = "ok"
    REMARK = "remark"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, and what to do about it."""

    name: str
    state: State
    text: str


def ok(name: str, text: str) -> Finding:
    """As it should be."""
    return Finding(name, State.OK, text)


def remark(name: str, text: str) -> Finding:
    """Works, but somebody may wonder."""
    return Finding(name, State.REMARK, text)


def fault(name: str, text: str) -> Finding:
    """Has to be mended."""
    return Finding(name, State.FAULT, text)
