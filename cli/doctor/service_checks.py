"""Checks of the broker, the database, the running processes and Discord."""

from __future__ import annotations

import json
import tempfile
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path

from cli.context import first_line, open_services
from cli.doctor.findings import Finding, fault, ok, remark
from cli.exits import Fault
from cli.setup import application_id
from cli.up import valkey
from cli.up.services import has_own_broker
from core.domain.heartbeats import find_fault, read_heartbeat
from core.settings import Settings

_DISCORD = "https://discord.com/api/v10"
_TIMEOUT_S = 5.0
_FORGOTTEN_S = 600.0


def check_broker(settings: Settings) -> Finding:
    """Ours, or the operator's Redis."""
    if has_own_broker():
        return _own_broker(settings.data)
    import redis  # a tenth of a second
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    from worker.queue import redis_url

    client = redis.Redis.from_url(
        redis_url(settings.broker_url),
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
    try:
        memory = client.info("memory")
        server = client.info("server")
    except (redis.RedisError, OSError) as error:
        return fault("broker", f"OMOKAGE_BROKER_URL: {first_line(error)}")
    finally:
        client.close()
    policy = str(memory.get("maxmemory_policy"))
    shown = f"{server.get('server_name', 'redis')} {server.get('valkey_version') or server.get('redis_version')}"
    if policy != "noeviction":
        return fault("broker", f"{shown} drops messages when it is full ({policy}); set maxmemory-policy noeviction")
    return ok("broker", shown)


def check_database(settings: Settings) -> Finding:
    """It opens, has this version's tables, and can be written to; one that is not there yet can be made."""
    scheme, _, path = settings.database_url.partition(":///")
    if scheme == "sqlite" and path and not Path(path).exists():
        return _new_database(Path(path))
    try:
        with open_services(settings) as services, services.database.write() as connection:
            kind = f"{services.engine.dialect.name} {'.'.join(map(str, connection.dialect.server_version_info or ()))}"
    except Fault as error:
        return fault("database", error.message)
    except Exception as error:  # noqa: BLE001 - whatever the driver raises, the operator wants to read it
        return fault("database", first_line(error))
    return ok("database", kind.strip())


def check_token(settings: Settings) -> Finding:
    """Discord knows it; without one there is the sandbox."""
    if settings.token is None:
        return remark("token", "DISCORD_TOKEN is not set, so `omokage up` brings a sandbox; see `omokage setup`")
    if settings.discord_api is None and application_id(settings.token) is None:
        return fault("token", "DISCORD_TOKEN is not a bot's token; copy it again from your application's page")
    request = urllib.request.Request(  # noqa: S310 - Settings lets only http and https through
        f"{settings.discord_api or _DISCORD}/users/@me",
        headers={
            "Authorization": f"Bot {settings.token}",
            "User-Agent": f"DiscordBot (omokage, {version('omokage')})",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            return ok("token", f"Discord knows it as {json.load(answer)['username']}")
    except urllib.error.HTTPError as error:
        if error.code == 401:
            return fault("token", "Discord does not know this DISCORD_TOKEN; `omokage setup` says how to get one")
        return remark("token", f"Discord answered {error.code}; try again later")
    except (OSError, ValueError, KeyError) as error:
        return fault("token", f"Discord cannot be reached: {first_line(error)}")


def check_running(settings: Settings) -> Finding:
    """What runs on this data folder now, and whether it is well; what was killed long ago runs no more."""
    folder = settings.data / "run"
    files = [*sorted(folder.glob("*@*.json")), folder / "bot.json"]
    heartbeats = {file.stem: read_heartbeat(file) for file in files}
    running = {name: beat for name, beat in heartbeats.items() if beat is not None and _is_recent(beat)}
    if not running:
        return remark("running", "nothing runs on this data folder now")
    faults = (find_fault(name, [beat], time.time()) for name, beat in running.items())
    first_fault = next((text for text in faults if text is not None), None)
    return ok("running", ", ".join(running)) if first_fault is None else fault("running", first_fault)


def _is_recent(heartbeat: dict[str, object]) -> bool:
    at = heartbeat.get("beat_at")
    return isinstance(at, int | float) and time.time() - at < _FORGOTTEN_S


def _new_database(path: Path) -> Finding:
    folder = next(parent for parent in path.parents if parent.exists())
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        return fault("database", f"{path} cannot be made: {error.strerror}")
    return ok("database", f"none yet; the first start makes {path}")


def _own_broker(data: Path) -> Finding:
    try:
        valkey.command(data)
    except valkey.BrokerError as error:
        return fault("broker", str(error))
    if valkey.answers(valkey.socket_path(data)):
        return ok("broker", "the one of `omokage up`, running")
    return ok("broker", "`omokage up` brings it along")
