"""One product for the files of this folder, in whose guild nobody is known at the start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks.helpers.running_product import ODD_NAME, Running, running
from tests.web_chat_pictures import leave_undrawn


@pytest.fixture(scope="package")
def product() -> Iterator[Running]:
    """A start takes ten seconds of a core."""
    with TemporaryDirectory(prefix="omokage-e2e-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / ODD_NAME
        leave_undrawn(data)
        with running(data) as started:
            yield started
