from __future__ import annotations

import os

from cli.data.import_formatting import report_json, report_lines
from core.domain.data.imports import ImportReport, LeftOut, LeftOutReason

MEGABYTES = LeftOut("a/big.jpg", "too-large", {"size": 13_400_000, "limit": 10_485_760})


def test_where_nothing_was_passed_over_there_is_nothing_to_say() -> None:
    assert report_lines(ImportReport()) == []
    assert report_json(ImportReport()) == {"encoding": None, "wrapper": None, "merged": [], "left_out": []}


def test_what_was_made_of_the_source_is_said_first() -> None:
    assert report_lines(ImportReport("cp932", "set/set", ("test", "train", "val"))) == [
        "The names in the archive were read as cp932; --encoding takes another.",
        "set/set lies around the people's folders, and is nobody's name.",
        "test, train and val were taken together.",
    ]


def test_what_was_left_out_is_a_table_with_reasons_counts_and_the_first_names() -> None:
    texts = [LeftOut(f"a/{number}.txt", "not-an-image") for number in range(5)]
    cameras = [MEGABYTES, LeftOut("b.jpg", "too-many-pixels", {"pixels": 108_000_000, "limit": 25_000_000})]
    links = [LeftOut("set/a", LeftOutReason.LINK_OUTSIDE, {"target": "/etc"})]
    (lines,) = report_lines(ImportReport(left_out=(*cameras, *texts, *links)))
    assert [line.split("  ")[0] for line in lines.splitlines()] == [
        "LEFT OUT",
        "not-an-image",
        "link-outside",
        "too-large",
        "too-many-pixels",
    ]
    assert "5      not a JPEG, PNG, WebP or GIF picture" in lines
    assert lines.splitlines()[1].endswith("a/0.txt, a/1.txt, a/2.txt, and 2 more")
    assert "a/big.jpg (13.4 MB)" in lines
    assert "b.jpg (108.0 megapixels)" in lines
    assert "set/a -> /etc" in lines


def test_every_reason_has_its_sentence() -> None:
    bad_names = [LeftOut("x", LeftOutReason.BAD_NAME, {"why": why}) for why in ("long", "mention")]
    others = [LeftOut("x", reason) for reason in LeftOutReason if reason is not LeftOutReason.BAD_NAME]
    texts = [one["text"] for one in report_json(ImportReport(left_out=(*others, *bad_names)))["left_out"]]
    assert len(set(texts)) == len(LeftOutReason) + 1
    assert not set(texts) & set(LeftOutReason)


def test_a_reason_of_a_later_version_is_shown_by_its_code() -> None:
    assert report_json(ImportReport(left_out=(LeftOut("x", "too-blue"),)))["left_out"][0]["text"] == "too-blue"


def test_json_has_the_first_names_and_what_belongs_to_them() -> None:
    texts = [LeftOut(f"{number:02d}.txt", "not-an-image") for number in range(12)]
    many, large = report_json(ImportReport(left_out=(MEGABYTES, *texts)))["left_out"]
    assert (many["count"], len(many["files"]), many["files"][0]) == (12, 10, {"file": "00.txt"})
    assert large["files"] == [{"file": "a/big.jpg", "size": 13_400_000}]


def test_names_cannot_command_the_terminal() -> None:
    hostile = "\x1b]0;owned\x07" + os.fsdecode(b"caf\xe9")
    left_out = (LeftOut(hostile, LeftOutReason.LINK_BROKEN, {"target": hostile}),)
    lines = report_lines(ImportReport("utf-8", hostile, (hostile, "val"), left_out))
    assert not any("\x1b" in line for line in lines)
    assert all(r"\x1b]0;owned\x07caf\xe9" in line for line in lines[1:])
    "\n".join(lines).encode()
