"""Takes back what was said wrongly of a guild's people: rename, merge, remove."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from core.domain.clock import now_utc
from core.domain.data.datasets import DatasetClass
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import Person, name_key, person_name
from core.domain.removal import MergedPeople, RemovedPerson
from core.services.retention import RetentionService
from core.storage.database import Database
from core.storage.dataset_rows import datasets_of
from core.storage.people_changes import (
    answers_naming,
    change_answers,
    delete_faces,
    delete_person,
    faces_answered,
    faces_showing,
    forget_photos,
    forget_pictures,
    move_person,
    photos_of_nobody,
    rename_person,
    replace_in_classes,
)
from core.storage.people_rows import LabelProvenance, find_person, people_of, to_person
from core.storage.tables import people
from core.storage.training_tables import versions
from core.storage.version_rows import to_version

MERGE = "merge"  # by which way in a label came that settles a contradiction between the two


class PeopleEditor:
    """Synchronous and thread-safe; light, since the bot uses it. Who may do so is for the front to ask."""

    def __init__(
        self, database: Database, retention: RetentionService, clock: Callable[[], datetime] = now_utc
    ) -> None:
        self._database = database
        self._retention = retention
        self._clock = clock

    def find(self, guild_id: int, name: str) -> Person:
        """The person of this name, even if nobody could be called so today.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        with self._database.read() as connection:
            return _named(connection, guild_id, name)

    def rename(self, guild_id: int, name: str, new_name: str) -> Person:
        """Call somebody otherwise; data sets and cards keep the name of their time.

        Raises:
            OmokageError: BAD_NAME, UNKNOWN_PERSON; NAME_TAKEN, somebody else is called so: `merge` is meant.
        """
        shown = person_name(new_name)
        with self._database.write() as connection:
            self._alone(connection, guild_id)
            person = _named(connection, guild_id, name)
            taken = _find(connection, guild_id, shown)
            if taken is not None and taken.id != person.id:
                raise OmokageError(ErrorCode.NAME_TAKEN, name=taken.name)
            rename_person(connection, person.id, shown)
            return _get(connection, guild_id, person.id)

    def merge(self, guild_id: int, name: str, into: str, *, by: int) -> MergedPeople:
        """Make one person of two who are the same: all that is said of `name` holds of `into` from now on.

        Raises:
            OmokageError: UNKNOWN_PERSON; BAD_OPTION, both names are one person's.
        """
        with self._database.write() as connection:
            self._alone(connection, guild_id)
            gone, left = _named(connection, guild_id, name), _named(connection, guild_id, into)
            if gone.id == left.id:
                raise OmokageError(ErrorCode.BAD_OPTION, option="into", value=into, allowed="somebody else's name")
            provenance = LabelProvenance(by, 0, None, f"{MERGE}:{gone.name}", self._clock())
            count = move_person(connection, guild_id, gone.id, left.id, provenance)
            replace_in_classes(connection, guild_id, gone.id, left.id)
            answers = list(answers_naming(connection, guild_id, gone.id))
            change_answers(
                connection, answers, lambda one, called: (left.id, left.name) if one == gone.id else (one, called)
            )
            delete_person(connection, gone.id)
            return MergedPeople(_get(connection, guild_id, left.id), gone.name, count)

    def remove(self, guild_id: int, name: str) -> RemovedPerson:
        """Delete somebody with their faces, embeddings and labels, and the photos that show nobody else who has a name.

        Faces that were only answered with the name go, too. Answers in which the person was named lose the name and
        their picture, which shows it. What was imported into data sets stays there, and is listed in the result.

        Raises:
            OmokageError: UNKNOWN_PERSON.
        """
        began = now_utc()  # files have the system's time
        with self._database.write() as connection:
            self._alone(connection, guild_id)
            person = _named(connection, guild_id, name)
            answers = list(answers_naming(connection, guild_id, person.id))
            named = faces_answered(answers, person.id)
            rows = faces_showing(connection, guild_id, person.id, named)
            delete_faces(connection, guild_id, [row.id for row in rows], person.id)
            photos = photos_of_nobody(connection, {row.photo for row in rows if row.photo is not None})
            # Their pictures show the person, or the name.
            job_ids = {*forget_photos(connection, guild_id, photos), *(row.job_id for row in rows)} - {None}
            job_ids |= {job_id for job_id, _ in named}
            change_answers(connection, answers, lambda one, called: None if one == person.id else (one, called))
            pictures = forget_pictures(connection, job_ids)
            titles = _titles(connection, guild_id, person.id)
            delete_person(connection, person.id)
        photo_count = self._retention.discard(photos, guild_id, began)
        self._retention.discard(pictures, guild_id, began)
        return RemovedPerson(person.name, len(rows), photo_count, *titles)

    def _alone(self, connection: Connection, guild_id: int) -> None:
        self._database.advisory_lock(connection, f"omokage-people-{guild_id}")


def _named(connection: Connection, guild_id: int, name: str) -> Person:
    # Not normalise_name(): who was called so before the name was refused must be found, to be called otherwise.
    person = _find(connection, guild_id, " ".join(unicodedata.normalize("NFKC", name).split()))
    if person is None:
        raise OmokageError(ErrorCode.UNKNOWN_PERSON, name=name)
    return person


def _find(connection: Connection, guild_id: int, shown: str) -> Person | None:
    row = connection.execute(people_of(guild_id).where(people.c.key == name_key(shown))).first()
    return None if row is None else to_person(row)


def _get(connection: Connection, guild_id: int, person_id: int) -> Person:
    person = find_person(connection, guild_id, person_id)
    if person is None:
        raise OmokageError(ErrorCode.UNKNOWN_PERSON)
    return person


def _titles(connection: Connection, guild_id: int, person_id: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Of the data sets and of the model versions that have the person as a class, the oldest first."""
    sets = [one for one in reversed(datasets_of(connection, guild_id)) if person_id in _ids(one.classes)]
    rows = connection.execute(select(versions).where(versions.c.guild_id == guild_id).order_by(versions.c.id))
    models = [one for one in map(to_version, rows) if person_id in {class_id for _, class_id in one.classes}]
    return tuple(one.title for one in sets), tuple(one.title for one in models)


def _ids(classes: Iterable[DatasetClass]) -> set[int]:
    return {one.person_id for one in classes}
