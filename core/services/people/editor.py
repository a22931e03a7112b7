"""Rename, merge and remove people of a guild."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import LabelEvent, LabelProvenance, Person, name_key, person_name
from core.domain.removal import MergedPeople, RemovedPerson
from core.services.retention import RetentionService
from core.storage.database import Database
from core.storage.dataset_rows import datasets_of
from core.storage.people.alias_rows import delete_alias, insert_alias, move_aliases
from core.storage.people.changes import (
    answers_naming,
    change_answers,
    count_conflicts,
    delete_faces,
    delete_person,
    faces_answered,
    faces_showing,
    forget_photos,
    forget_pictures,
    jobs_showing,
    move_person,
    photos_of_nobody,
    rename_person,
    replace_in_classes,
    set_objection,
    set_public,
)
from core.storage.people.face_answers import forget_face_answers, move_face_answers
from core.storage.people.label_rows import label_events
from core.storage.people.people_rows import find_name_holder, get_person, get_person_by_name, lock_people
from core.storage.version_rows import versions_of_guild

MERGE = "merge"  # `source` of a label that settles a contradiction between the two


class PeopleEditor:
    """Changes of people as a whole. Synchronous, thread-safe and light, since the bot uses it.

    The caller checks first who may do so.
    """

    def __init__(
        self, database: Database, retention: RetentionService, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self._database = database
        self._retention = retention
        self._clock = clock

    def get_by_name(self, guild_id: int, name: str) -> Person:
        """Return the person of this name, also of a name that would be refused today.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        with self._database.read() as connection:
            return get_person_by_name(connection, guild_id, name)

    def history(self, guild_id: int, name: str) -> tuple[Person, list[LabelEvent]]:
        """Return a person, and who labelled which faces as theirs or as not theirs, the newest first.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        with self._database.read() as connection:
            person = get_person_by_name(connection, guild_id, name)
            return person, label_events(connection, guild_id, person.id)

    def rename(self, guild_id: int, name: str, new_name: str) -> Person:
        """Give a person another name; data sets and cards keep the name of their time, and the old name is free.

        Raises:
            OmokageError: BAD_NAME, UNKNOWN_PERSON; NAME_TAKEN, another person has it: `merge` is meant.
        """
        normalised = person_name(new_name)
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            person = get_person_by_name(connection, guild_id, name)
            holder = find_name_holder(connection, guild_id, normalised)
            if holder is not None and holder.id != person.id:
                raise OmokageError(ErrorCode.NAME_TAKEN, name=holder.name)
            delete_alias(connection, person.id, name_key(normalised))
            rename_person(connection, person.id, normalised)
            return get_person(connection, guild_id, person.id)

    def check_merge(self, guild_id: int, name: str, into: str) -> tuple[Person, Person]:
        """Return the two people whom `merge` would make one.

        Raises:
            OmokageError: that `merge` would raise.
        """
        with self._database.read() as connection:
            source, target = _get_two(connection, guild_id, name, into)
            _refuse_conflicts(connection, source, target)
            return source, target

    def merge(self, guild_id: int, name: str, into: str, *, by: int, despite_conflicts: bool = False) -> MergedPeople:
        """Make one person of two who are the same: all faces and labels of `name` are those of `into` from now on.

        An objection of either is one of both. Aliases are moved, and the name that is gone becomes an alias: whoever
        goes on typing it means the person who is left, and does not create the second one anew.

        Args:
            guild_id: whose people.
            name: who is merged.
            into: who is left.
            by: the member who says so, 0 the operator.
            despite_conflicts: also where a photo shows both, or a label says that a face of either is not the other's.

        Raises:
            OmokageError: UNKNOWN_PERSON; BAD_OPTION, both names are one person's; PEOPLE_CONFLICT.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            source, target = _get_two(connection, guild_id, name, into)
            if not despite_conflicts:
                _refuse_conflicts(connection, source, target)
            provenance = LabelProvenance(by, 0, None, f"{MERGE}:{source.name}", self._clock())
            if source.objected_at is not None and target.objected_at is None:
                set_objection(connection, target.id, source.objected_at)
            count = move_person(connection, guild_id, source.id, target.id, provenance)
            replace_in_classes(connection, guild_id, source.id, target.id)
            answers = list(answers_naming(connection, guild_id, source.id))
            change_answers(
                connection, answers, lambda id_, name_: (target.id, target.name) if id_ == source.id else (id_, name_)
            )
            move_face_answers(connection, guild_id, source.id, target.id, target.name)
            move_aliases(connection, guild_id, source.id, target.id)
            delete_person(connection, source.id)
            self._keep_as_alias(connection, source.name, target, by)
            return MergedPeople(get_person(connection, guild_id, target.id), source.name, count)

    def record_public(self, guild_id: int, name: str, *, listed: bool) -> Person:
        """Put a person on the list of public people, from whose faces in the chat may be learnt, or take them off.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            person = get_person_by_name(connection, guild_id, name)
            set_public(connection, person.id, listed=listed)
            return person

    def record_objection(self, guild_id: int, name: str) -> Person:
        """Write down that a person does not want to be named or aged; a second time changes nothing.

        The pictures of answers that named them are deleted, since the name stands in them.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        began = now_utc()  # files have the system's time
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            person = get_person_by_name(connection, guild_id, name)
            if person.objected_at is not None:
                return person
            set_objection(connection, person.id, self._clock())
            answers = answers_naming(connection, guild_id, person.id)
            labelled = jobs_showing(connection, guild_id, person.id)
            pictures = forget_pictures(connection, labelled | {id_ for id_, _ in faces_answered(answers, person.id)})
            person = get_person(connection, guild_id, person.id)
        self._retention.discard(pictures, guild_id, began)
        return person

    def withdraw_objection(self, guild_id: int, name: str) -> Person:
        """Write down that a person does not object any more.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            person = get_person_by_name(connection, guild_id, name)
            set_objection(connection, person.id, None)
            return get_person(connection, guild_id, person.id)

    def remove(self, guild_id: int, name: str) -> RemovedPerson:
        """Delete a person's faces, embeddings and labels, and the photos that show nobody else who has a name.

        Faces that only an answer named as the person go, too. Answers that named the person lose the name and their
        picture, which shows it. What was imported into data sets stays there, and is listed in the result.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        began = now_utc()  # files have the system's time
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            person = get_person_by_name(connection, guild_id, name)
            answers = list(answers_naming(connection, guild_id, person.id))
            named = faces_answered(answers, person.id)
            rows = faces_showing(connection, guild_id, person.id, named)
            delete_faces(connection, guild_id, [row.id for row in rows], person.id)
            photos = photos_of_nobody(connection, {row.photo for row in rows if row.photo is not None})
            # Their pictures show the person, or the name.
            job_ids = {*forget_photos(connection, guild_id, photos), *(row.job_id for row in rows)} - {None}
            job_ids |= {job_id for job_id, _ in named}
            change_answers(connection, answers, lambda id_, name_: None if id_ == person.id else (id_, name_))
            pictures = forget_pictures(connection, job_ids)
            pictures |= forget_face_answers(connection, guild_id, [row.id for row in rows], person.id)
            titles = _titles_with_person(connection, guild_id, person.id)
            delete_person(connection, person.id)
        photo_count = self._retention.discard(photos, guild_id, began)
        self._retention.discard(pictures, guild_id, began)
        return RemovedPerson(person.name, len(rows), photo_count, *titles)

    def _keep_as_alias(self, connection: Connection, name: str, person: Person, by: int) -> None:
        """Give a person the name of somebody who is gone as an alias, where it is a name that may be given today."""
        try:
            normalised = person_name(name)
        except OmokageError:
            return
        if find_name_holder(connection, person.guild_id, normalised) is None:
            insert_alias(connection, person.guild_id, person.id, normalised, by=by, at=self._clock())


