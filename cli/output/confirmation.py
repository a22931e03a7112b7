"""Asks for confirmation before something is deleted."""

from __future__ import annotations

import sys

import click

from cli.exits import BadSetting, Fault
from cli.output.escaping import escape

yes_option = click.option("--yes", is_flag=True, help="Do not ask.")


def confirm(question: str, *, yes: bool) -> None:
    """Return if somebody says yes, in a terminal or beforehand.

    Raises:
        BadSetting: there is nobody to ask.
        Fault: the answer is no.
    """
    if yes:
        return
    if not is_interactive():
        raise BadSetting(f"{escape(question)} Nobody can be asked here; say so with --yes.")
    if not click.confirm(escape(question), err=True):
        raise Fault("Nothing was changed.")


def is_interactive() -> bool:
    """Whether standard input is a terminal."""
    return sys.stdin.isatty()
