"""Add people by name, and give them further names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from core.domain.clock import now_utc
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import MAX_ALIASES, LabelProvenance, Person, name_key, person_name
from core.storage.database import Database
from core.storage.people.alias_rows import delete_alias, insert_alias
from core.storage.people.people_rows import (
    find_name_holder,
    get_or_create_person,
    get_person,
    get_person_by_name,
    lock_people,
    mark_added,
)

ADDED = "added"  # `source` of the provenance of a person who was added by name


class AliasEditor:
    """People who were added by name, and everybody's aliases. Synchronous, thread-safe and light.

    A name or alias is one person's in a guild. The caller checks first who may do so.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = database
        self._clock = clock

    def add_person(self, guild_id: int, name: str, *, by: int, alias: str = "") -> Person:
        """Add a person of whom there is no picture yet, so that cards and completion know the name.

        Args:
            guild_id: whose people.
            name: of the person.
            by: the member who adds them, 0 the operator.
            alias: a further name, for example the reading in kana; empty: none.

        Raises:
            OmokageError: BAD_NAME; NAME_TAKEN, somebody has the name or alias: nobody was added.
        """
        normalised = person_name(name)
        provenance = LabelProvenance(by, 0, None, ADDED, self._clock())
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            _require_free(connection, guild_id, normalised)
            person_id = get_or_create_person(connection, guild_id, normalised, provenance)
            mark_added(connection, person_id)
            person = get_person(connection, guild_id, person_id)
            return self._add_alias(connection, person, alias, by) if alias else person

    def add(self, guild_id: int, name: str, alias: str, *, by: int) -> Person:
        """Give a person an alias; one that the person has already changes nothing.

        Raises:
            OmokageError: UNKNOWN_PERSON, BAD_NAME; NAME_TAKEN, it is somebody else's name or alias; BAD_OPTION, the
                person has as many aliases as are allowed.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            return self._add_alias(connection, get_person_by_name(connection, guild_id, name), alias, by)

    def remove(self, guild_id: int, name: str, alias: str) -> Person:
        """Take an alias from a person.

        Raises:
            OmokageError: UNKNOWN_PERSON; BAD_OPTION, the person has no such alias.
        """
        with self._database.write() as connection:
            lock_people(self._database, connection, guild_id)
            person = get_person_by_name(connection, guild_id, name)
            if not delete_alias(connection, person.id, name_key(" ".join(alias.split()))):
                allowed = ", ".join(person.aliases) or "none"
                details = {"option": "alias", "value": alias, "allowed": allowed, "name": person.name}
                raise OmokageError(ErrorCode.BAD_OPTION, reason="no-such-alias", **details)
            return get_person(connection, guild_id, person.id)

    def _add_alias(self, connection: Connection, person: Person, alias: str, by: int) -> Person:
        normalised = person_name(alias)
        holder = find_name_holder(connection, person.guild_id, normalised)
        if holder is not None and holder.id == person.id:
            return person
        _require_free(connection, person.guild_id, normalised)
        if len(person.aliases) >= MAX_ALIASES:
            details = {"option": "alias", "value": alias, "allowed": f"{MAX_ALIASES} at most", "name": person.name}
            raise OmokageError(ErrorCode.BAD_OPTION, reason="too-many-aliases", maximum=MAX_ALIASES, **details)
        insert_alias(connection, person.guild_id, person.id, normalised, by=by, at=self._clock())
        return get_person(connection, person.guild_id, person.id)


def _require_free(connection: Connection, guild_id: int, name: str) -> None:
    holder = find_name_holder(connection, guild_id, name)
    if holder is not None:
        raise OmokageError(ErrorCode.NAME_TAKEN, name=holder.name)
