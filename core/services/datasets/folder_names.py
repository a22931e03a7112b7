"""People's names as folder names that every file system takes, and from which an import gets the names back."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath

from core.domain.data.picture_files import is_clutter
from core.services.datasets.export_index import INDEX

NAME_BYTES = 255  # of one name: ext4, XFS, APFS, NTFS (there in UTF-16, which is never more); eCryptfs takes 143
_WIDTH = (
    0xFEE0  # from a letter of ASCII to its wide form, which looks alike and which an import takes for the plain one
)
# A name may hold what a path must not.
_WIDE = str.maketrans({letter: chr(ord(letter) + _WIDTH) for letter in '/\\:*?"<>|'})
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.DOTALL)  # on Windows, with any suffix


def folder_names(people: Sequence[str], max_bytes: int = NAME_BYTES) -> list[str]:
    """A folder's name for each person, no two alike where upper and lower case are the same.

    Args:
        people: normalised names.
        max_bytes: of a name in UTF-8; 64 letters may need 256. What is longer is cut, and ends with a hash of itself.
    """
    taken = {_key(INDEX)}
    names = []
    for person in people:
        name = folder_name(person)
        if len(name.encode()) > max_bytes or _key(name) in taken:
            name = _shortened(name, person, max_bytes)
        taken.add(_key(name))
        names.append(name)
    return names


def folder_name(person: str) -> str:
    """A person's name as a folder's, however long; an import makes the same name of it."""
    safe = person.translate(_WIDE)
    # Hidden, the folder above, a device, or what an import passes over
    if safe.startswith(".") or _DEVICE.fullmatch(safe) or is_clutter(PurePosixPath(safe)):
        safe = _widened(safe[0]) + safe[1:]
    return safe[:-1] + _widened(".") if safe.endswith(".") else safe  # Windows drops a dot at the end


def _shortened(name: str, person: str, max_bytes: int) -> str:
    mark = "~" + hashlib.sha256(person.encode()).hexdigest()[:8]
    return name.encode()[: max_bytes - len(mark)].decode(errors="ignore").rstrip() + mark


def _widened(letter: str) -> str:
    return chr(ord(letter) + _WIDTH) if "!" <= letter <= "~" else letter


def _key(name: str) -> str:
    """The same for names that some file system takes for one."""
    return unicodedata.normalize("NFC", name.upper().casefold())
