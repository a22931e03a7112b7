"""Where the pictures of a new data set come from: a folder or a zip file with one sub-folder a person.

Nothing of a zip is written to disk: its files are read one by one, so their paths are names and nothing else.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from core.domain.datasets import UNNAMED
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import name_key, normalise_name
from core.services.dataset_zip import ZipFiles

# One byte more than a file of the operator's may have (core.vision.decode.OPERATOR_LIMITS), so that the decoder can
# say so.
MOST_BYTES = 64 * 1024 * 1024 + 1
# What systems leave beside pictures; names that begin with a dot are left alone, too.
_NOT_MEANT = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})


class Files(Protocol):
    """A tree of files."""

    def paths(self) -> Sequence[PurePosixPath]:
        """All files, relative to the root."""
        ...

    def read(self, path: PurePosixPath, most: int) -> bytes:
        """The first `most` bytes; OSError where it cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that may be a picture of a person; `person` is a normalised name."""

    person: str
    path: PurePosixPath


@dataclass(frozen=True, slots=True)
class FolderFiles:
    """A folder of the operator's. Links to files are followed, links to folders are not: they may go in circles."""

    root: Path

    def paths(self) -> Sequence[PurePosixPath]:
        """All files, relative to the root."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        return [PurePosixPath(path.relative_to(self.root).as_posix()) for path in found]

    def read(self, path: PurePosixPath, most: int) -> bytes:
        """The first `most` bytes; OSError where it cannot be read."""
        with (self.root / path).open("rb") as file:
            return file.read(most)


@contextmanager
def opened(source: Path) -> Iterator[Files]:
    """The files of a folder or zip file.

    Raises:
        OmokageError: BAD_ARCHIVE, with a `reason`: neither a folder nor a zip file, damaged, or one that tries tricks.
    """
    if source.is_dir():
        yield FolderFiles(source)
        return
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise OmokageError(ErrorCode.BAD_ARCHIVE, reason="no-archive", file=source.name) from error
    with archive:
        yield ZipFiles(archive)


def offers(files: Files) -> list[Offer]:
    """The files in sub-folders, in the order that a data set has them: by person, then by path.

    Files beside the sub-folders belong to nobody and are left alone.

    Raises:
        OmokageError: BAD_NAME, a sub-folder is called something that no person can be called; `name`.
    """
    meant = [path for path in files.paths() if len(path.parts) > 1 and not _is_clutter(path)]
    names = {folder: _person(folder) for folder in {path.parts[0] for path in meant}}
    found = [Offer(names[path.parts[0]], path) for path in meant]
    return sorted(found, key=lambda offer: (name_key(offer.person), str(offer.path)))


def all_offers(files: Files) -> list[Offer]:
    """All files, wherever they lie, in the order of their paths: of nobody in particular."""
    return [Offer(UNNAMED, path) for path in sorted(files.paths()) if not _is_clutter(path)]


def _person(folder: str) -> str:
    try:
        return normalise_name(folder)
    except OmokageError as error:
        raise OmokageError(error.code, **error.details, name=folder) from error


def _is_clutter(path: PurePosixPath) -> bool:
    return any(part.startswith(".") or part in _NOT_MEANT for part in path.parts)
