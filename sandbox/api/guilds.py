"""Routes of the guild, its members, users, and the gateway's address."""

from __future__ import annotations

from sandbox.api.endpoint import Call, Parts, Reply, Route
from sandbox.gateway.hub import GUILD_MEMBERS
from sandbox.rules.errors import missing_access, unknown
from sandbox.world import cast
from sandbox.world.guild import guild_object, roles
from sandbox.world.people import member, user


def gateway(parts: Parts, _: Call) -> Reply:
    """Where the gateway is."""
    return Reply(200, {"url": parts.gateway_url})


def gateway_bot(parts: Parts, _: Call) -> Reply:
    """Where the gateway is, and how often a bot may still start a session."""
    limit = {"total": 1000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
    return Reply(200, {"url": parts.gateway_url, "shards": 1, "session_start_limit": limit})


def own_user(parts: Parts, _: Call) -> Reply:
    """The bot's user."""
    private = {"mfa_enabled": False, "locale": cast.GUILD_LOCALE, "verified": True, "email": None}
    return Reply(200, user(parts.world.bot) | private)


def get_user(parts: Parts, call: Call) -> Reply:
    """A user."""
    return Reply(200, user(parts.world.person(call.path["user_id"])))


def own_guilds(parts: Parts, _: Call) -> Reply:
    """The guilds that the bot is in."""
    guild = guild_object(parts.world.people)
    short = {key: guild[key] for key in ("id", "name", "icon", "banner", "features")}
    bits = str(parts.world.people.permissions(cast.BOT_ID))
    return Reply(200, [short | {"owner": False, "permissions": bits}])


def get_guild(parts: Parts, call: Call) -> Reply:
    """The guild."""
    _check(call)
    guild = guild_object(parts.world.people)
    if call.query.get("with_counts") in ("true", "1"):
        people = len(parts.world.people.all())
        guild |= {"approximate_member_count": people, "approximate_presence_count": people}
    return Reply(200, guild)


def guild_channels(parts: Parts, call: Call) -> Reply:
    """The guild's channels."""
    _check(call)
    return Reply(200, [parts.world.channel_object(channel) for channel in cast.CHANNELS])


def guild_roles(parts: Parts, call: Call) -> Reply:
    """The guild's roles."""
    _check(call)
    return Reply(200, roles(parts.world.people))


def get_role(parts: Parts, call: Call) -> Reply:
    """One role."""
    _check(call)
    found = [role for role in roles(parts.world.people) if role["id"] == call.path["role_id"]]
    if not found:
        raise unknown("Role")
    return Reply(200, found[0])


def guild_members(parts: Parts, call: Call) -> Reply:
    """Members by ascending id; Discord gives them only to applications with the members intent."""
    _check(call)
    if not parts.world.config.privileged_intents & GUILD_MEMBERS:
        raise missing_access()
    after, limit = int(call.query.get("after", 0)), int(call.query.get("limit", 1))
    people = sorted(parts.world.people.all(), key=lambda person: int(person.id))
    return Reply(200, [member(person) for person in people if int(person.id) > after][:limit])


def search_members(parts: Parts, call: Call) -> Reply:
    """Members whose names start with the query."""
    _check(call)
    query, limit = call.query.get("query", "").lower(), int(call.query.get("limit", 1))
    found = [p for p in parts.world.people.all() if p.username.startswith(query) or p.name.lower().startswith(query)]
    return Reply(200, [member(person) for person in found][:limit])


def get_member(parts: Parts, call: Call) -> Reply:
    """One member."""
    _check(call)
    person = parts.world.people.get(call.path["user_id"])
    if person is None:
        raise unknown("Member")
    return Reply(200, member(person))


def _check(call: Call) -> None:
    if call.path["guild_id"] != cast.GUILD_ID:
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
    Route("GET", _GUILD + "/roles", guild_roles),
    Route("GET", _GUILD + "/roles/{role_id}", get_role),
    Route("GET", _GUILD + "/members", guild_members),
    Route("GET", _GUILD + "/members/search", search_members),
    Route("GET", _GUILD + "/members/{user_id}", get_member),
]
