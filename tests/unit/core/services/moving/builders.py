"""A small guild, its export, and exports that somebody has tampered with."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from core.domain.embedders import EMBEDDING_NAME
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.domain.moving import GuildFaces, MovedFace, MovedLabel, MovedPerson
from core.domain.people import Label
from core.services.moving import layout
from core.services.moving.exporting import write_export
from core.services.moving.photo_check import CutPhoto
from core.storage.blobs import Blobs

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZE = 100, 80  # of each photo, as `FakePhotos` reads it
POINTS = ((12.0, 12.0), (18.0, 12.5), (15.0, 15.0), (13.0, 18.0), (17.0, 18.0))


class FakePhotos:
    """Takes whatever begins like a JPEG for a photo, and a number for the crop of a face."""

    def size(self, data: bytes) -> tuple[int, int]:
        if not data.startswith(b"\xff\xd8\xff") or data.endswith(b"broken"):
            raise OmokageError(ErrorCode.NOT_AN_IMAGE)
        return SIZE

    def cut(self, data: bytes, faces: Sequence[MovedFace]) -> CutPhoto:
        crops = (b"crop %d of " % number + data for number, _ in enumerate(faces))
        return CutPhoto(*self.size(data), tuple(crops))


def photo(name: str) -> bytes:
    return b"\xff\xd8\xff" + name.encode()


def embedding(value: float, size: int = 256) -> bytes:
    return struct.pack(f"<{size}f", value, *[0.0] * (size - 1))


def label(person: str, kind: Label = Label.IS, source: str = "this-is", by: int = 41) -> MovedLabel:
    return MovedLabel(person, kind, source, NOW, by)


def face(
    photo_name: str | None, value: float, *labels: MovedLabel, x: float = 10.0, embedder: str = EMBEDDING_NAME
) -> MovedFace:
    return MovedFace(photo_name, Box(x, 10.0, 20.0, 20.0), 0.9, POINTS, embedding(value), embedder, labels)


def small_guild(blobs: Blobs) -> GuildFaces:
    """Two people in a photo, one of them in another, too, of which somebody said that it is not the other one."""
    both, alone = blobs.put(photo("both")), blobs.put(photo("alone"))
    people = (MovedPerson("Anna", NOW), MovedPerson("花子", NOW, NOW))
    faces = (
        face(both, 1.0, label("Anna")),
        face(both, 2.0, label("花子", source="=cmd"), x=60.5),
        face(alone, 3.0, label("Anna"), label("花子", Label.IS_NOT)),
        face(None, 4.0, label("花子", Label.IS_NOT)),
    )
    return GuildFaces(people, faces)


def export_small_guild(folder: Path, *, with_members: bool = True) -> Path:
    blobs, path = Blobs(str(folder / "blobs")), folder / "export.zip"
    write_export(path, small_guild(blobs), blobs, FakePhotos(), at=NOW, with_members=with_members)
    return path


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def tampered(path: Path, changes: Mapping[str, bytes | None], *, honest: bool = False) -> Path:
    """Write the export again with these files changed, added or (None) left out.

    `honest`: the manifest has the hashes of what there is now, as of somebody who knows the form.
    """
    files = {**files_of(path), **changes}
    kept = {name: data for name, data in files.items() if data is not None}
    if honest:
        manifest = json.loads(kept.pop(layout.MANIFEST))
        manifest["files"] = {name: {"sha256": hashlib.sha256(data).hexdigest()} for name, data in kept.items()}
        kept[layout.MANIFEST] = json.dumps(manifest).encode()
    new = path.with_name("tampered.zip")
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in kept.items():
            archive.writestr(name, data)
    return new


def with_cell(path: Path, table: str, column: str, value: str, row: int = 0) -> Path:
    """Write the export again with one cell changed, and honest hashes."""
    import csv
    import io

    rows = list(csv.DictReader(io.StringIO(files_of(path)[table].decode(), newline="")))
    rows[row][column] = value
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return tampered(path, {table: out.getvalue().encode("utf-8", "surrogatepass")}, honest=True)
