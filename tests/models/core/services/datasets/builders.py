"""What the tests of data sets share."""

from __future__ import annotations

from pathlib import Path

from core.bootstrap import Services
from core.domain.data.datasets import Dataset
from core.services.datasets.builder import PictureFileReader
from core.services.datasets.importing import import_folder

GUILD = 7


def imported(services: Services, reader: PictureFileReader, source: Path, called: str = "family") -> Dataset:
    """A version with names."""
    return import_folder(services.dataset_storage, source, GUILD, called, 41, load=lambda: reader)[0]


def never() -> PictureFileReader:
    """For what must be done without the networks."""
    raise AssertionError("the networks were loaded")
