"""Routes of the guild, its members, users, and the gateway's address."""

from __future__ import annotations

from sandbox.api.endpoint import ApiContext, ApiRequest, ApiResponse, Route
from sandbox.gateway.hub import GUILD_MEMBERS
from sandbox.rules.errors import missing_access, unknown
from sandbox.world import fixtures
from sandbox.world.guild import guild_object, roles
from sandbox.world.people import member, user


def gateway(context: ApiContext, _: ApiRequest) -> ApiResponse:
    """Where the gateway is."""
    return ApiResponse(200, {"url": context.gateway_url})


def gateway_bot(context: ApiContext, _: ApiRequest) -> ApiResponse:
    """Where the gateway is, and how often a bot may still start a session."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
    return ApiResponse(200, {"url": context.gateway_url, "shards": 1, "session_start_limit": limit})


def own_user(context: ApiContext, _: ApiRequest) -> ApiResponse:
    """The bot's user."""
    private = {"mfa_enabled": False, "locale": fixtures.GUILD_LOCALE, "verified": True, "email": None}
    return ApiResponse(200, user(context.world.bot) | private)


def get_user(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """A user."""
    return ApiResponse(200, user(context.world.person(call.path["user_id"])))


def own_guilds(context: ApiContext, _: ApiRequest) -> ApiResponse:
    """The guilds that the bot is in."""
    guild = guild_object(context.world.people)
    short = {key: guild[key] for key in ("id", "name", "icon", "banner", "features")}
    bits = str(context.world.people.permissions(fixtures.BOT_ID))
    return ApiResponse(200, [short | {"owner": False, "permissions": bits}])


def get_guild(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """The guild."""
    _check(call)
    guild = guild_object(context.world.people)
    if call.query.get("with_counts") in ("true", "1"):
        people = len(context.world.people.all())
        guild |= {"approximate_member_count": people, "approximate_presence_count": people}
    return ApiResponse(200, guild)


def guild_channels(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """The guild's channels."""
    _check(call)
    return ApiResponse(200, [context.world.channel_object(channel) for channel in fixtures.CHANNELS])


def active_threads(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """The guild's threads that are not archived, and the bot's membership in them."""
    _check(call)
    threads = [context.world.channel_object(thread) for thread in reversed(context.world.threads.active())]
    members = [thread["member"] for thread in threads if "member" in thread]
    return ApiResponse(200, {"threads": threads, "members": members, "has_more": False})


def guild_roles(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """The guild's roles."""
    _check(call)
    return ApiResponse(200, roles(context.world.people))


def get_role(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """One role."""
    _check(call)
    result = [role for role in roles(context.world.people) if role["id"] == call.path["role_id"]]
    if not result:
        raise unknown("Role")
    return ApiResponse(200, result[0])


def guild_members(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Members by ascending id; Discord gives them only to applications with the members intent."""
    _check(call)
    if not context.world.config.privileged_intents & GUILD_MEMBERS:
        raise missing_access()
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
    people = sorted(context.world.people.all(), key=lambda person: int(person.id))
    return ApiResponse(200, [member(person) for person in people if int(person.id) > after][:limit])


def search_members(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """Members whose names start with the query."""
    _check(call)
    query, limit = call.query.get("query", "").lower(), int(call.query.get("limit", 1))
    result = [p for p in context.world.people.all() if p.username.startswith(query) or p.name.lower().startswith(query)]
    return ApiResponse(200, [member(person) for person in result][:limit])


def get_member(context: ApiContext, call: ApiRequest) -> ApiResponse:
    """One member."""
    _check(call)
    person = context.world.people.get(call.path["user_id"])
    if person is None:
        raise unknown("Member")
    return ApiResponse(200, member(person))


def _check(call: ApiRequest) -> None:
    if call.path["guild_id"] != fixtures.GUILD_ID:
        raise unknown("Guild")


_GUILD = "/guilds/{guild_id}"
ROUTES = [
    Route("GET", "/gateway", gateway, open=True),
    Route("GET", "/gateway/bot", gateway_bot),
    Route("GET", "/users/@me", own_user),
    Route("GET", "/users/@me/guilds", own_guilds),
    Route("GET", "/users/{user_id}", get_user),
    Route("GET", _GUILD, get_guild),
    Route("GET", _GUILD + "/channels", guild_channels),
    Route("GET", _GUILD + "/threads/active", active_threads),
    Route("GET", _GUILD + "/roles", guild_roles),
    Route("GET", _GUILD + "/roles/{role_id}", get_role),
    Route("GET", _GUILD + "/members", guild_members),
    Route("GET", _GUILD + "/members/search", search_members),
    Route("GET", _GUILD + "/members/{user_id}", get_member),
]
