"""`omokage health`: for the health checks of containers and supervisors."""

from __future__ import annotations

import socket
import time

import click

from cli.context import read_settings
from cli.exits import Fault
from cli.output.echo import echo
from core.domain.heartbeats import find_fault, read_heartbeat


@click.command(short_help="Say whether the bot or the worker of this host is alive.")
@click.argument("part", type=click.Choice(["bot", "worker"]))
@click.option("--queue", type=click.Choice(["cpu", "gpu"]), help="Look at this queue's worker only.")
def health(part: str, queue: str | None) -> None:
    """Exit status 0: PART runs on this host, is ready, and does its work. 1: it does not, and why."""
    folder = read_settings().data / "run"
    files = (
        [folder / "bot.json"]
        if part == "bot"
        else sorted(folder.glob(f"worker-{queue or '*'}@{socket.gethostname()}.json"))
    )
    fault = find_fault(part, [read_heartbeat(file) for file in files], time.time())
    if fault is not None:
        raise Fault(fault)
    echo(f"The {part} is well.")
