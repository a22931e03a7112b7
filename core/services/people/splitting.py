"""Make two people of one who was taken for both."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import Connection

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.face_records import FaceRecord
from core.domain.people import LabelProvenance, Person, person_name
from core.domain.removal import SplitPeople
from core.storage.database import Database
from core.storage.people.changes import set_objection, split_faces
from core.storage.people.face_record_rows import faces_of_person
from core.storage.people.face_rows import copies_of_face_id
from core.storage.people.people_rows import get_or_create_person, get_person, get_person_by_name, lock_people
from core.storage.version_rows import versions_of_guild

SPLIT = "split"  # `source` of the labels that tell the two apart


class PersonSplitter:
    """Gives some of a person's faces to somebody else. Synchronous, thread-safe and light, since the bot uses it.

    The caller checks first who may do so.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock

    def pictures(self, guild_id: int, name: str) -> tuple[Person, list[FaceRecord]]:
        """Return a person and their stored pictures, the newest first; the same face posted again comes once.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        with self._database.read() as connection:
            person = get_person_by_name(connection, guild_id, name)
            return person, _different_pictures(connection, person)

    def pictures_of(self, guild_id: int, person_id: int) -> tuple[Person, list[FaceRecord]]:
        """Return the same of the person with this id.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        with self._database.read() as connection:
            person = get_person(connection, guild_id, person_id)
            return person, _different_pictures(connection, person)

    def split(self, guild_id: int, name: str, to: str, face_ids: Collection[int], *, by: int) -> SplitPeople:
        """Say that some of a person's pictures show somebody else, and that the two are not one.

        Who named these faces, where and when, stays known, now as naming the other person. Each of them gets a lasting
        "not this person" about the first one, so that the two are not merged by mistake. An objection is of both.

        Args:
            guild_id: whose people.
            name: who was taken for both.
            to: the name of the other person, who is created where nobody has it.
            face_ids: which stored faces show the other person; copies of them follow.
            by: the member who says so, 0 the operator.

        Raises:
            OmokageError: UNKNOWN_PERSON, BAD_NAME; FACE_GONE, a face is not the person's any more; BAD_OPTION, with a
                `reason`: split-none (no face was chosen), split-all (nothing would be left), split-oneself (`to` is
                the same person).
        """
        normalised = person_name(to)
        provenance = LabelProvenance(by, 0, None, SPLIT, self._clock())
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            person = get_person_by_name(connection, guild_id, name)
            records = faces_of_person(connection, guild_id, person.id)
            chosen = _with_copies(connection, records, face_ids)
            if len(chosen) == len(records):
                raise _refusal("split-all", person)
            other_id = get_or_create_person(connection, guild_id, normalised, provenance)
            if other_id == person.id:
                raise _refusal("split-oneself", person)
            split_faces(connection, guild_id, sorted(chosen), person.id, other_id, provenance)
            other = get_person(connection, guild_id, other_id)
            if person.objected_at is not None and other.objected_at is None:
                set_objection(connection, other_id, person.objected_at)
            versions = tuple(
                version.title
                for version in versions_of_guild(connection, guild_id)
                if any(class_id == person.id for _, class_id in version.classes)
            )
            first, second = (get_person(connection, guild_id, id_) for id_ in (person.id, other_id))
            return SplitPeople(first, second, len(chosen), versions)


def _different_pictures(connection: Connection, person: Person) -> list[FaceRecord]:
    """Return the person's faces, the newest first, and of those that are alike to the byte the newest."""
    different: dict[bytes, FaceRecord] = {}
    for record in faces_of_person(connection, person.guild_id, person.id):
        different.setdefault(record.embedding, record)
    return list(different.values())


def _with_copies(connection: Connection, records: Collection[FaceRecord], face_ids: Collection[int]) -> set[int]:
    """Return the ids of the chosen faces and of their copies: the same photo posted again, or the same embedding."""
    by_id = {record.id: record for record in records}
    if not face_ids:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="split-none", option="faces", value="", allowed="one at least")
    if not by_id.keys() >= set(face_ids):
        raise OmokageError(ErrorCode.FACE_GONE)
    chosen: set[int] = set()
    grown = set(face_ids)
    while grown != chosen:
        chosen = grown
        embeddings = {by_id[face_id].embedding for face_id in chosen}
        grown = chosen | {record.id for record in records if record.embedding in embeddings}
        grown |= {copy for face_id in chosen for copy in copies_of_face_id(connection, face_id)} & by_id.keys()
    return chosen


def _refusal(reason: str, person: Person) -> OmokageError:
    allowed = {"split-all": "not all of the person's pictures", "split-oneself": "somebody else's name"}[reason]
    details = {"option": "to" if reason == "split-oneself" else "faces", "value": person.name, "allowed": allowed}
    return OmokageError(ErrorCode.BAD_OPTION, reason=reason, name=person.name, **details)
