"""Write a guild's labelled faces into a zip file from which an import makes the same guild again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.errors import ErrorCode, OmokageError
from core.domain.moving import MAX_FACES, ExportReport, GuildFaces, MovedFace, MovedLabel, MovedPerson
from core.domain.people import Label
from core.services.datasets.folder_names import folder_names
from core.services.moving import layout
from core.services.moving.archive_writer import ArchiveWriter, new_archive
from core.services.moving.cells import escape, write_table
from core.services.moving.photo_check import CutPhoto, PhotoFiles, lies_within, photo_suffix

if TYPE_CHECKING:
    from core.storage.blobs import Blobs

Progress = Callable[[int, int], None]
_NAME_DIGITS = 16  # of a crop's sha256 in its name: two of a person's crops never meet


def write_export(
    path: Path,
    guild_faces: GuildFaces,
    blobs: Blobs,
    photos: PhotoFiles,
    *,
    at: datetime,
    with_members: bool = False,
    progress: Progress = lambda _done, _total: None,
) -> ExportReport:
    """Write people, faces, labels and photos of a guild into a new zip file, which is there when all of it is.

    A face whose photo is gone, damaged, or does not show it where it is said to lie, goes without the photo:
    recognisers know it by its embedding all the same.

    Args:
        path: of the file; what is there is replaced.
        guild_faces: of the guild.
        blobs: have the photos.
        photos: reads them.
        at: now.
        with_members: the file says which member gave which label, as Discord's ids.
        progress: called after each photo with the number done and of all.

    Raises:
        OmokageError: BAD_EXPORT, there are more faces than an import takes; DISK_FULL.
        OSError: the file cannot be written.
    """
    check_count(guild_faces)
    with new_archive(path) as archive:
        return _Export(archive, guild_faces, with_members=with_members).write(blobs, photos, at, progress)


def check_count(guild_faces: GuildFaces) -> None:
    """Refuse more faces than a file may hold; OmokageError: BAD_EXPORT."""
    if len(guild_faces.faces) > MAX_FACES:
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="many-faces", limit=MAX_FACES)


def read_cut(blobs: Blobs, photos: PhotoFiles, name: str, faces: Sequence[MovedFace]) -> tuple[bytes, CutPhoto] | None:
    """Return a photo's bytes and its faces; None where it is gone, or is no photo that can be read any more."""
    try:
        data = blobs.get(name)
        if photo_suffix(data) is None:
            return None
        return data, photos.cut(data, faces)
    except OmokageError:
        return None


class _Export:
    """An export that is being written."""

    def __init__(self, archive: ArchiveWriter, guild_faces: GuildFaces, *, with_members: bool) -> None:
        self._archive = archive
        self._moved = guild_faces
        self._with_members = with_members
        names = [person.name for person in guild_faces.people]
        self._folders = dict(zip(names, folder_names(names), strict=True))
        self._files: dict[int, tuple[str, str]] = {}  # by a face's index: the paths of its crop and of its photo

    def write(self, blobs: Blobs, photos: PhotoFiles, at: datetime, progress: Progress) -> ExportReport:
        by_photo = self._moved.photos()
        for done, (name, indices) in enumerate(by_photo.items(), 1):
            read = read_cut(blobs, photos, name, [self._moved.faces[index] for index in indices])
            if read is not None:
                self._add_photo(name, *read, indices)
            progress(done, len(by_photo))
        tables = {
            layout.PEOPLE: list(map(_person_row, self._moved.people)),
            layout.FACES: [self._face_row(index, face) for index, face in enumerate(self._moved.faces)],
            layout.CANNOT_LINKS: [
                {"face": str(index + 1), "person": escape(label.person), **self._label_cells(label)}
                for index, face in enumerate(self._moved.faces)
                for label in face.labels
                if label.label is Label.IS_NOT
            ],
        }
        for table, rows in tables.items():
            further = (layout.ALIASES_COLUMN,) if table == layout.PEOPLE else ()
            self._archive.add(table, write_table((*layout.TABLES[table], *further), rows), packed=True)
        written = {photo for _, photo in self._files.values()}
        counts = {"people": len(tables[layout.PEOPLE]), "faces": len(tables[layout.FACES]), "photos": len(written)}
        self._write_manifest(at, {**counts, "cannot_links": len(tables[layout.CANNOT_LINKS])})
        return ExportReport(**counts, without_photo=counts["faces"] - len(self._files))

    def _add_photo(self, name: str, data: bytes, cut: CutPhoto, indices: Sequence[int]) -> None:
        photo = f"{layout.PHOTOS}/{name}{photo_suffix(data)}"
        for index, crop in zip(indices, cut.crops, strict=True):
            face, file = self._moved.faces[index], ""
            if not lies_within(face, cut.width, cut.height):
                continue
            self._archive.add(photo, data)
            if face.shows is not None:
                file = f"{layout.CROPS}/{self._folders[face.shows.person]}/{_short_hash(crop)}.jpg"
                self._archive.add(file, crop)
            self._files[index] = file, photo

    def _face_row(self, index: int, face: MovedFace) -> dict[str, str]:
        shows, (file, photo) = face.shows, self._files.get(index, ("", ""))
        box = (face.box.x, face.box.y, face.box.w, face.box.h)
        points = (value for point in face.landmarks for value in point)
        return {
            "face": str(index + 1),
            "person": "" if shows is None else escape(shows.person),
            "file": file,
            "photo": photo,
            "sha256": (face.photo or "") if photo else "",
            **dict(zip(layout.BOX_COLUMNS, map(repr, box), strict=True)),
            "score": repr(face.score),
            **dict(zip(layout.LANDMARK_COLUMNS, map(repr, points), strict=True)),
            **({} if shows is None else self._label_cells(shows)),
            "embedder": escape(face.embedder),
            "embedding": face.embedding.hex(),
        }

    def _label_cells(self, label: MovedLabel) -> dict[str, str]:
        by = str(label.by) if self._with_members and label.by is not None else ""
        return {"source": escape(label.source), "labelled_at": label.at.isoformat(), "labelled_by": by}

    def _write_manifest(self, at: datetime, counts: Mapping[str, int]) -> None:
        manifest = {
            "format": layout.FORMAT,
            "version": layout.VERSION,
            "made_at": at.isoformat(timespec="seconds"),
            "with_members": self._with_members,
            "counts": counts,
            "files": dict(self._archive.files),
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        self._archive.add(layout.MANIFEST, text.encode(), packed=True)


def _short_hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_NAME_DIGITS]


def _person_row(person: MovedPerson) -> dict[str, str]:
    objected = "" if person.objected_at is None else person.objected_at.isoformat()
    row = {"person": escape(person.name), "since": person.since.isoformat(), "objected_at": objected}
    return {**row, layout.ALIASES_COLUMN: escape("\n".join(person.aliases))}
