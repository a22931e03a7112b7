"""Formats a curation as text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cli.output.escaping import escape
from cli.output.table import table
from core.domain.data.curation import CuratedPicture, Curation, Reason

_WHY: Mapping[Reason, str] = {
    Reason.UNREADABLE: "damaged, or no picture",
    Reason.NO_SUBJECT: "it does not show what is looked for",
    Reason.TINY: "too few pixels",
    Reason.BLURRED: "blurred, or enlarged from a tiny one",
    Reason.TEXT: "letters lie over it",
    Reason.COPY: "the same as one that is kept",
    Reason.BY_HAND: "you said so",
}


def curation_lines(title: str, curation: Curation, out: Path | None) -> list[str]:
    """How many were kept, and why the others were not."""
    kept, dropped = len(curation.kept), len(curation.dropped)
    pictures = "1 picture" if kept + dropped == 1 else f"{kept + dropped} pictures"
    lines = [f"{escape(title)}: {pictures}, {kept} kept, {dropped} left out"]
    if dropped:
        rows = [[reason.value, str(count), _WHY[reason]] for reason, count in curation.counts.items()]
        lines += ["", table([["REASON", "PICTURES", "WHY"], *rows])]
    if out is not None:
        lines += [
            "",
            f"In {escape(str(out))}: kept/ has what is kept, dropped.png shows what is not, curation.json says why.",
        ]
    return lines


def caption(judged: CuratedPicture) -> str:
    """A few words below a picture on a contact sheet."""
    measures, reason = judged.measures, judged.reason
    if reason is None or measures is None:
        return escape(Path(judged.source).name) if reason is None else reason.value
    figure = {
        Reason.NO_SUBJECT: f" {measures.subject:.2f}",
        Reason.TINY: f" {measures.face or measures.side:.0f}",
        Reason.BLURRED: f" {measures.detail:.2f}",
        Reason.TEXT: f" {measures.text:.2f}",
    }
    return reason.value + figure.get(reason, "")
