"""Which processes `omokage up` runs, and how it is seen that each is well."""

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
from cli.up.process import ProcessSpec
from core.settings import Settings

HOST = "127.0.0.1"
_API = "/api/v10"
_SECRETS = (*TOKEN_VARIABLES, *STORAGE_VARIABLES)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be run.

    Args:
        settings: the operator's.
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
        """The variables that all processes get."""
        environment = {"OMOKAGE_DATA": str(self.settings.data), "PYTHONUNBUFFERED": "1"}
        if self.own_broker:
            environment["OMOKAGE_BROKER_URL"] = valkey.broker_url(valkey.socket_path(self.settings.data))
        if self.sandbox_port is not None:
            environment["OMOKAGE_DISCORD_API"] = f"http://{HOST}:{self.sandbox_port}{_API}"
            environment["OMOKAGE_DISCORD_GATEWAY"] = f"ws://{HOST}:{self.sandbox_port}/gateway"
        return environment


def process_specs(plan: Plan, environment: Mapping[str, str]) -> list[ProcessSpec]:
    """Return the processes in the order in which they are started; independent ones start together."""
    data, broker = plan.settings.data, ("valkey",) if plan.own_broker else ()
    specs = [_valkey(data, environment)] if plan.own_broker else []
    if plan.sandbox_port is not None:
        specs += [_sandbox(plan.sandbox_port, environment), _pictures(data, environment)]
    specs += [_worker(data, queue, environment, broker) for queue in ("cpu", *(["gpu"] if plan.gpu_worker else []))]
    return [*specs, _bot(data, environment, (*broker, *(["sandbox"] if plan.sandbox_port is not None else [])))]


def omokage(*arguments: str) -> list[str]:
    """Return the command line of this very `omokage`."""
    # -P: a folder `bot` in the working directory must not be imported.
    return [sys.executable, "-P", "-m", "cli.main", *arguments]


def free_port(preferred: int) -> int:
    """Return `preferred`, or another free port where something listens there already."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do, or TIME_WAIT is in the way
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError(f"no free port on {HOST}")


def _valkey(data: Path, environment: Mapping[str, str]) -> ProcessSpec:
    path = valkey.socket_path(data)
    return ProcessSpec(
        "valkey",
        valkey.command(data),
        environment,
        withheld=_SECRETS,
        is_ready=lambda _pid: valkey.answers(path),
        stop_order=3,
        ready_timeout_s=30,
    )


def _sandbox(port: int, environment: Mapping[str, str]) -> ProcessSpec:
    command = omokage("sandbox", "--port", str(port))
    return ProcessSpec(
        "sandbox",
        command,
        environment,
        withheld=_SECRETS,
        is_ready=lambda _pid: _answers_http(port),
        stop_order=2,
        ready_timeout_s=60,
    )


def _pictures(data: Path, environment: Mapping[str, str]) -> ProcessSpec:
    return ProcessSpec(
        "pictures",
        omokage("starter-pictures", str(data / "starter")),
        environment,
        withheld=_SECRETS,
        once=True,
        stop_timeout_s=1,
    )


def _worker(data: Path, queue: str, environment: Mapping[str, str], needs: tuple[str, ...]) -> ProcessSpec:
    file = data / "run" / f"worker-{queue}@{socket.gethostname()}.json"
    return ProcessSpec(
        f"{queue}-worker",
        omokage("worker", "--queue", queue),
        environment,
        withheld=TOKEN_VARIABLES,
        is_ready=lambda pid: is_ready(file, pid),
        heartbeat=lambda: last_heartbeat(file),
        needs=needs,
        stop_order=1,
        stop_timeout_s=8,  # it gives its job back after five
    )


def _bot(data: Path, environment: Mapping[str, str], needs: tuple[str, ...]) -> ProcessSpec:
    file = data / "run" / "bot.json"
    return ProcessSpec("bot", omokage("bot"), environment, is_ready=lambda pid: is_ready(file, pid), needs=needs)


def is_ready(file: Path, pid: int) -> bool:
    """Whether the process itself has written that it is ready; a file of another process does not count."""
    status = _read_status(file)
    return status.get("pid") == pid and bool(status.get("ready_at"))


def last_heartbeat(file: Path) -> float | None:
    """Return the time of the last heartbeat by the wall clock, None without one."""
    heartbeat = _read_status(file).get("beat_at")
    return float(heartbeat) if isinstance(heartbeat, int | float) else None


def _read_status(file: Path) -> dict[str, object]:
    try:
        status = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return status if isinstance(status, dict) else {}


def _answers_http(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=1.0)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def has_own_broker(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether `up` starts its own broker."""
    return not any(environ.get(name, "").strip() for name in ("OMOKAGE_BROKER_URL", "OMOKAGE_BROKER_URL_FILE"))
