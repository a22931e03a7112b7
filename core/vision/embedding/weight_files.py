"""Weights that come inside other projects' packages, which are never imported."""

from __future__ import annotations

import importlib.util
from pathlib import Path


class WeightFileError(ValueError):
    """The file is not the expected network: foreign, truncated or of another architecture."""


def installed_file(package: str, file: str) -> Path:
    """Return the path of a file in an installed package.

    Raises:
        WeightFileError: the package is not installed.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        name = package.replace("_", "-")
        raise WeightFileError(f"the package {name}, which carries the weights, is not installed")
    return Path(spec.origin).parent / file


def read_weight_file(path: Path) -> bytes:
    """Return the bytes of a file of weights.

    Raises:
        WeightFileError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise WeightFileError(f"{path.name} cannot be read: {error.strerror}") from error