def _get_two(connection: Connection, guild_id: int, name: str, into: str) -> tuple[Person, Person]:
    source, target = get_person_by_name(connection, guild_id, name), get_person_by_name(connection, guild_id, into)
    if source.id == target.id:
        option = {"option": "into", "value": into, "allowed": "somebody else's name"}
        raise OmokageError(ErrorCode.BAD_OPTION, reason="merge-oneself", **option)
    return source, target


def _refuse_conflicts(connection: Connection, source: Person, target: Person) -> None:
    photos, rejections = count_conflicts(connection, source.guild_id, source.id, target.id)
    if photos or rejections:
        names = {"name": source.name, "into": target.name}
        raise OmokageError(ErrorCode.PEOPLE_CONFLICT, photos=photos, labels=rejections, **names)


def _titles_with_person(
    connection: Connection, guild_id: int, person_id: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the titles of the data sets and of the model versions that have the person as a class, oldest first."""
    datasets = [
        dataset.title
        for dataset in reversed(datasets_of(connection, guild_id))
        if any(entry.person_id == person_id for entry in dataset.classes)
    ]
    versions = [
        version.title
        for version in versions_of_guild(connection, guild_id)
        if any(class_id == person_id for _, class_id in version.classes)
    ]
    return tuple(datasets), tuple(versions)
