from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.services.moving.cells import Row, escape, read_table, unescape, write_table

_TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"])
def test_what_a_spreadsheet_would_calculate_is_text_in_the_file(text: str) -> None:
    assert escape(text) == "'" + text
    assert unescape(escape(text)) == text


@given(_TEXTS)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    table = write_table(("a", "b"), [{"a": escape(text), "b": "1"}])
    (row,) = read_table("a.csv", table, ("a", "b"))
    assert row.text("a", 80) == text
    cell = next(csv.DictReader(io.StringIO(table.decode(), newline="")))["a"]
    assert not cell.startswith(("=", "+", "-", "@"))


@given(st.floats(-1e6, 1e6))
def test_any_number_comes_back_to_the_last_bit(number: float) -> None:
    assert Row("a.csv", 2, {"x": repr(number)}).number("x") == number


@pytest.mark.parametrize("cell", ["", "nan", "inf", "-inf", "1e999", "1e7", "a", "1,5", "0x10", "1\0"])
def test_what_is_no_number_of_pixels_is_refused_with_its_line_and_column(cell: str) -> None:
    with pytest.raises(OmokageError) as caught:
        Row("faces.csv", 7, {"x": cell}).number("x")
    assert caught.value.code is ErrorCode.BAD_EXPORT
    assert caught.value.details == {"reason": "cell", "file": "faces.csv", "line": 7, "column": "x"}


@pytest.mark.parametrize("cell", ["", "-1", "1.0", "²", "٣", "9" * 5000, "9223372036854775808"])
def test_what_is_no_member_is_refused(cell: str) -> None:
    with pytest.raises(OmokageError):
        Row("faces.csv", 7, {"by": cell}).whole("by", 2**63 - 1)


@pytest.mark.parametrize("cell", ["", "yesterday", "2026-11-21T12:00:00", "2026-11-25T12:00:00+00:00", "9999-99-99"])
def test_what_is_no_time_until_now_is_refused(cell: str) -> None:
    with pytest.raises(OmokageError):
        Row("people.csv", 2, {"since": cell}).time("since", datetime(2026, 11, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"a,b\n1\n",
        b"a,b\n1,2,3\n",
        b"a,a\n1,2\n",
        b"b\n1\n",
        b"",
        b'a,b\n"1"x,2\n',
        b"a,b\n" + b"1" * 200_000 + b",2\n",
    ],
)
def test_what_is_no_table_of_these_columns_is_refused(data: bytes) -> None:
    with pytest.raises(OmokageError) as caught:
        list(read_table("a.csv", data, ("a", "b")))
    assert caught.value.code is ErrorCode.BAD_EXPORT


@given(st.binary(max_size=200))
def test_whatever_bytes_a_table_has_the_answer_is_rows_or_a_refusal(data: bytes) -> None:
    with suppress(OmokageError):  # anything else that is raised fails the test
        list(read_table("a.csv", b"a,b\n" + data, ("a", "b")))
