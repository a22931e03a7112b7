"""The files of a zip that a stranger may have packed: read in place, within limits, never unpacked to disk."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath

from core.domain.errors import ErrorCode, OmokageError

MOST_FILES = 100_000  # an hour and a half of importing, and 10 MB of names
MOST_BYTES = 50 * 1024**3  # unpacked: as many photos of half a megabyte
# Pictures are packed already and shrink by some per cent, plain bitmaps of drawings to a tenth; zeros to a thousandth.
MOST_RATIO = 100
_RATIO_FROM = 1024**2  # smaller files may be as empty as they like


class ZipFiles:
    """An opened archive whose directory has been checked.

    Raises:
        OmokageError: BAD_ARCHIVE, with a `reason` (many-files, large, bomb, path, link, encrypted) and a `file`.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        infos = [info for info in archive.infolist() if not info.is_dir()]
        if len(infos) > MOST_FILES:
            raise _bad("many-files", limit=MOST_FILES)
        if sum(info.file_size for info in infos) > MOST_BYTES:
            raise _bad("large", limit=MOST_BYTES)
        for info in infos:
            _check(info)
        self._archive = archive
        self._infos = _without_wrapper({PurePosixPath(info.filename): info for info in infos})

    def paths(self) -> Sequence[PurePosixPath]:
        """All files; a single folder around everything is not counted."""
        return list(self._infos)

    def read(self, path: PurePosixPath, most: int) -> bytes:
        """The first `most` bytes; the directory's size is the most that comes.

        Raises:
            OSError: it is damaged, or packed in a way that this Python does not know.
        """
        try:
            with self._archive.open(self._infos[path]) as file:
                return file.read(most)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
            raise OSError(f"{path} in the archive is damaged") from error


def _check(info: zipfile.ZipInfo) -> None:
    name = info.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive or "\\" in name or "\0" in name:
        raise _bad("path", file=name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in {0, stat.S_IFREG}:  # a link could show what is not in the archive; 0: packed on Windows
        raise _bad("link", file=name)
    if info.flag_bits & 0x1:
        raise _bad("encrypted", file=name)
    if info.file_size > _RATIO_FROM and info.file_size > MOST_RATIO * info.compress_size:
        raise _bad("bomb", file=name)


def _without_wrapper(infos: dict[PurePosixPath, zipfile.ZipInfo]) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Folders are usually packed as `family/Anna/1.jpg`: then `family` is nobody's name."""
    tops = {path.parts[0] for path in infos if path.parts[0] != "__MACOSX"}
    folders = [path for path in infos if path.parts[0] in tops and len(path.parts) > 2]
    if len(tops) != 1 or not folders:
        return infos
    (top,) = tops
    return {path.relative_to(top): info for path, info in infos.items() if path.parts[0] == top}


def _bad(reason: str, **details: str | int) -> OmokageError:
    return OmokageError(ErrorCode.BAD_ARCHIVE, reason=reason, **details)
