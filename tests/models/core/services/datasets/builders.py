"""Builders of imported data sets."""

from __future__ import annotations

from pathlib import Path

from core.bootstrap import Services
from core.domain.data.datasets import Dataset
from core.services.datasets.builder import PictureFileReader
from core.services.datasets.importing import import_folder

GUILD = 7


def imported(services: Services, reader: PictureFileReader, source: Path, called: str = "family") -> Dataset:
    """Import a folder with people's names and return the version."""
    return import_folder(services.dataset_storage, source, GUILD, called, 41, load=lambda: reader)[0]


def never() -> PictureFileReader:
    """Fail the test where the networks are loaded."""
    raise AssertionError("the networks were loaded")
