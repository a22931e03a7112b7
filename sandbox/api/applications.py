"""Routes of the application and its commands."""

from __future__ import annotations

from sandbox.api.endpoint import ApiContext, ApiRequest, ApiResponse, Route
from sandbox.rules.errors import DiscordError, unknown
from sandbox.types import Json
from sandbox.world import fixtures
from sandbox.world.guild import application_object


def application(context: ApiContext, _: ApiRequest) -> ApiResponse:
    """The bot's own application."""
    return ApiResponse(200, application_object(context.world.people))


def list_commands(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """All commands of the place; their translations only on demand."""
    commands = context.world.commands.all(_guild_id(call))
    if call.query.get("with_localizations", "").lower() not in ("true", "1"):
        commands = [_untranslated(command) for command in commands]
    return ApiResponse(200, commands)


def get_command(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """One command."""
    return ApiResponse(200, context.world.commands.get(call.path["command_id"], _guild_id(call)))


def create_command(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Create a command, or replace the one of that name."""
    command, new = context.world.commands.create(call.body.json(), _guild_id(call))
    return ApiResponse(201 if new else 200, command)


def replace_commands(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Bulk overwrite."""
    return ApiResponse(200, context.world.commands.replace_all(call.body.payload, _guild_id(call)))


def edit_command(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Change a command."""
    return ApiResponse(200, context.world.commands.edit(call.path["command_id"], call.body.json(), _guild_id(call)))


def delete_command(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Remove a command."""
    context.world.commands.delete(call.path["command_id"], _guild_id(call))
    return ApiResponse(204)


def _guild_id(call: ApiRequest) -> str | None:
    """The guild of a command route, None for everywhere; refuses foreign applications and guilds."""
    if call.path["application_id"] != fixtures.BOT_ID:
        raise DiscordError(403, 20012, "You are not authorized to perform this action on this application")
    guild_id = call.path.get("guild_id")
    if guild_id not in (None, fixtures.GUILD_ID):
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
