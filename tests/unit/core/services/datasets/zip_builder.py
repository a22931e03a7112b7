"""Zip files as other programs write them, which Python's own module does not."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path


def raw_zip(
    path: Path, names: Sequence[bytes], extra: bytes = b"", flag_bits: int = 0, contents: Sequence[bytes] | None = None
) -> Path:
    """An archive whose files have these bytes as names, and by default their names as content."""
    with zipfile.ZipFile(path, "w") as archive:
        for number, name in enumerate(names):
            info = zipfile.ZipInfo(_stand_in(number, name))
            info.extra = extra
            archive.writestr(info, name if contents is None else contents[number])
    data = path.read_bytes()
    for number, name in enumerate(names):
        data = data.replace(_stand_in(number, name).encode(), name)
    if flag_bits:  # of the only file
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.index(signature) + offset
            data = data[:at] + flag_bits.to_bytes(2, "little") + data[at + 2 :]
    path.write_bytes(data)
    return path


def _stand_in(number: int, name: bytes) -> str:
    return f"{number:03d}".rjust(len(name), "~")
