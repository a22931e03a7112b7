"""`omokage up` in a temporary folder, for the benchmarks that need all of it."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 180.0  # the first start on a cold disk, with room
STOP_TIMEOUT_S = 30.0
# The data folder may be called anything: each start shows that no part takes these characters for those of a URL.
ODD_NAME = "data? #1 50%20::x"


@dataclass(frozen=True, slots=True)
class Running:
    """A running product: the sandbox's URL, the data folder, and the seconds of the start."""

    url: str
    data: Path
    start_s: float

    def bot_pid(self) -> int:
        """Return the bot's process id."""
        return int(json.loads((self.data / "run" / "bot.json").read_text("utf-8"))["pid"])

    def bot_rss_mb(self) -> float:
        """Return the bot's resident memory in MB (10^6 bytes); Linux only."""
        status = Path(f"/proc/{self.bot_pid()}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024 / 1e6


@contextmanager
def running(data: Path | None = None, program: Sequence[str] = ("-m", "cli.main")) -> Iterator[Running]:
    """Start the product, and stop it at the end of the block.

    Args:
        data: a folder that is kept, for a second, warm, start; None: a temporary one.
        program: arguments of Python that stand for `omokage`.
    """
    with tempfile.TemporaryDirectory(prefix="omokage-bench-", ignore_cleanup_errors=True) as folder:
        data = data or Path(folder) / ODD_NAME
        started = time.monotonic()
        command = [sys.executable, *program, "up", "--data", str(data), "--port", str(_free_port())]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            url = _wait_for_url(process)
            yield Running(url, data, time.monotonic() - started)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _wait_for_url(process: subprocess.Popen[str]) -> str:
    lines: list[str] = []
    deadline = time.monotonic() + START_TIMEOUT_S
    for line in process.stdout:
        lines.append(line)
        match = re.search(r"http://127\.0\.0\.1:\d+", line)
        if match:
            return match[0]
        if time.monotonic() > deadline:
            break
    raise RuntimeError("`omokage up` did not come up:\n" + "".join(lines[-20:]))
