"""A guild's labelled faces as rows: read for an export, compared with an import, and added by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from core.domain.embedders import EMBEDDING_NAME
from core.domain.faces import SAME_FACE_IOU, box_iou
from core.domain.moving import (
    GuildFaces,
    ImportReport,
    MovedFace,
    MovedLabel,
    MovedPerson,
    imported_source,
    original_source,
)
from core.domain.people import MAX_ALIASES, Label, LabelProvenance, name_key
from core.storage.people.alias_rows import aliases_by_person, insert_alias
from core.storage.people.changes import set_objection
from core.storage.people.face_rows import box_of, landmarks_of
from core.storage.people.label_rows import add_label, latest_labels
from core.storage.people.people_rows import find_name_holder, get_or_create_person, get_person
from core.storage.tables import faces, labels, people

_BATCH = 500  # rows of one statement: SQLite takes 32,766 parameters, and a face has twelve


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports into which guild, and when.

    `keep_members`: labels stay those of the members whom the file names. `overrule`: they count more than the guild's.
    """

    guild_id: int
    by: int
    at: datetime
    keep_members: bool = False
    overrule: bool = False

    def provenance(self, label: MovedLabel) -> LabelProvenance:
        """Return the provenance of an imported label."""
        by = label.by if self.keep_members and label.by is not None else self.by
        return LabelProvenance(by, 0, None, imported_source(label.source), self.at)


def read_guild_faces(connection: Connection, guild_id: int) -> GuildFaces:
    """Return the guild's people and labelled faces; a face that was posted repeatedly comes once."""
    rows = connection.execute(select(people).where(people.c.guild_id == guild_id).order_by(people.c.key)).all()
    names = {row.id: row.name for row in rows}
    held = _labels_that_hold(connection, guild_id, names)
    labelled = select(faces).where(faces.c.guild_id == guild_id).order_by(faces.c.id)
    once: dict[tuple[Any, ...], MovedFace] = {}
    for row in connection.execute(labelled):
        of_face = tuple(label for label in held.get(row.id, ()) if _is_present(label, names.get(row.person_id)))
        if not of_face:
            continue
        face = _moved_face(row, of_face)
        key = face.photo, face.box, face.embedding, frozenset((label.person, label.label) for label in of_face)
        once.setdefault(key, face)
    aliases = aliases_by_person(connection, guild_id)
    moved = tuple(MovedPerson(row.name, row.created_at, row.objected_at, aliases.get(row.id, ())) for row in rows)
    return GuildFaces(moved, tuple(once.values()))


def read_photo_faces(connection: Connection, guild_id: int, photo: str) -> tuple[MovedFace, ...]:
    """Return all faces that the guild has of a photo (sha256), also those that nobody labelled; without labels."""
    same = select(faces).where(faces.c.guild_id == guild_id, faces.c.photo == photo).order_by(faces.c.id)
    return tuple(_moved_face(row, ()) for row in connection.execute(same))


def find_known_people(connection: Connection, guild_id: int, moved: Iterable[MovedPerson]) -> dict[str, str]:
    """Return the names in this guild, by the names in the file, of those people who are known already.

    A name in the file may be somebody's alias here; aliases in the file tell nobody.
    """
    rows = connection.execute(select(people.c.id, people.c.name).where(people.c.guild_id == guild_id)).all()
    names = {row.id: row.name for row in rows}
    of_people = aliases_by_person(connection, guild_id)
    present = {name_key(alias): names[id_] for id_, aliases in of_people.items() for alias in aliases}
    present |= {name_key(name): name for name in names.values()}
    return {person.name: present[name_key(person.name)] for person in moved if name_key(person.name) in present}


