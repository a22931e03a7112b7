"""Sources of a new data set: a folder or a zip file with one sub-folder for each person.

Nothing of a zip is written to disk: its files are read one by one, and their paths are used as names only.
"""

from __future__ import annotations

import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Protocol

from core.domain.data.datasets import UNNAMED
from core.domain.data.imports import ImportReport, LeftOut, LeftOutReason
from core.domain.data.picture_files import SNIFFED_BYTES, is_clutter, is_other_name, is_picture, is_picture_name
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import name_key, person_name
from core.domain.training.presets import bad_option
from core.services.datasets.archives import ZipFiles
from core.services.datasets.export_index import INDEX, MAX_INDEX_BYTES, people_in_index
from core.services.datasets.folder_files import FolderFiles
from core.services.datasets.people_folders import Folder, build_tree, find_people

# One byte more than a file of the operator's may have (core.vision.decoding.decode.OPERATOR_LIMITS), so that the
# decoder refuses.
MAX_BYTES = 64 * 1024 * 1024 + 1


class Files(Protocol):
    """A tree of files."""

    @property
    def name(self) -> str:
        """The name of the folder or archive."""
        ...

    @property
    def encoding(self) -> str | None:
        """Encoding of those names of an archive that do not declare one."""
        ...

    def paths(self) -> Sequence[PurePosixPath]:
        """Return all files, relative to the root."""
        ...

    def left_out(self) -> Sequence[LeftOut]:
        """Return links and folders that are not read, with the reasons."""
        ...

    def size(self, path: PurePosixPath) -> int:
        """Return the file's size in bytes; OSError where it is gone."""
        ...

    def read(self, path: PurePosixPath, max_bytes: int) -> bytes:
        """Return the first `max_bytes` bytes; OSError where the file cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A file that may be a picture of a person; `person` is a normalised name."""

    person: str
    path: PurePosixPath


@dataclass(frozen=True, slots=True)
class PersonFiles:
    """The files of a data set in its order, and a report of what was left out before any picture was read."""

    files: Sequence[PersonFile]
    report: ImportReport


@contextmanager
def open_files(source: Path, encoding: str | None = None) -> Iterator[Files]:
    """Open a folder or zip file.

    Args:
        source: of the operator's; what is in it may be a stranger's.
        encoding: of a zip's names that do not declare one; None: the likeliest.

    Raises:
        OmokageError: BAD_ARCHIVE, with a `reason`: neither a folder nor a zip file, damaged, or one that tries tricks;
            BAD_OPTION, the encoding is unknown, or not that of all names.
    """
    if source.is_dir():
        if encoding is not None:
            raise bad_option("encoding", encoding, "only for a zip file; a folder's names are the system's")
        yield FolderFiles(source)
        return
    try:
        archive = zipfile.ZipFile(source)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise OmokageError(ErrorCode.BAD_ARCHIVE, reason="no-archive", file=source.name) from error
    with archive:
        yield ZipFiles(archive, encoding)


def find_person_files(files: Files) -> PersonFiles:
    """Return the files in people's folders, by person, then by path; see core.services.datasets.people_folders.

    A folder whose name no person can have is left out, and named in the report.
    """
    root = build_tree(_without_clutter(files), partial(_may_be_picture, files))
    index = _Index(files)
    layout = find_people(root, files.name, index.is_beside)
    selected: list[PersonFile] = []
    left_out = [*files.left_out(), *(LeftOut(str(path), LeftOutReason.BESIDE) for path in layout.beside)]
    for name, folder in layout.people.items():
        try:
            person = person_name(index.name(name))
        except OmokageError as error:
            left_out.append(LeftOut(str(folder.path), LeftOutReason.BAD_NAME, {"why": str(error.details["reason"])}))
            continue
        selected += (PersonFile(person, path) for path in folder.all_files())
    report = ImportReport(files.encoding, "/".join(layout.wrapper), layout.merged, tuple(left_out))
    return PersonFiles(
        sorted(selected, key=lambda file: (name_key(file.person), _normalised(file.path), str(file.path))), report
    )


def unnamed_files(files: Files) -> list[PersonFile]:
    """Return all files but an export's index, in the order of their paths, without a person."""
    paths = [path for path in _without_clutter(files) if not (path.name == INDEX and _read_index(files, path))]
    return [
        PersonFile(UNNAMED, path) for path in sorted(paths, key=lambda path: (_normalised(path).split("/"), str(path)))
    ]


class _Index:
    """What `omokage data export` wrote beside the people's folders, which says what they are called."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._read: dict[PurePosixPath, Mapping[str, str] | None] = {}

    def is_beside(self, folder: Folder) -> bool:
        """Whether the folder was exported."""
        path = folder.path / INDEX
        if path in folder.files and path not in self._read:
            self._read[path] = _read_index(self._files, path)
        return self._read.get(path) is not None

    def name(self, folder: str) -> str:
        """The person's name: a folder's may be shortened."""
        return next((names[folder] for names in self._read.values() if names and folder in names), folder)


def _read_index(files: Files, path: PurePosixPath) -> Mapping[str, str] | None:
    try:
        return people_in_index(files.read(path, MAX_INDEX_BYTES))
    except OSError:
        return None


def _without_clutter(files: Files) -> list[PurePosixPath]:
    return [path for path in files.paths() if not is_clutter(path)]


def _may_be_picture(files: Files, path: PurePosixPath) -> bool:
    if is_picture_name(path) or is_other_name(path):
        return is_picture_name(path)
    try:
        return is_picture(files.read(path, SNIFFED_BYTES))
    except OSError:
        return False


def _normalised(path: PurePosixPath) -> str:
    """With accents and letters put together: a Mac's copy of a folder has the same order, so is the same content."""
    return unicodedata.normalize("NFC", str(path))
