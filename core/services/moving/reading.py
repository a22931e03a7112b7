"""Read what an export holds, believing nothing: a stranger may have made it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Box
from core.domain.moving import MAX_FACES, MAX_MEMBER_ID, MAX_SOURCE, GuildFaces, MovedFace, MovedLabel, MovedPerson
from core.domain.people import MAX_NAME_LENGTH, Label, name_key, person_name
from core.services.moving import layout
from core.services.moving.archive_reader import ArchiveReader
from core.services.moving.cells import Row, read_table
from core.services.moving.manifest import bad_manifest

_PHOTO_PATH = re.compile(rf"{layout.PHOTOS}/([0-9a-f]{{64}})\.(jpg|png|gif|webp)")
_MAX_CROP_BYTES = layout.MAX_PHOTO_BYTES  # nothing is made of them, but they are read to be compared with their hashes


def read_export(archive: ArchiveReader, now: datetime) -> GuildFaces:
    """Return the people and faces of an export; photos and crops are still to be looked at.

    Args:
        archive: of the export.
        now: no label is from later.

    Raises:
        OmokageError: BAD_EXPORT, with a `reason` and, where it is in a table, `file` and `line`.
    """
    if missing := sorted(layout.TABLES.keys() - archive.hashes.keys()):
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="missing", file=missing[0])
    reader = _Reader(archive, now)
    reader.read_people()
    reader.read_faces()
    reader.read_cannot_links()
    guild_faces = reader.guild_faces()
    photos = {path for path in archive.hashes if path.startswith(f"{layout.PHOTOS}/")}
    _check_all_used(archive, reader.used_files)
    counts = {"people": len(guild_faces.people), "faces": len(guild_faces.faces), "photos": len(photos)}
    if any(archive.manifest.counts.get(name) != count for name, count in counts.items()):
        raise bad_manifest()
    return guild_faces


def photo_paths(archive: ArchiveReader) -> dict[str, str]:
    """Return the paths of an export's photos, by the sha256 of each; `read_export` has compared the two."""
    return {match[1]: path for path in archive.hashes if (match := _PHOTO_PATH.fullmatch(path))}


def check_crops(archive: ArchiveReader) -> None:
    """Read all crops, to find damage; nothing else is done with them. OmokageError: BAD_EXPORT."""
    for path in archive.hashes:
        if path.startswith(f"{layout.CROPS}/"):
            archive.read(path, _MAX_CROP_BYTES)


def _check_all_used(archive: ArchiveReader, used: set[str]) -> None:
    foreign = archive.hashes.keys() - used - layout.TABLES.keys()
    if foreign:
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="foreign", file=min(foreign))


def _name(row: Row, text: str) -> str:
    """Return a normalised name; OmokageError: BAD_EXPORT."""
    try:
        return person_name(text)
    except OmokageError as error:
        why = str(error.details["reason"])
        raise OmokageError(ErrorCode.BAD_EXPORT, reason="name", why=why, file=row.table, line=row.line) from error


class _Reader:
    """Reads the tables one after the other."""

    def __init__(self, archive: ArchiveReader, now: datetime) -> None:
        self._archive = archive
        self._hashes: Mapping[str, str] = archive.hashes
        self._now = now
        self._people: dict[str, MovedPerson] = {}  # by the name in the file, which may be written otherwise
        self._faces: dict[int, MovedFace] = {}
        self._rejections: dict[int, list[MovedLabel]] = {}
        self.used_files: set[str] = set()

    def read_people(self) -> None:
        keys: set[str] = set()
        for row in self._rows(layout.PEOPLE):
            raw = row.text("person", MAX_NAME_LENGTH * 4)  # as long as any spelling of 64 characters is
            name = _name(row, raw)
            if name_key(name) in keys:
                raise OmokageError(ErrorCode.BAD_EXPORT, reason="name-twice", file=row.table, line=row.line)
            keys.add(name_key(name))
            objected = row.time("objected_at", self._now) if row.plain("objected_at") else None
            aliases = row.text(layout.ALIASES_COLUMN, layout.MAX_ALIASES_TEXT) if row.has(layout.ALIASES_COLUMN) else ""
            further = tuple(_name(row, alias) for alias in aliases.splitlines() if alias.strip())
            self._people[raw] = MovedPerson(name, row.time("since", self._now), objected, further)

    def read_faces(self) -> None:
        for row in self._rows(layout.FACES):
            if len(self._faces) >= MAX_FACES:
                raise OmokageError(ErrorCode.BAD_EXPORT, reason="many-faces", limit=MAX_FACES)
            number = row.whole("face", MAX_FACES)
            if number in self._faces:
                raise row.bad("face")
            self._faces[number] = self._face(row)

    def read_cannot_links(self) -> None:
        for row in self._rows(layout.CANNOT_LINKS):
            number = row.whole("face", MAX_FACES)
            if number not in self._faces:
                raise row.bad("face")
            label = self._label(row, Label.IS_NOT)
            others = self._rejections.setdefault(number, [])
            if label.person in {other.person for other in (*others, *self._faces[number].labels)}:
                raise row.bad("person")  # twice, or what the face shows
            others.append(label)

    def guild_faces(self) -> GuildFaces:
        """Put together what was read; a face that nothing is said of is refused."""
        faces = []
        for number, face in self._faces.items():
            labels = (*face.labels, *self._rejections.get(number, ()))
            if not labels:
                raise OmokageError(ErrorCode.BAD_EXPORT, reason="unlabelled", file=layout.FACES, face=number)
            faces.append(
                MovedFace(face.photo, face.box, face.score, face.landmarks, face.embedding, face.embedder, labels)
            )
        return GuildFaces(tuple(self._people.values()), tuple(faces))

    def _rows(self, table: str) -> list[Row]:
        data = self._archive.read(table, layout.MAX_TABLE_BYTES)
        return list(read_table(table, data, layout.TABLES[table]))

    def _face(self, row: Row) -> MovedFace:
        x, y, w, h = (row.number(column) for column in layout.BOX_COLUMNS)
        if w <= 0 or h <= 0:
            raise row.bad("w" if w <= 0 else "h")
        numbers = [row.number(column) for column in layout.LANDMARK_COLUMNS]
        embedder = row.embedder("embedder")
        labels = (self._label(row, Label.IS),) if row.plain("person") else ()
        return MovedFace(
            self._photo(row),
            Box(x, y, w, h),
            row.number("score", 0.0, 1.0),
            tuple(zip(numbers[::2], numbers[1::2], strict=True)),
            row.embedding("embedding", embedder),
            embedder,
            labels,
        )

    def _photo(self, row: Row) -> str | None:
        """Return the photo's sha256, where the row, the file's name and the manifest agree on it."""
        file, photo, sha256 = (row.plain(column) for column in ("file", "photo", "sha256"))
        if file:
            if file not in self._hashes or not file.startswith(f"{layout.CROPS}/"):
                raise row.bad("file")
            self.used_files.add(file)
        if not photo and not sha256:
            return None
        match = _PHOTO_PATH.fullmatch(photo)
        if match is None or not match[1] == sha256 == self._hashes.get(photo):
            raise row.bad("photo")
        self.used_files.add(photo)
        return sha256

    def _label(self, row: Row, label: Label) -> MovedLabel:
        person = self._people.get(row.text("person", MAX_NAME_LENGTH * 4))
        if person is None:
            raise row.bad("person")
        by = row.whole("labelled_by", MAX_MEMBER_ID) if row.plain("labelled_by") else None
        at = row.time("labelled_at", self._now)
        return MovedLabel(person.name, label, row.text("source", MAX_SOURCE), at, by)