class FaceImport:
    """Adds people and faces to a guild within the caller's transaction, who holds the guild's lock.

    A label that contradicts what the guild's own members said is counted, and left out unless it is to overrule theirs.

    Args:
        connection: of a transaction that writes.
        importer: who imports, where and when.
        moved: what is added; its photos are stored already.
    """

    def __init__(self, connection: Connection, importer: Importer, moved: GuildFaces) -> None:
        self._connection = connection
        self._importer = importer
        self._moved = moved
        self._labels = self._present = self._contradicted = self._aliases = self._aliases_left_out = 0

    def run(self) -> ImportReport:
        """Add everything, and return what was added."""
        known = find_known_people(self._connection, self._importer.guild_id, self._moved.people)
        ids = {person.name: self._person_id(person) for person in self._moved.people}
        for person in self._moved.people:  # after all names, which count more than aliases
            self._add_aliases(person, ids[person.name])
        there = _FacesThere(self._connection, self._importer.guild_id, self._moved.faces)
        added = []
        for face in self._moved.faces:
            copies = there.copies(face)
            if copies:
                self._add_labels(face, copies, there, ids)
            else:
                added.append(face)
        self._insert(added, ids)
        return ImportReport(
            added=tuple(person.name for person in self._moved.people if person.name not in known),
            merged=tuple(known.values()),
            faces=len(added),
            labels=self._labels,
            present=self._present,
            contradicted=self._contradicted,
            photos=len(self._moved.photos()),
            older=sum(face.embedder != EMBEDDING_NAME for face in added),
            aliases=self._aliases,
            aliases_left_out=self._aliases_left_out,
        )

    def _person_id(self, person: MovedPerson) -> int:
        importer = self._importer
        provenance = LabelProvenance(importer.by, 0, None, "", person.since)
        person_id = get_or_create_person(self._connection, importer.guild_id, person.name, provenance)
        if person.objected_at is not None:
            earlier = select(people.c.objected_at).where(people.c.id == person_id)
            if self._connection.execute(earlier).scalar() is None:
                set_objection(self._connection, person_id, person.objected_at)
        return person_id

    def _add_aliases(self, person: MovedPerson, person_id: int) -> None:
        """Give a person the aliases that nobody else has here, as many as a person may have."""
        guild_id = self._importer.guild_id
        for alias in person.aliases:
            holder = find_name_holder(self._connection, guild_id, alias)
            if holder is not None and holder.id == person_id:
                continue  # it is there already
            count = len(get_person(self._connection, guild_id, person_id).aliases)
            if holder is not None or count >= MAX_ALIASES:
                self._aliases_left_out += 1
                continue
            insert_alias(self._connection, guild_id, person_id, alias, by=self._importer.by, at=self._importer.at)
            self._aliases += 1

    def _add_labels(
        self, face: MovedFace, copies: Sequence[Row[Any]], there: _FacesThere, ids: Mapping[str, int]
    ) -> None:
        """Give labels to a face that the guild has already, where it has not said otherwise."""
        face_ids = [row.id for row in copies]
        shown = {row.person_id for row in copies} - {None}
        said = {pair for face_id in face_ids for pair in there.said[face_id]}
        for label in face.labels:
            person_id = ids[label.person]
            rejected = (person_id, Label.IS_NOT) in said
            if label.label is Label.IS:
                is_there, contradicts = shown == {person_id}, bool(shown - {person_id}) or rejected
            else:
                is_there, contradicts = rejected, person_id in shown
            self._present += is_there
            self._contradicted += contradicts and not is_there
            if not is_there and (not contradicts or self._importer.overrule):
                provenance, guild_id = self._importer.provenance(label), self._importer.guild_id
                add_label(self._connection, guild_id, face_ids, person_id, label.label, provenance=provenance)
                self._labels += 1

    def _insert(self, added: Sequence[MovedFace], ids: Mapping[str, int]) -> None:
        for start in range(0, len(added), _BATCH):
            batch = added[start : start + _BATCH]
            values = [self._face_values(face, ids) for face in batch]
            inserted = insert(faces).returning(faces.c.id, sort_by_parameter_order=True)
            face_ids = self._connection.execute(inserted, values).scalars().all()
            rows = [
                self._label_values(face_id, label, ids)
                for face_id, face in zip(face_ids, batch, strict=True)
                for label in face.labels
            ]
            self._connection.execute(insert(labels), rows)

    def _face_values(self, face: MovedFace, ids: Mapping[str, int]) -> dict[str, Any]:
        shows = face.shows
        return {
            "guild_id": self._importer.guild_id,
            "number": 1,  # as of every face that no job found
            "photo": face.photo,
            "x": face.box.x,
            "y": face.box.y,
            "w": face.box.w,
            "h": face.box.h,
            "score": face.score,
            "landmarks": [list(point) for point in face.landmarks],
            "embedding": face.embedding,
            "embedder": face.embedder,
            "created_at": self._importer.at,
            "person_id": None if shows is None else ids[shows.person],
        }

    def _label_values(self, face_id: int, label: MovedLabel, ids: Mapping[str, int]) -> dict[str, Any]:
        provenance = self._importer.provenance(label)
        return {
            "guild_id": self._importer.guild_id,
            "face_id": face_id,
            "person_id": ids[label.person],
            "verdict": label.label,
            "said_by": provenance.by,
            "channel_id": provenance.channel_id,
            "message_id": provenance.message_id,
            "source": provenance.source,
            "created_at": provenance.at,
        }


