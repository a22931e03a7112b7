"""Who is known in a guild, and how it came to be known."""

from __future__ import annotations

import unicodedata
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, case, or_, select

from core.domain.classification import ClassifyResult
from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.people import (
    FaceRef,
    Label,
    NewFace,
    Person,
    StoredFace,
    name_key,
    normalise_name,
    person_name,
)
from core.services.people.gallery import Gallery
from core.storage.face_rows import box_of, insert_enrolled, landmarks_of
from core.storage.people_rows import (
    LabelProvenance,
    add_label,
    find_person,
    id_of_key,
    labelled_by,
    people_of,
    person_named,
    rejected_people,
    same_faces,
    to_person,
)
from core.storage.tables import faces, jobs, people

_People: TypeAlias = list[Person]  # within the class, `list` is its method
_Candidates: TypeAlias = list[Candidate]
_Faces: TypeAlias = list[StoredFace]


class PeopleService(Gallery):
    """Synchronous and thread-safe. Who may label is for the front to ask (`may_label`) before it calls."""

    def list(self, guild_id: int) -> _People:
        """Everybody, by name."""
        with self._database.read() as connection:
            return [to_person(row) for row in connection.execute(people_of(guild_id).order_by(people.c.key))]

    def find(self, guild_id: int, name: str) -> Person | None:
        """The person of this name, whatever its case or width.

        Raises:
            OmokageError: BAD_NAME.
        """
        key = name_key(normalise_name(name))
        with self._database.read() as connection:
            person_id = id_of_key(connection, guild_id, key)
            return None if person_id is None else find_person(connection, guild_id, person_id)

    def suggest(self, guild_id: int, prefix: str, limit: int = 25) -> _People:
        """Names that begin with `prefix`, then names that contain it; any text is allowed."""
        typed = name_key(unicodedata.normalize("NFKC", prefix).strip())
        begins = people.c.key.startswith(typed, autoescape=True)
        fitting = people_of(guild_id).where(or_(begins, people.c.key.contains(typed, autoescape=True)))
        with self._database.read() as connection:
            rows = connection.execute(fitting.order_by(case((begins, 0), else_=1), people.c.key).limit(limit))
            return [to_person(row) for row in rows]

    def name_face(
        self, face: FaceRef, guild_id: int, name: str, *, by: int, channel_id: int, message_id: int | None, source: str
    ) -> Person:
        """ "This is ...": the face shows this person from now on, whatever was said of it before.

        Raises:
            OmokageError: BAD_NAME, FACE_GONE.
        """
        shown = person_name(name)
        provenance = LabelProvenance(by, channel_id, message_id, source, self._clock())
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-people-{guild_id}")
            stored = _face(connection, face, guild_id)
            person_id = person_named(connection, guild_id, shown, provenance)
            add_label(connection, guild_id, same_faces(connection, stored), person_id, Label.IS, provenance=provenance)
            return _person(connection, guild_id, person_id)

    def confirm(
        self,
        face: FaceRef,
        guild_id: int,
        person_id: int,
        *,
        by: int,
        channel_id: int,
        message_id: int | None,
        source: str,
    ) -> Person:
        """ "Right": the face does show the person that it was named as.

        Raises:
            OmokageError: FACE_GONE, UNKNOWN_PERSON.
        """
        return self._label(
            face, guild_id, person_id, Label.IS, LabelProvenance(by, channel_id, message_id, source, self._clock())
        )

    def reject(
        self,
        face: FaceRef,
        guild_id: int,
        person_id: int,
        *,
        by: int,
        channel_id: int,
        message_id: int | None,
        source: str,
    ) -> Person:
        """ "Not this person": a lasting cannot-link, until somebody says that it is.

        Raises:
            OmokageError: FACE_GONE, UNKNOWN_PERSON.
        """
        provenance = LabelProvenance(by, channel_id, message_id, source, self._clock())
        return self._label(face, guild_id, person_id, Label.IS_NOT, provenance)

    def enrol(
        self, guild_id: int, name: str, face: NewFace, *, source: str, by: int = 0, photo: str | None = None
    ) -> Person:
        """Add a face that no job found, e.g. from the CLI.

        Raises:
            OmokageError: BAD_NAME.
        """
        shown = person_name(name)
        provenance = LabelProvenance(by, 0, None, source, self._clock())
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-people-{guild_id}")
            person_id = person_named(connection, guild_id, shown, provenance)
            stored = insert_enrolled(connection, guild_id, photo, face, provenance.at)
            add_label(connection, guild_id, same_faces(connection, stored), person_id, Label.IS, provenance=provenance)
            return _person(connection, guild_id, person_id)

    def candidates(self, face: FaceRef, guild_id: int, limit: int = 24) -> _Candidates:
        """The likeliest people for a face: the answer's own, then the others by name; those rejected come last.

        Raises:
            OmokageError: FACE_GONE.
        """
        with self._database.read() as connection:
            stored = _face(connection, face, guild_id)
            rejected = rejected_people(connection, guild_id, [stored.id])[stored.id]
            known = {row.id: row.name for row in connection.execute(people_of(guild_id).order_by(people.c.key))}
            top = {one.person_id: one for one in _top(connection, face) if one.person_id in known}
        others = [Candidate(person_id, name, 0.0) for person_id, name in known.items() if person_id not in top]
        # The answer keeps the name of its time; people may have been renamed since.
        likely = [Candidate(one.person_id, known[one.person_id], one.probability) for one in top.values()]
        return sorted([*likely, *others], key=lambda one: one.person_id in rejected)[:limit]

    def faces_of(self, job_id: int, guild_id: int | None = None) -> _Faces:
        """The faces that a job found, by number, with what is said about them now."""
        found = select(faces, people.c.name).outerjoin(people, people.c.id == faces.c.person_id)
        found = found.where(faces.c.job_id == job_id).order_by(faces.c.number)
        if guild_id is not None:
            found = found.where(faces.c.guild_id == guild_id)
        with self._database.read() as connection:
            rows = connection.execute(found).all()
            if not rows:
                return []
            ids = [row.id for row in rows]
            rejected = rejected_people(connection, rows[0].guild_id, ids)
            said_by = labelled_by(connection, ids)
        return [_stored(row, rejected[row.id], said_by.get(row.id)) for row in rows]

    def _label(self, face: FaceRef, guild_id: int, person_id: int, label: Label, provenance: LabelProvenance) -> Person:
        with self._database.write() as connection:
            self._database.advisory_lock(connection, f"omokage-people-{guild_id}")
            stored = _face(connection, face, guild_id)
            _person(connection, guild_id, person_id)
            add_label(connection, guild_id, same_faces(connection, stored), person_id, label, provenance=provenance)
            return _person(connection, guild_id, person_id)


def _person(connection: Connection, guild_id: int, person_id: int) -> Person:
    person = find_person(connection, guild_id, person_id)
    if person is None:
        raise OmokageError(ErrorCode.UNKNOWN_PERSON)
    return person


def _face(connection: Connection, face: FaceRef, guild_id: int) -> Row[Any]:
    same = select(faces).where(faces.c.job_id == face.job_id, faces.c.number == face.number)
    row = connection.execute(same.where(faces.c.guild_id == guild_id)).first()
    if row is None:
        raise OmokageError(ErrorCode.FACE_GONE)
    return row


def _stored(row: Any, rejected: frozenset[int], said_by: int | None) -> StoredFace:
    ref = FaceRef(row.job_id, row.number)
    return StoredFace(ref, box_of(row), row.score, landmarks_of(row), row.person_id, row.name, rejected, said_by)


def _top(connection: Connection, face: FaceRef) -> tuple[Candidate, ...]:
    """What the answer said of this face."""
    result = connection.execute(select(jobs.c.result).where(jobs.c.id == face.job_id)).scalar()
    if result is None:
        return ()
    answers = ClassifyResult.from_json(result).faces
    return next((answer.top for answer in answers if answer.number == face.number), ())
