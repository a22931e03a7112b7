"""The application's commands, global and of the guild."""

from __future__ import annotations

from sandbox.rules.commands import CHAT_INPUT, check_bulk, check_command
from sandbox.rules.errors import DiscordError, Problems, unknown
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.events import Event, Events
from sandbox.world.people import People
from sandbox.world.snowflakes import Snowflakes
from sandbox.world.store import Store

_KIND = "command"
# Keys that Discord keeps of a command, with what it fills in.
_DEFAULTS: Json = {
    "type": CHAT_INPUT,
    "description": "",
    "name_localizations": None,
    "description_localizations": None,
    "default_member_permissions": None,
    "dm_permission": True,
    "contexts": None,
    "integration_types": [0],
    "nsfw": False,
}


class CommandRegistry:
    """Commands by id; names are unique by kind and place (guild or everywhere)."""

    def __init__(self, snowflakes: Snowflakes, store: Store, people: People, events: Events) -> None:
        self._snowflakes, self._store, self._people, self._events = snowflakes, store, people, events
        self._commands: dict[str, Json] = {}

    def load(self) -> None:
        """Read what an earlier run kept."""
        for key, command in self._store.all(_KIND):
            self._commands[key] = command
            self._snowflakes.mark_used(key)
            self._snowflakes.mark_used(command["version"])

    def all(self, guild_id: str | None) -> list[Json]:
        """Commands of the guild, or the global ones for None."""
        return [command for command in self._commands.values() if command.get("guild_id") == guild_id]

    def get(self, command_id: str, guild_id: str | None) -> Json:
        """One command, or Discord's 404."""
        command = self._commands.get(command_id)
        if command is None or command.get("guild_id") != guild_id:
            raise unknown("application command")
        return command

    def named(self, kind: int, name: str) -> Json | None:
        """The command that a member means; the guild's own comes first."""
        everything = self.all(fixtures.GUILD_ID) + self.all(None)
        return next((c for c in everything if c["type"] == kind and c["name"] == name), None)

    def for_member(self, user_id: str) -> list[Json]:
        """The commands that Discord shows to that member in the guild."""
        everything = self.all(fixtures.GUILD_ID) + self.all(None)
        return [command for command in everything if self.may_use(user_id, command)]

    def may_use(self, user_id: str, command: Json) -> bool:
        """Whether the command is offered in guilds, and to a member with that one's permissions."""
        needed = command["default_member_permissions"]
        contexts = command["contexts"]
        allowed = needed is None or (needed != "0" and self._people.may(user_id, int(needed)))
        return allowed and (contexts is None or 0 in contexts)

    def create(self, body: Json, guild_id: str | None) -> tuple[Json, bool]:
        """Create a command, or replace the one of that name; returns it and whether it is new."""
        problems = Problems()
        check_command(problems, body)
        problems.raise_if_any()
        old = self._same_name(body, guild_id)
        command = self._put(body, guild_id, old)
        self._changed()
        return command, old is None

    def edit(self, command_id: str, body: Json, guild_id: str | None) -> Json:
        """Change some keys of a command; its kind stays."""
        old = self.get(command_id, guild_id)
        merged = old | body | {"type": old["type"]}
        problems = Problems()
        check_command(problems, merged)
        problems.raise_if_any()
        command = self._put(merged, guild_id, old)
        self._changed()
        return command

    def delete(self, command_id: str, guild_id: str | None) -> None:
        """Remove a command."""
        self._remove(self.get(command_id, guild_id)["id"])
        self._changed()

    def replace_all(self, bodies: object, guild_id: str | None) -> list[Json]:
        """Bulk overwrite: commands keep their ids by name, the rest goes; nothing changes where one is refused."""
        if not isinstance(bodies, list):
            raise DiscordError(400, 50035, "Invalid Form Body")
        check_bulk(bodies).raise_if_any()
        commands = [self._put(body, guild_id, self._same_name(body, guild_id)) for body in bodies]
        kept = {command["id"] for command in commands}
        for command in self.all(guild_id):
            if command["id"] not in kept:
                self._remove(command["id"])
        self._changed()
        return commands

    def _same_name(self, body: Json, guild_id: str | None) -> Json | None:
        key = (body.get("type", CHAT_INPUT), body["name"])
        return next((c for c in self.all(guild_id) if (c["type"], c["name"]) == key), None)

    def _put(self, body: Json, guild_id: str | None, old: Json | None) -> Json:
        known = {key: body[key] for key in (*_DEFAULTS, "name", "options") if body.get(key) is not None}
        command = _DEFAULTS | known | {"application_id": fixtures.BOT_ID}
        if "default_member_permissions" in known:
            # Clients may send a number.
            command["default_member_permissions"] = str(known["default_member_permissions"])
        if guild_id is not None:
            command["guild_id"] = guild_id
        if old is not None:
            identity = {"id": old["id"], "version": old["version"]}
            if command | identity == old:
                return old
        command["id"] = old["id"] if old else self._snowflakes.next()
        command["version"] = self._snowflakes.next()
        self._commands[command["id"]] = command
        self._store.put(_KIND, command["id"], command)
        return command

    def _remove(self, command_id: str) -> None:
        del self._commands[command_id]
        self._store.delete(_KIND, command_id)

    def _changed(self) -> None:
        # Each member is shown other commands, so the members' screens fill the list in.
        self._events.emit(Event("COMMANDS_UPDATE", {}, members_only=True))
