"""Users, members and roles as Discord describes them."""

from __future__ import annotations

from dataclasses import replace

from sandbox.types import Json
from sandbox.world import fixtures, permissions
from sandbox.world.fixtures import Person, Role
from sandbox.world.snowflakes import moment_of, timestamp

JOINED_AT = timestamp(moment_of(fixtures.GUILD_ID))


class People:
    """The guild's members and what each may do. Only their locales ever change."""

    def __init__(self) -> None:
        self._people = {person.id: person for person in fixtures.PEOPLE}
        self._roles = {role.id: role for role in fixtures.ROLES}

    def all(self) -> list[Person]:
        """Everybody, the bot first."""
        return list(self._people.values())

    def roles(self) -> list[Role]:
        """Every role, @everyone first."""
        return list(self._roles.values())

    def get(self, user_id: str) -> Person | None:
        """The person, or None."""
        return self._people.get(user_id)

    def role(self, role_id: str) -> Role | None:
        """The role, or None."""
        return self._roles.get(role_id)

    def named(self, name: str) -> Person | None:
        """The person with that id or user name."""
        return self._people.get(name) or next((p for p in self.all() if p.username == name), None)

    def set_locale(self, user_id: str, locale: str) -> None:
        """Change the language of that person's Discord client."""
        self._people[user_id] = replace(self._people[user_id], locale=locale)

    def permissions(self, user_id: str) -> int:
        """Permission bits in every channel: there are no overwrites here."""
        person = self._people[user_id]
        bits = self._roles[fixtures.GUILD_ID].permissions
        for role_id in person.role_ids:
            bits |= self._roles[role_id].permissions
        return bits

    def may(self, user_id: str, needed: int) -> bool:
        """Whether the person has all of these permissions."""
        bits = self.permissions(user_id)
        return bool(bits & permissions.ADMINISTRATOR) or bits & needed == needed


def user(person: Person) -> Json:
    """A user object."""
    body: Json = {
        "id": person.id,
        "username": person.username,
        "discriminator": "0001" if person.bot else "0",
        "global_name": None if person.bot else person.name,
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
    }
    return body | {"bot": True} if person.bot else body


def partial_member(person: Person) -> Json:
    """A member object without its user, as it comes with messages."""
    return {
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "deaf": False,
        "flags": 0,
        "joined_at": JOINED_AT,
        "mute": False,
        "nick": None,
        "pending": False,
        "premium_since": None,
        "roles": list(person.role_ids),
    }


def member(person: Person) -> Json:
    """A member object with its user."""
    return partial_member(person) | {"user": user(person)}


def role_object(role: Role, position: int) -> Json:
    """A role object."""
    body: Json = {
        "id": role.id,
        "name": role.name,
        "color": role.colour,
        "colors": {"primary_color": role.colour, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(role.permissions),
        "managed": role.managed_by is not None,
        "mentionable": False,
        "flags": 0,
    }
    return body | {"tags": {"bot_id": role.managed_by}} if role.managed_by else body
