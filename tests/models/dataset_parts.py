"""What the tests of data sets share."""

from __future__ import annotations

from pathlib import Path

from core.bootstrap import Services
from core.domain.data.datasets import Dataset
from core.services.datasets.builder import Reader
from core.services.datasets.importing import import_folder

GUILD = 7


def imported(services: Services, reader: Reader, source: Path, called: str = "family") -> Dataset:
    """A version with names."""
    return import_folder(services.dataset_storage, source, GUILD, called, 41, load=lambda: reader)[0]


def never() -> Reader:
    """For what must be done without the networks."""
    raise AssertionError("the networks were loaded")
