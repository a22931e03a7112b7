from __future__ import annotations

import json
import os
import unicodedata

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import main as entry
from cli.exits import Fault
from cli.output.escaping import dump_json, escape, escape_lines
from cli.output.table import table

ANYTHING = st.text(st.characters(exclude_categories=[]))  # lone surrogates, too


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b]0;owned\x07.jpg", r"\x1b]0;owned\x07.jpg"),
        ("two\nlines\tand\rmore", r"two\x0alines\x09and\x0dmore"),
        ("8-bit CSI \x9b31m", r"8-bit CSI \x9b31m"),
        ("photo\u202egpj.exe", r"photo\u202egpj.exe"),
        (os.fsdecode(b"caf\xe9.jpg"), r"caf\xe9.jpg"),
        ("\ud83d alone", r"\ud83d alone"),
        ("line\u2028separator", r"line\u2028separator"),
        ("花子さん 😀 می‌خواهم", "花子さん 😀 می‌خواهم"),
    ],
)
def test_what_a_terminal_would_obey_or_cannot_show_becomes_visible(raw: str, shown: str) -> None:
    assert escape(raw) == shown


@given(ANYTHING)
def test_any_text_can_be_printed_on_one_line_and_twice_is_the_same(text: str) -> None:
    shown = escape(text)
    shown.encode("utf-8")
    assert not any(unicodedata.category(letter) == "Cc" for letter in shown)
    assert escape(shown) == shown


def test_a_text_of_several_lines_keeps_its_lines() -> None:
    assert escape_lines("a\x1b[2J\nb") == "a\\x1b[2J\nb"


@given(st.dictionaries(ANYTHING, ANYTHING, max_size=3))
def test_any_value_is_json_that_holds_no_raw_control_character_or_surrogate(value: dict[str, str]) -> None:
    text = dump_json(value)
    text.encode("utf-8")
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text)
    assert not any(
        unicodedata.category(letter) == "Cs" for key, item in json.loads(text).items() for letter in key + item
    )


def test_json_keeps_control_characters_and_letters_and_shows_bytes() -> None:
    value = {"花子": "\x1b]0;x\x9b\u202e", "file": os.fsdecode(b"caf\xe9.jpg")}
    assert "花子" in dump_json(value)
    assert json.loads(dump_json(value, indent=2)) == {"花子": "\x1b]0;x\x9b\u202e", "file": "caf\\xe9.jpg"}


def test_a_table_is_aligned_by_what_is_shown() -> None:
    assert table([["NAME", "PICTURES"], ["\x1b[2J", "1"]]) == "NAME     PICTURES\n\\x1b[2J  1"


def test_the_sentence_that_a_command_ends_with_is_printed_without_control_characters(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def failing() -> None:
        raise Fault("\x1b]0;owned\x07 and " + os.fsdecode(b"caf\xe9") + ":\nsecond line")

    monkeypatch.setattr(entry, "omokage", failing)
    monkeypatch.setattr("sys.argv", ["omokage"])
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err == "Error: \\x1b]0;owned\\x07 and caf\\xe9:\nsecond line\n"