class _FacesThere:
    """The guild's faces in the photos that an import brings, and those without a photo, before anything is added."""

    def __init__(self, connection: Connection, guild_id: int, moved: Sequence[MovedFace]) -> None:
        self._by_photo: dict[str, list[Row[Any]]] = defaultdict(list)
        self._by_embedding: dict[bytes, list[Row[Any]]] = defaultdict(list)
        of_guild = select(faces).where(faces.c.guild_id == guild_id)
        photos = sorted({face.photo for face in moved if face.photo is not None})
        for start in range(0, len(photos), _BATCH):
            for row in connection.execute(of_guild.where(faces.c.photo.in_(photos[start : start + _BATCH]))):
                self._by_photo[row.photo].append(row)
        if any(face.photo is None for face in moved):
            for row in connection.execute(of_guild):
                self._by_embedding[row.embedding].append(row)
        self.said = _said(connection, guild_id)

    def copies(self, face: MovedFace) -> list[Row[Any]]:
        """Return the rows of this face: the same place of the same photo; without a photo, the same embedding."""
        if face.photo is None:
            return self._by_embedding[face.embedding]
        return [row for row in self._by_photo[face.photo] if box_iou(box_of(row), face.box) >= SAME_FACE_IOU]


def _said(connection: Connection, guild_id: int) -> dict[int, set[tuple[int, Label]]]:
    """Return, by face, the newest label about each person."""
    latest = latest_labels(guild_id)
    said: dict[int, set[tuple[int, Label]]] = defaultdict(set)
    for row in connection.execute(select(latest.c.face_id, latest.c.person_id, latest.c.verdict)):
        said[row.face_id].add((row.person_id, Label(row.verdict)))
    return said


def _labels_that_hold(connection: Connection, guild_id: int, names: Mapping[int, str]) -> dict[int, list[MovedLabel]]:
    latest = latest_labels(guild_id)
    held: dict[int, list[MovedLabel]] = defaultdict(list)
    for row in connection.execute(select(latest).order_by(latest.c.id)):
        source = original_source(row.source)
        label = MovedLabel(names[row.person_id], Label(row.verdict), source, row.created_at, row.said_by)
        held[row.face_id].append(label)
    return held


def _is_present(label: MovedLabel, name: str | None) -> bool:
    """Whether a label still holds: a face that was named anew has the former name's label, too."""
    return label.label is Label.IS_NOT or label.person == name


def _moved_face(row: Row[Any], of_face: tuple[MovedLabel, ...]) -> MovedFace:
    return MovedFace(row.photo, box_of(row), row.score, landmarks_of(row), row.embedding, row.embedder, of_face)
