"""The command line as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cli.main import COMMANDS, omokage

ROOT = Path(__file__).resolve().parents[3]


def test_help_lists_every_command_that_is_not_hidden():
    shown = CliRunner().invoke(omokage, ["--help"]).output
    assert all((entry.help in shown) is not entry.hidden for entry in COMMANDS.values())


def test_help_imports_nothing_heavy():
    heavy = {"celery", "discord", "aiohttp", "sqlalchemy", "numpy", "tensorflow", "redis", "asyncio"}
    code = (
        "import sys; from cli.main import omokage\n"
        "omokage.main(['--help'], standalone_mode=False)\n"
        f"print('heavy:', sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "heavy: []"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_where_the_table_says_and_is_described_as_there(name: str):
    command = omokage.get_command(click.Context(omokage), name)
    assert command is not None
    assert command.name == name
    assert command.short_help == COMMANDS[name].help
    assert command.hidden is COMMANDS[name].hidden


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_says_what_it_is_for(name: str):
    command = omokage.get_command(click.Context(omokage), name)
    assert command is not None
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_every_command_is_in_the_manual():
    manual = (ROOT / "docs" / "cli.md").read_text("utf-8")
    for name, entry in COMMANDS.items():
        assert (f"omokage {name}" in manual) is not entry.hidden, name


def omokage_status(*arguments: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        capture_output=True, text=True, check=False, cwd=ROOT, env={"PATH": "/usr/bin", **environment},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_a_wrong_command_line_is_status_2():
    assert omokage_status("clasify")[0] == 2
    assert omokage_status("worker", "--queue", "tpu")[0] == 2


def test_a_wrong_setting_is_status_2_and_one_sentence():
    status, said = omokage_status("people", "list", OMOKAGE_DATABASE_URL="mysql://x")
    assert status == 2
    assert said == "Error: OMOKAGE_DATABASE_URL must begin with sqlite:/// or postgresql://\n"


def test_a_fault_is_status_1_and_one_sentence():
    status, said = omokage_status("people", "list", OMOKAGE_DATA="/proc/nowhere")
    assert status == 1
    assert said.startswith("Error: The storage in /proc/nowhere cannot be opened: ")
    assert len(said.splitlines()) == 1
