"""Aliases as rows: further names of people, among them readings in kana. The caller holds the guild's lock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from core.domain.people import name_key
from core.storage.tables import person_aliases


def aliases_by_person(connection: Connection, guild_id: int) -> dict[int, tuple[str, ...]]:
    """Return the aliases of a guild's people by person id, in the order in which they were added."""
    rows = select(person_aliases.c.person_id, person_aliases.c.alias).where(person_aliases.c.guild_id == guild_id)
    aliases: dict[int, tuple[str, ...]] = {}
    for person_id, alias in connection.execute(rows.order_by(person_aliases.c.id)):
        aliases[person_id] = (*aliases.get(person_id, ()), alias)
    return aliases


def alias_owner(connection: Connection, guild_id: int, key: str) -> int | None:
    """Return the id of the person who has the alias of this key, or None."""
    same = select(person_aliases.c.person_id).where(person_aliases.c.guild_id == guild_id)
    return connection.execute(same.where(person_aliases.c.key == key)).scalar()


def insert_alias(connection: Connection, guild_id: int, person_id: int, alias: str, *, by: int, at: datetime) -> None:
    """Give a person an alias, a normalised name that nobody in the guild has."""
    values = {"guild_id": guild_id, "person_id": person_id, "alias": alias, "key": name_key(alias)}
    connection.execute(insert(person_aliases).values(**values, created_by=by, created_at=at))


def delete_alias(connection: Connection, person_id: int, key: str) -> bool:
    """Delete a person's alias of this key; return whether there was one."""
    same = delete(person_aliases).where(person_aliases.c.person_id == person_id, person_aliases.c.key == key)
    return connection.execute(same).rowcount > 0


def move_aliases(connection: Connection, guild_id: int, old: int, new: int) -> None:
    """Give all aliases of one person to another."""
    of_old = update(person_aliases).where(person_aliases.c.guild_id == guild_id, person_aliases.c.person_id == old)
    connection.execute(of_old.values(person_id=new))
