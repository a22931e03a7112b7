"""Which parts `omokage up` runs, and how each says that it is well."""

from __future__ import annotations

import http.client
import json
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.process_memory import STORAGE_VARIABLES, TOKEN_VARIABLES
from cli.up import valkey
from cli.up.process import Part
from core.settings import Settings

HOST = "127.0.0.1"
_API = "/api/v10"
_SECRETS = (*TOKEN_VARIABLES, *STORAGE_VARIABLES)


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to run.

    Args:
        settings: of the operator.
        own_broker: no OMOKAGE_BROKER_URL is set, so there is one to start.
        sandbox_port: where the sandbox listens; None: the bot goes to Discord.
        gpu_worker: whether to run one.
    """

    settings: Settings
    own_broker: bool
    sandbox_port: int | None
    gpu_worker: bool

    @property
    def environment(self) -> dict[str, str]:
        """What all parts are told."""
        told = {"OMOKAGE_DATA": str(self.settings.data), "PYTHONUNBUFFERED": "1"}
        if self.own_broker:
            told["OMOKAGE_BROKER_URL"] = valkey.broker_url(valkey.socket_path(self.settings.data))
        if self.sandbox_port is not None:
            told["OMOKAGE_DISCORD_API"] = f"http://{HOST}:{self.sandbox_port}{_API}"
            told["OMOKAGE_DISCORD_GATEWAY"] = f"ws://{HOST}:{self.sandbox_port}/gateway"
        return told


def parts_of(plan: Plan, told: Mapping[str, str]) -> list[Part]:
    """In the order in which they are started; those that need nothing of each other start together."""
    data, broker = plan.settings.data, ("valkey",) if plan.own_broker else ()
    parts = [_valkey(data, told)] if plan.own_broker else []
    if plan.sandbox_port is not None:
        parts += [_sandbox(plan.sandbox_port, told), _pictures(data, told)]
    parts += [_worker(data, queue, told, broker) for queue in ("cpu", *(["gpu"] if plan.gpu_worker else []))]
    return [*parts, _bot(data, told, (*broker, *(["sandbox"] if plan.sandbox_port is not None else [])))]


def omokage(*arguments: str) -> list[str]:
    """This very `omokage`. -P: a folder named `bot` where the user stands must not be taken for ours."""
    return [sys.executable, "-P", "-m", "cli.main", *arguments]


def free_port(wanted: int) -> int:
    """`wanted`, or another where something listens there already."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, or TIME_WAIT is in the way
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {HOST}")


def _valkey(data: Path, told: Mapping[str, str]) -> Part:
    path = valkey.socket_path(data)
    return Part(
        "valkey",
        valkey.command(data),
        told,
        withheld=_SECRETS,
        is_ready=lambda _pid: valkey.answers(path),
        turn=3,
        ready_within_s=30,
    )


def _sandbox(port: int, told: Mapping[str, str]) -> Part:
    command = omokage("sandbox", "--port", str(port))
    return Part(
        "sandbox", command, told, withheld=_SECRETS, is_ready=lambda _pid: _serves(port), turn=2, ready_within_s=60
    )


def _pictures(data: Path, told: Mapping[str, str]) -> Part:
    return Part(
        "pictures",
        omokage("starter-pictures", str(data / "starter")),
        told,
        withheld=_SECRETS,
        once=True,
        stop_within_s=1,
    )


def _worker(data: Path, queue: str, told: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    file = data / "run" / f"worker-{queue}@{socket.gethostname()}.json"
    return Part(
        f"{queue}-worker",
        omokage("worker", "--queue", queue),
        told,
        withheld=TOKEN_VARIABLES,
        is_ready=lambda pid: is_ready(file, pid),
        beat=lambda: last_beat(file),
        needs=needs,
        turn=1,
        stop_within_s=8,  # it gives its job back after five
    )


def _bot(data: Path, told: Mapping[str, str], needs: tuple[str, ...]) -> Part:
    file = data / "run" / "bot.json"
    return Part("bot", omokage("bot"), told, is_ready=lambda pid: is_ready(file, pid), needs=needs)


def is_ready(file: Path, pid: int) -> bool:
    """Whether the process itself has written that it is ready; an old file is another's."""
    said = _said(file)
    return said.get("pid") == pid and bool(said.get("ready_at"))


def last_beat(file: Path) -> float | None:
    """When the part last said that it is alive, by the wall clock."""
    beat = _said(file).get("beat_at")
    return float(beat) if isinstance(beat, int | float) else None


def _said(file: Path) -> dict[str, object]:
    try:
        said = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _serves(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1.0)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def has_own_broker(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether `up` is to bring the broker along."""
    return not any(environ.get(name, "").strip() for name in ("OMOKAGE_BROKER_URL", "OMOKAGE_BROKER_URL_FILE"))
