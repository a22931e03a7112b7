"""`omokage health`: for the health checks of containers and supervisors."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import click

from cli.context import read_settings
from cli.exits import Fault
from cli.output.echo import echo

FRESH_S = 15.0  # beats come every two seconds
IDLE_S = 20.0  # as the worker's own watchdog has it


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


def read_heartbeat(file: Path) -> dict[str, object] | None:
    """What a part last wrote; None: nothing, or half of it."""
    try:
        heartbeat = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return heartbeat if isinstance(heartbeat, dict) else None


def find_fault(part: str, heartbeats: Sequence[dict[str, object] | None], now: float) -> str | None:
    """What is wrong with the part that wrote these; every one of them must be well."""
    known = [heartbeat for heartbeat in heartbeats if heartbeat is not None]
    if not known:
        return f"No {part} runs on this host, or it is not ready yet."
    faults = (_fault_of(part, heartbeat, now) for heartbeat in known)
    return next((fault for fault in faults if fault is not None), None)


def _fault_of(part: str, heartbeat: dict[str, object], now: float) -> str | None:
    age = now - _seconds(heartbeat.get("beat_at"))
    if age > FRESH_S:
        return f"The {part} gave no sign of life for {age:.0f} s."
    if not heartbeat.get("ready_at"):
        return f"The {part} is not ready yet."
    idle = _seconds(heartbeat.get("idle_s"))
    if idle >= IDLE_S:
        return f"The {part} has taken nothing from a queue with work in it for {idle:.0f} s."
    return None


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
