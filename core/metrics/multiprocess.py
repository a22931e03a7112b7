"""Figures of a worker whose pool processes come and go: each writes its own files, and one process reads them all."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's own


def prepare(folder: Path) -> None:
    """Let this process and its children write their figures into a folder, which is emptied.

    What a child has counted stays there when it is killed. Call it before prometheus_client is imported.

    Raises:
        RuntimeError: prometheus_client was imported already, and has decided otherwise.
        OSError: the folder cannot be written.
    """
    if "prometheus_client" in sys.modules:
        raise RuntimeError("prometheus_client was imported before core.metrics.multiprocess.prepare")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ[_VARIABLE] = str(folder)


def shared_registry() -> CollectorRegistry:
    """Return the registry that adds up the figures of all processes of this worker."""
    from prometheus_client import CollectorRegistry
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
