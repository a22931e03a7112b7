"""Time and memory to import 7,126 crops of 40 people, to open them again, and to map them into memory.

`python -m benchmarks importing`; needs the developers' faces. About five minutes.
"""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from typing import TypeVar

from benchmarks.helpers.report import Figures, shared_data
from core.bootstrap import build
from core.services.datasets.importing import import_folder
from core.settings import Settings
from core.vision.views import Framing, View

R = TypeVar("R")
VIEW = View(Framing.ALIGNED, 96)


def run() -> Figures:
    """Seconds, pictures a second, megabytes."""
    source = shared_data("identity")
    with tempfile.TemporaryDirectory() as folder:
        services = build(Settings.from_env({"OMOKAGE_DATA": folder}), lambda *_: None)
        spent = _spent()
        took, (dataset, _) = _timed(lambda: import_folder(services.dataset_storage, source, 0, "identity", 0))
        spent = _spent() - spent
        again, _ = _timed(lambda: import_folder(services.dataset_storage, source, 0, "identity", 0))
        opened, reader = _timed(lambda: services.dataset_storage.open(dataset))
        rendered, _ = _timed(lambda: reader.images(VIEW))
        mapped, _ = _timed(lambda: reader.images(VIEW))
        services.close()
    return {
        "pictures": dataset.pictures,
        "without a face": dataset.without_face,
        "copies noticed": dataset.findings.alike,
        "import: s": took,
        "import: s of processor time": spent,
        "import: pictures a second": dataset.pictures / took,
        "the same again: s": again,
        "opened: s": opened,
        f"first look at all pictures in {VIEW.key}: s": rendered,
        "another look: ms": 1000 * mapped,
        "shards: MB": sum(shard.size for shard in dataset.shards) / 1e6,
        "peak memory: MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
    }


def _timed(call: Callable[[], R]) -> tuple[float, R]:
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def _spent() -> float:
    """Of this process; the decoder's, 2 ms a picture, comes on top when it has ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
