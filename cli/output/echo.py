"""Prints text and JSON whose names cannot control the terminal."""

from __future__ import annotations

from typing import Any

import click

from cli.output.escaping import dump_json, escape_lines


def echo(text: str, *, err: bool = False) -> None:
    """Print lines; names in them may hold what `cli.output.escaping` makes visible."""
    click.echo(escape_lines(text), err=err)


def echo_json(value: Any, indent: int | None = None) -> None:
    """Print a value as JSON; see `cli.output.escaping.dump_json`."""
    click.echo(dump_json(value, indent))
