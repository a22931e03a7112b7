"""One product for the files of this folder, which train recognisers, each on data sets and people of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from core.starter.folder import INDEX, STAMP, VERSION

from benchmarks.running import ODD_NAME, Running, running


@pytest.fixture(scope="package")
def product() -> Iterator[Running]:
    """A start takes ten seconds of a core."""
    with TemporaryDirectory(prefix="omokage-e2e-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / ODD_NAME
        without_pictures(data / "starter")
        with running(data) as started:
            yield started


def without_pictures(folder: Path) -> None:
    """Look as if the pictures of the web chat were drawn: eight seconds of a core, and these tests bring their own."""
    folder.mkdir(parents=True)
    (folder / INDEX).write_text("[]", "utf-8")
    (folder / STAMP).write_text(f"{VERSION} 2 True 512", "utf-8")
