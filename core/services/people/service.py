"""List the people of a guild, and label faces with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from core.domain.clock import now_utc
from core.domain.faces import Candidate
from core.domain.objections import ObjectingPeople
from core.domain.people import (
    FaceRef,
    Label,
    LabelProvenance,
    NewFace,
    Person,
    StoredFace,
    name_key,
    person_name,
)
from core.services.people.gallery import GalleryService
from core.storage.database import Database
from core.storage.people.face_rows import answered_candidates, copies_of_face, get_face, insert_enrolled, stored_faces
from core.storage.people.label_rows import add_label, rejected_people
from core.storage.people.people_rows import (
    get_or_create_person,
    get_person,
    list_people,
    lock_people,
    objecting_people,
    person_names,
)

_People: TypeAlias = list[Person]  # within the class, `list` is its method
_Candidates: TypeAlias = list[Candidate]
_Faces: TypeAlias = list[StoredFace]


class PeopleService:
    """The people of all guilds, and the labels of faces. Synchronous and thread-safe.

    The caller checks first whether the member may label (`may_label`). `gallery`: what recognisers compare with.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock
        self.gallery = GalleryService(database)

    def list(self, guild_id: int) -> _People:
        """Return everybody, ordered by name."""
        with self._database.read() as connection:
            return list_people(connection, guild_id)

    def names(self, guild_id: int) -> dict[int, str]:
        """Return everybody's present name by id, also of people without a face."""
        with self._database.read() as connection:
            return person_names(connection, guild_id)

    def objecting_ids(self, guild_id: int) -> frozenset[int]:
        """Return the ids of the people who objected to being named and aged."""
        return self.gallery.objecting_ids(guild_id)

    def objecting(self, guild_id: int) -> ObjectingPeople:
        """Return who objected to being named, with their present names and aliases."""
        with self._database.read() as connection:
            ids = objecting_people(connection, guild_id)
            people = list_people(connection, guild_id) if ids else []
        names = (text for person in people if person.id in ids for text in (person.name, *person.aliases))
        return ObjectingPeople(ids, frozenset(map(name_key, names)))

    def name_face(
        self, face: FaceRef, guild_id: int, name: str, *, by: int, channel_id: int, message_id: int | None, source: str
    ) -> Person:
        """Label a face with the person of this name, alias or reading; where there is none, one is created.

        It does not matter what the labels of the face were.

        Raises:
            OmokageError: BAD_NAME, FACE_GONE.
        """
        normalised = person_name(name)
        provenance = LabelProvenance(by, channel_id, message_id, source, self._clock())
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            face_ids = copies_of_face(connection, get_face(connection, guild_id, face))
            person_id = get_or_create_person(connection, guild_id, normalised, provenance, by_reading=True)
            add_label(connection, guild_id, face_ids, person_id, Label.IS, provenance=provenance)
            return get_person(connection, guild_id, person_id)

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
        """Label a face with the person that it was named as: the name is right.

        Raises:
            OmokageError: FACE_GONE, UNKNOWN_PERSON.
        """
        provenance = LabelProvenance(by, channel_id, message_id, source, self._clock())
        return self._label(face, guild_id, person_id, Label.IS, provenance)

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
        """Label a face as not this person: a cannot-link, until somebody labels it with the person.

        Raises:
            OmokageError: FACE_GONE, UNKNOWN_PERSON.
        """
        provenance = LabelProvenance(by, channel_id, message_id, source, self._clock())
        return self._label(face, guild_id, person_id, Label.IS_NOT, provenance)

    def enrol(
        self, guild_id: int, name: str, face: NewFace, *, source: str, by: int = 0, photo: str | None = None
    ) -> Person:
        """Store a face that no job found, e.g. from the CLI, labelled with a person.

        Raises:
            OmokageError: BAD_NAME.
        """
        normalised = person_name(name)
        provenance = LabelProvenance(by, 0, None, source, self._clock())
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            person_id = get_or_create_person(connection, guild_id, normalised, provenance, by_reading=True)
            row = insert_enrolled(connection, guild_id, photo, face, provenance.at)
            add_label(connection, guild_id, copies_of_face(connection, row), person_id, Label.IS, provenance=provenance)
            return get_person(connection, guild_id, person_id)

    def candidates(self, face: FaceRef, guild_id: int, limit: int = 24) -> _Candidates:
        """Return the likeliest people for a face: the answer's own, then the others by name; rejected people last.

        Raises:
            OmokageError: FACE_GONE.
        """
        with self._database.read() as connection:
            row = get_face(connection, guild_id, face)
            rejected = rejected_people(connection, guild_id, [row.id])[row.id]
            names = {person.id: person.name for person in list_people(connection, guild_id)}
            answered = answered_candidates(connection, face)
            objecting = objecting_people(connection, guild_id)
        # Whom a face may show is not told of people who objected; they can be chosen like anybody else.
        probabilities = {
            candidate.person_id: candidate.probability for candidate in answered if candidate.person_id not in objecting
        }
        # The answer keeps the names of its time; people may have been renamed or removed since.
        likely = [Candidate(id_, names[id_], probabilities[id_]) for id_ in probabilities if id_ in names]
        others = [Candidate(id_, name, 0.0) for id_, name in names.items() if id_ not in probabilities]
        return sorted([*likely, *others], key=lambda candidate: candidate.person_id in rejected)[:limit]

    def faces_of(self, job_id: int, guild_id: int | None = None) -> _Faces:
        """Return the faces that a job found, by number, with their present labels."""
        with self._database.read() as connection:
            return stored_faces(connection, job_id, guild_id)

    def _label(self, face: FaceRef, guild_id: int, person_id: int, label: Label, provenance: LabelProvenance) -> Person:
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            face_ids = copies_of_face(connection, get_face(connection, guild_id, face))
            get_person(connection, guild_id, person_id)
            add_label(connection, guild_id, face_ids, person_id, label, provenance=provenance)
            return get_person(connection, guild_id, person_id)
