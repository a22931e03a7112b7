"""Exit statuses of the commands, and the exceptions that end a command with one."""

from __future__ import annotations

import click

OK = 0
FAULT = 1  # something was not done, or `doctor` and `health` found a fault
USAGE = 2  # the command line or a setting cannot be right; click's own number for it
INTERRUPTED = 130  # Ctrl-C


class Fault(click.ClickException):
    """Something was not done; exit status 1."""

    exit_code = FAULT


class BadSetting(click.ClickException):
    """An environment variable or an option cannot be right; exit status 2."""

    exit_code = USAGE
