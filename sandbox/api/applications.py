"""Routes of the application and its commands."""

from __future__ import annotations

from sandbox.api.endpoint import Call, Parts, Reply, Route
from sandbox.rules.errors import DiscordError, unknown
from sandbox.types import Json
from sandbox.world import cast
from sandbox.world.guild import application_object


def application(parts: Parts, _: Call) -> Reply:
    """The bot's own application."""
    return Reply(200, application_object(parts.world.people))


def list_commands(parts: Parts, call: Call) -> Reply:
    """All commands of the place; their translations only on demand."""
    commands = parts.world.commands.all(_place(call))
    if call.query.get("with_localizations", "").lower() not in ("true", "1"):
        commands = [_untranslated(command) for command in commands]
    return Reply(200, commands)


def get_command(parts: Parts, call: Call) -> Reply:
    """One command."""
    return Reply(200, parts.world.commands.get(call.path["command_id"], _place(call)))


def create_command(parts: Parts, call: Call) -> Reply:
    """Create a command, or replace the one of that name."""
    command, new = parts.world.commands.create(call.body.json(), _place(call))
    return Reply(201 if new else 200, command)


def replace_commands(parts: Parts, call: Call) -> Reply:
    """Bulk overwrite."""
    return Reply(200, parts.world.commands.replace_all(call.body.payload, _place(call)))


def edit_command(parts: Parts, call: Call) -> Reply:
    """Change a command."""
    return Reply(200, parts.world.commands.edit(call.path["command_id"], call.body.json(), _place(call)))


def delete_command(parts: Parts, call: Call) -> Reply:
    """Remove a command."""
    parts.world.commands.delete(call.path["command_id"], _place(call))
    return Reply(204)


def _place(call: Call) -> str | None:
    """The guild of a command route, None for everywhere; refuses foreign applications and guilds."""
    if call.path["application_id"] != cast.BOT_ID:
        raise DiscordError(403, 20012, "You are not authorized to perform this action on this application")
    guild_id = call.path.get("guild_id")
    if guild_id not in (None, cast.GUILD_ID):
        raise unknown("Guild")
    return guild_id


def _untranslated(thing: Json) -> Json:
    """A command or option without its translations."""
    copy = {key: value for key, value in thing.items() if not key.endswith("_localizations")}
    if "options" in copy:
        copy["options"] = [_untranslated(option) for option in copy["options"]]
    return copy


def _command_routes(prefix: str) -> list[Route]:
    return [
        Route("GET", prefix, list_commands),
        Route("POST", prefix, create_command),
        Route("PUT", prefix, replace_commands),
        Route("GET", prefix + "/{command_id}", get_command),
        Route("PATCH", prefix + "/{command_id}", edit_command),
        Route("DELETE", prefix + "/{command_id}", delete_command),
    ]


ROUTES = [
    Route("GET", "/oauth2/applications/@me", application),
    Route("GET", "/applications/@me", application),
    *_command_routes("/applications/{application_id}/commands"),
    *_command_routes("/applications/{application_id}/guilds/{guild_id}/commands"),
]
