from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.names.encodings import likeliest_encoding

WRITTEN = [
    ("utf-8", ["花子さん/0.jpg"]),
    ("utf-8", ["Andre\u0301as/0.jpg"]),  # as a Mac writes it
    ("cp932", ["花子さん/0.jpg", "健太くん/1.jpg"]),
    ("cp932", ["ソラさん", "能代さん"]),  # their second bytes are backslashes
    ("cp932", ["檸檬"]),  # rare kanji
    ("cp932", ["凜/澪.jpg"]),
    ("cp932", ["田中A子/a.jpg"]),
    ("cp932", ["ﾊﾅｺ/写真.jpg"]),
    ("cp932", ["家族（2023）/佐藤 花子/IMG_1.jpg"]),
    ("euc-kr", ["김철수/1.jpg", "이영희"]),
    ("gbk", ["张伟/1.jpg", "李娜/2.jpg"]),
    ("big5", ["陳大文", "林志玲"]),
    ("cp437", ["André/a.jpg", "Joël"]),
    ("cp437", ["Müller", "Björn", "Åsa"]),
    ("cp850", ["Zoë", "João", "Ødegård"]),
    ("cp1252", ["André/a.jpg"]),
    ("cp1252", ["Besançon été", "Éva"]),
    ("cp852", ["Łukasz", "Dvořák"]),
    ("cp1250", ["Łukasz", "Dvořák"]),
    ("cp866", ["Анна/1.jpg", "Борис"]),
    ("cp1251", ["Наталья Иванова"]),
]


@pytest.mark.parametrize(("encoding", "names"), WRITTEN)
def test_names_are_read_as_they_were_written(encoding: str, names: list[str]) -> None:
    raw = [name.encode(encoding) for name in names]
    assert [name.decode(likeliest_encoding(raw)) for name in raw] == names


def test_one_name_that_is_not_valid_rules_an_encoding_out_for_all() -> None:
    # Given names in Western European code page 850, of which cp932 takes the first
    alone, other = "Joël".encode("cp850"), "Zoë".encode("cp850")
    assert b"Jo\x89l".decode("cp932") == "Jo瑛"
    # Then all of them are taken for what only the other can be
    assert likeliest_encoding([alone, other]) == "cp437"


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6))
def test_any_bytes_have_an_encoding_in_which_all_are_valid(names: list[bytes]) -> None:
    encoding = likeliest_encoding(names)
    assert all(name.decode(encoding) for name in names)
