"""Names of the files in a zip as text: a zip need not declare their encoding.

Only a flag (UTF-8) or an Info-ZIP extra field makes it certain. Explorer on a Japanese Windows writes cp932, macOS
writes UTF-8, both without the flag; Python takes all of that for cp437, which makes a name of any bytes.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable

from core.domain.names.encodings import decoded_name, likeliest_encoding
from core.domain.training.presets import bad_option

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075  # Info-ZIP's extra field: version 1, CRC32 of the plain name, the name in UTF-8
_UNICODE_PATH_HEAD = struct.Struct("<BL")
_EXTRA_HEAD = struct.Struct("<HH")


def decoded_names(infos: Iterable[zipfile.ZipInfo], encoding: str | None = None) -> tuple[list[str], str | None]:
    """The names as text, and the encoding of those that do not say theirs (None: all say it, or are plain ASCII).

    Args:
        infos: as `zipfile` read them, without `metadata_encoding`.
        encoding: of the names that do not say theirs; None: the likeliest.

    Raises:
        OmokageError: BAD_OPTION, `encoding` is unknown, or some name is not valid in it.
    """
    certain = [(info, _certain(info)) for info in infos]
    unsure = {raw_name(info) for info, name in certain if name is None}
    if encoding is not None:
        _check(encoding, unsure)
    elif unsure:
        encoding = likeliest_encoding(unsure)
    names = [raw_name(info).decode(encoding or "ascii") if name is None else name for info, name in certain]
    return names, encoding if unsure else None


def raw_name(info: zipfile.ZipInfo) -> bytes:
    """The name as it lies in the archive; `zipfile` has decoded it losslessly."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8_FLAG else "cp437")


def _certain(info: zipfile.ZipInfo) -> str | None:
    if info.flag_bits & _UTF8_FLAG:
        return info.orig_filename
    raw = raw_name(info)
    return _unicode_path(info.extra, raw) or (raw.decode("ascii") if raw.isascii() else None)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The extra field's name, if it belongs to this plain one: whoever renames in place may leave an old one behind."""
    while len(extra) >= _EXTRA_HEAD.size:
        kind, size = _EXTRA_HEAD.unpack_from(extra)
        field, extra = extra[_EXTRA_HEAD.size :][:size], extra[_EXTRA_HEAD.size + size :]
        if kind == _UNICODE_PATH and len(field) > _UNICODE_PATH_HEAD.size:
            version, checksum = _UNICODE_PATH_HEAD.unpack_from(field)
            if version == 1 and checksum == zlib.crc32(raw):
                return decoded_name(field[_UNICODE_PATH_HEAD.size :], "utf-8")
    return None


def _check(encoding: str, names: Iterable[bytes]) -> None:
    try:
        b"a".decode(encoding)  # of no bytes at all Python would not look the encoding up
    except (LookupError, ValueError) as error:
        raise bad_option("encoding", encoding, "an encoding of text such as utf-8, cp932, gbk or cp1252") from error
    for name in sorted(names):
        if decoded_name(name, encoding) is None:
            shown = name.decode("ascii", "backslashreplace")
            raise bad_option("encoding", encoding, f"one in which all names are valid, which {shown} is not")
