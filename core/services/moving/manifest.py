"""Reads the manifest of an export, and JSON of a stranger's in general."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from core.domain.errors import ErrorCode, OmokageError
from core.services.moving import layout

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export says of itself: the sha256 of each file by its path, and how many there are of what."""

    hashes: Mapping[str, str]
    counts: Mapping[str, Any]


def read_manifest(data: bytes) -> Manifest:
    """Return what a manifest says.

    Raises:
        OmokageError: BAD_EXPORT, with a `reason`: newer (`version`), or manifest: it is none.
    """
    manifest = read_json(data, layout.MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != layout.FORMAT:
        raise bad_manifest()
    version = manifest.get("version")
    if type(version) is not int or version < 1:
        raise bad_manifest()
    if version > layout.VERSION:
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="newer", version=min(version, 10**6))
    files, counts = manifest.get("files"), manifest.get("counts")
    if not isinstance(files, dict) or not isinstance(counts, dict):
        raise bad_manifest()
    return Manifest({path: _hash_of(entry) for path, entry in files.items()}, counts)


def read_json(data: bytes, name: str) -> Any:
    """Return what JSON of unknown origin holds.

    Raises:
        OmokageError: BAD_EXPORT: it is none, is nested too deeply, or has a number in it that is none.
    """
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="json", file=name) from error


def bad_manifest() -> OmokageError:
    """Return the error for a manifest that cannot be right."""
    return OmokageError(ErrorCode.BAD_EXPORT, reason="manifest")


def _no_number(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _hash_of(entry: Any) -> str:
    sha256 = entry.get("sha256") if isinstance(entry, dict) else None
    if not isinstance(sha256, str) or not _HASH.fullmatch(sha256):
        raise bad_manifest()
    return sha256
