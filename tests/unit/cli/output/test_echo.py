"""What is printed passes one place, where control characters become visible."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.output.echo import echo, echo_json
from cli.output.table import table
from cli.up import console

CLI = Path(__file__).resolve().parents[4] / "cli"
# `data` makes each name printable where it puts it into a line.
OWN_CARE = {"echo.py", "data.py", "data_curate.py", "data_text.py"}


def prints(file: Path) -> Iterator[int]:
    """Lines in which click prints, or a value is made JSON to be printed."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"click.echo", "click.secho", "print"}:
            yield node.lineno


@pytest.mark.parametrize("file", sorted(CLI.glob("*.py")), ids=lambda file: file.name)
def test_no_command_prints_past_echo(file: Path) -> None:
    assert file.name in OWN_CARE or list(prints(file)) == []


def test_lines_and_json_hold_nothing_that_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    @click.command()
    def say() -> None:
        echo("Anna\x1b[2J\nBen")
        echo_json({"name": "\x1b\x9b\u202e"})

    assert CliRunner().invoke(say).stdout == 'Anna\\x1b[2J\nBen\n{"name": "\\u001b\\u009b\\u202e"}\n'
    console.print_line("data/\x1b]0;x\x07")
    assert capsys.readouterr().out == "data/\\x1b]0;x\\x07\n"


def test_a_cell_of_a_table_stays_in_its_column_and_on_its_line() -> None:
    assert table([["NAME", "N"], ["a\nb\x1b", "1"]]).splitlines() == ["NAME        N", "a\\x0ab\\x1b  1"]
