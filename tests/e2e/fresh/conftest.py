"""One product for the files of this folder, which need a guild where nobody is named and no recogniser trained."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.helpers.running_product import Running, running


@pytest.fixture(scope="package")
def product() -> Iterator[Running]:
    """A start takes fifteen seconds of a core."""
    with running() as started:
        yield started
