"""Describes this process and its host: code, libraries, cores, memory and GPUs. Nothing here loads TensorFlow."""

from __future__ import annotations

import functools
import hashlib
import os
import platform
import secrets
import shutil
import socket
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from core.domain.clock import now_utc
from core.domain.jobs import QueueName
from core.domain.workers import LIBRARIES, MAX_HOST_LENGTH, Gpu, WorkerProfile

# What a worker runs. The bot and the shell may differ without any job being done otherwise.
_PACKAGES = ("core", "worker")
_REVISION_LENGTH = 12  # hex digits: enough for two sets of sources never to be taken for one
_ROOT = Path(__file__).parents[3]
# It takes a second or two where no process holds the driver open. A worker that is stopped waits for it.
_NVIDIA_SMI_S = 5.0
_MIB = 2**20


def describe_worker(host: str | None, queue: QueueName) -> WorkerProfile:
    """Describe this process as a worker; call it once, before the pool is forked.

    Args:
        host: how the host is to be called; None: as the system calls it.
        queue: that it serves.
    """
    name = (host or socket.gethostname())[:MAX_HOST_LENGTH]
    pid = os.getpid()
    return WorkerProfile(
        id=f"{name}:{pid}:{secrets.token_hex(4)}",
        host=name,
        pid=pid,
        queue=queue,
        started_at=now_utc(),
        version=version("omokage"),
        revision=code_revision(),
        python=platform.python_version(),
        libraries=library_versions(),
        cpus=cpu_count(),
        memory=memory_bytes(),
    )


@functools.cache
def code_revision(root: Path = _ROOT) -> str:
    """Hash the sources that a worker runs: a tenth of a second, once. Omokage's version where they are no files."""
    files = sorted(file for package in _PACKAGES for file in (root / package).rglob("*.py"))
    if not files:  # within a zip file
        return version("omokage")
    digest = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        digest.update(f"{file.relative_to(root).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:_REVISION_LENGTH]


def library_versions() -> dict[str, str]:
    """Return the versions of the packages that decide what a worker answers; packages that are missing are left out."""
    # TensorFlow has another name where it is built without CUDA.
    names = {library: (library, "tensorflow-cpu") if library == "tensorflow" else (library,) for library in LIBRARIES}
    found = {library: next(filter(None, map(_version_of, packages)), None) for library, packages in names.items()}
    return {library: number for library, number in found.items() if number is not None}


def cpu_count() -> int:
    """Return how many cores this process may use; a container may limit them."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_bytes() -> int:
    """Return the host's memory; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 0


def list_nvidia_gpus() -> tuple[Gpu, ...]:
    """Ask NVIDIA's driver for its GPUs; none where it is not installed, does not answer, or says what is not known."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    command = [program, "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader,nounits"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_NVIDIA_SMI_S, check=False)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse_nvidia_smi(done.stdout) if done.returncode == 0 else ()


def parse_nvidia_smi(text: str) -> tuple[Gpu, ...]:
    """Read lines of name, driver and memory (MiB); memory that is not a number, as of some GPUs in parts, is 0."""
    rows = [[cell.strip() for cell in line.rsplit(",", 2)] for line in text.splitlines()]
    return tuple(
        Gpu(name, driver, int(memory) * _MIB if memory.isdigit() else 0)
        for name, driver, memory in (row for row in rows if len(row) == 3)
    )


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
