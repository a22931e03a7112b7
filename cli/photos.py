"""Reads and classifies the photos that are named on a command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.context import first_line
from cli.error_texts import error_text
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from core.domain.classification import ClassifyOutcome
    from core.services.recognition.service import ClassifyService

# Bytes that are read at most: one more than a photo may have (core.vision.decoding.decode), so that the decoder
# refuses. The first number is the chat's, for jobs that a worker could do as well; the other the operator's.
MAX_BYTES = 10 * 1024 * 1024 + 1
OPERATOR_MAX_BYTES = 64 * 1024 * 1024 + 1


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """One photo: either the `outcome` and the file's `data`, or the `error` that kept it from being classified."""

    name: str
    outcome: ClassifyOutcome | None = None
    data: bytes = b""
    error: str | None = None


def classify_photos(
    classifier: ClassifyService, names: Sequence[str], guild: int, estimate_ages: bool = False
) -> Iterator[PhotoResult]:
    """Classify one photo after the other; an error of one does not stop the rest."""
    for name in names:
        try:
            data = read_photo(name, OPERATOR_MAX_BYTES)
            yield PhotoResult(name, classifier.classify_photo(data, guild, estimate_ages=estimate_ages), data)
        except OmokageError as error:
            yield PhotoResult(name, error=error_text(error))
        except OSError as error:
            yield PhotoResult(name, error=error.strerror or first_line(error))


def read_photo(name: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the first `max_bytes` of a file, which may be no photo at all.

    Raises:
        OSError: the file cannot be read.
        OmokageError: NOT_AN_IMAGE, the path is no file (a device could be endless).
    """
    path = Path(name)
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OmokageError(ErrorCode.NOT_AN_IMAGE)
    with path.open("rb") as file:
        return file.read(max_bytes)
