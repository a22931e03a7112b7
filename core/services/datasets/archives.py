"""Files of a zip that a stranger may have packed: read in place, within limits, never unpacked to disk."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from core.domain.data.imports import LeftOut
from core.domain.data.picture_files import is_clutter
from core.domain.errors import ErrorCode, OmokageError
from core.services.datasets.archive_names import decoded_names

MAX_FILES = 100_000  # an hour and a half of importing, and 10 MB of names
MAX_BYTES = 50 * 1024**3  # unpacked: as many photos of half a megabyte
# Pictures are packed already and shrink by some per cent, plain bitmaps of drawings to a tenth; zeros to a thousandth.
MAX_RATIO = 100
_RATIO_FROM = 1024**2  # smaller files may be as empty as they like


class ZipFiles:
    """An opened archive whose directory has been checked.

    Args:
        archive: opened without `metadata_encoding`.
        encoding: of the names that do not say theirs; None: the likeliest.

    Raises:
        OmokageError: BAD_ARCHIVE, with a `reason` (many-files, large, bomb, path, link, encrypted) and a `file`;
            BAD_OPTION, the encoding.
    """

    def __init__(self, archive: zipfile.ZipFile, encoding: str | None = None) -> None:
        infos = archive.infolist()
        if sum(not info.is_dir() for info in infos) > MAX_FILES:
            raise _bad_archive("many-files", limit=MAX_FILES)
        if sum(info.file_size for info in infos) > MAX_BYTES:
            raise _bad_archive("large", limit=MAX_BYTES)
        names, self.encoding = decoded_names(infos, encoding)
        files = [(name, info) for name, info in zip(names, infos, strict=True) if _is_file(name)]
        for name, info in files:
            _check(name, info)
        self._archive = archive
        self._infos = _by_path(files)

    @property
    def name(self) -> str:
        """What the archive is called, without its suffix."""
        return Path(self._archive.filename or "").stem

    def paths(self) -> Sequence[PurePosixPath]:
        """All files but clutter."""
        return [path for path in self._infos if not is_clutter(path)]

    def left_out(self) -> Sequence[LeftOut]:
        """Nothing: an archive with anything but files in it is refused as a whole."""
        return ()

    def size(self, path: PurePosixPath) -> int:
        """In bytes, as the directory has it."""
        return self._infos[path].file_size

    def read(self, path: PurePosixPath, max_bytes: int) -> bytes:
        """Return the first `max_bytes` bytes; the directory's size is the most that comes.

        Raises:
            OSError: it is damaged, or packed in a way that this Python does not know.
        """
        try:
            with self._archive.open(self._infos[path]) as file:
                return file.read(max_bytes)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise OSError(f"{path} in the archive is damaged") from error


def _slashed(name: str) -> str:
    """Programs for Windows have written `\\` between folders, which the specification forbids."""
    return name.replace("\\", "/")


def _is_file(name: str) -> bool:
    return not _slashed(name).endswith("/") and bool(PurePosixPath(_slashed(name)).parts)


def _check(name: str, info: zipfile.ZipInfo) -> None:
    path = PurePosixPath(_slashed(name))
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive or "\0" in name:
        raise _bad_archive("path", file=name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:  # a link could show what is not in the archive; 0: packed on Windows
        raise _bad_archive("link", file=name)
    if info.flag_bits & 0x1:
        raise _bad_archive("encrypted", file=name)
    if info.file_size > _RATIO_FROM and info.file_size > MAX_RATIO * info.compress_size:
        raise _bad_archive("bomb", file=name)


def _by_path(files: Sequence[tuple[str, zipfile.ZipInfo]]) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Of two files of one name the last counts, as for who unpacks them.

    Macs write letters and their accents apart (NFD); they are put together, except where that would be another file's
    name.
    """
    taken = {PurePosixPath(_slashed(name)): info for name, info in files}
    composed: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for path, info in taken.items():
        usual = PurePosixPath(unicodedata.normalize("NFC", str(path)))
        composed[path if usual != path and (usual in taken or usual in composed) else usual] = info
    return composed


def _bad_archive(reason: str, **details: str | int) -> OmokageError:
    return OmokageError(ErrorCode.BAD_ARCHIVE, reason=reason, **details)
