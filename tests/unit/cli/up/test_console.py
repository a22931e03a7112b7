"""What `up` shows of its parts' logs."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from cli.output.table import table, width
from cli.up import console
from cli.up.console import LogFile, LogFilter
from core.logs import JsonFormatter

LINES = [
    "2026-11-21 08:00:00,000 INFO worker.app: ready",
    "  more of it",
    "2026-11-21 08:00:01,000 WARNING bot.delivery.reply_poster: slow",
    "2026-11-21 08:00:02,000 ERROR worker.runner: job 5: failed",
    "Traceback (most recent call last):",
    "ZeroDivisionError",
    "2026-11-21 08:00:03,000 INFO worker.app: on it goes",
]


def test_warnings_and_worse_are_shown_with_their_tracebacks():
    chosen = LogFilter(everything=False)
    assert [line for line in LINES if chosen.shows(line)] == LINES[2:6]


def test_records_as_json_are_chosen_by_their_level():
    record = logging.LogRecord("worker.runner", logging.WARNING, "", 0, "slow", (), None)
    warning = JsonFormatter().format(record)
    record.levelno, record.levelname = logging.INFO, "INFO"
    chosen = LogFilter(everything=False)
    assert [chosen.shows(line) for line in (warning, JsonFormatter().format(record))] == [True, False]


def test_everything_is_shown_when_asked_for():
    chosen = LogFilter(everything=True)
    assert all(chosen.shows(line) for line in LINES)


def test_a_log_is_shown_once_by_whole_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    log = LogFile(tmp_path, "bot", everything=True)
    log.print_new()
    log.file.write_text("one\ntwo\nthr")
    log.print_new()
    log.print_new()
    with log.file.open("a") as file:
        file.write("ee\n")
    log.print_new()
    assert capsys.readouterr().out.splitlines() == ["bot | one", "bot | two", "bot | three"]


def test_an_old_log_is_not_shown_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "bot.log").write_text("yesterday\n")
    log = LogFile(tmp_path, "bot", everything=True)
    log.mark_start()
    with log.file.open("a") as file:
        file.write("today\n")
    log.print_new()
    assert capsys.readouterr().out == "bot | today\n"
    assert log.tail() == "  today"


def test_a_large_log_begins_anew_and_the_old_one_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(console, "_MAX_BYTES", 10)
    log = LogFile(tmp_path, "bot", everything=True)
    with log.file.open("a") as part:
        part.write("a long first line\n")
        part.flush()
        log.print_new()
        part.write("second\n")
    log.print_new()
    assert log.file.read_text() == "second\n"
    assert (tmp_path / "bot.log.1").read_text() == "a long first line\n"
    assert capsys.readouterr().out.splitlines() == ["bot | a long first line", "bot | second"]


def test_columns_align_whatever_the_script():
    lines = table([["NAME", "N"], ["美咲", "10"], ["Zoe", "7"]]).splitlines()
    assert lines == ["NAME  N", "美咲  10", "Zoe   7"]
    assert width("が") == 2
    assert width("か\u3099") == 2


def test_a_large_log_begins_anew_though_the_disk_has_no_room_for_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    # Given a log that is too large, on a disk that takes no other file
    monkeypatch.setattr(console, "_MAX_BYTES", 10)
    log = LogFile(tmp_path, "bot", everything=True)
    log.file.write_text("a line that is long\n")
    (tmp_path / "bot.log.1").mkdir()  # writing it fails
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: None)
    # When it is shown, it begins anew all the same
    log.print_new()
    assert log.file.read_text() == ""
    assert capsys.readouterr().out == "bot | a line that is long\n"
