"""Registering commands, as the bot does it and as Discord checks it."""

from __future__ import annotations

import pytest

from sandbox.driver import Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.sandbox.raw_bot import RawBot

GLOBAL = f"/applications/{fixtures.BOT_ID}/commands"
GUILD = f"/applications/{fixtures.BOT_ID}/guilds/{fixtures.GUILD_ID}/commands"
GO: Json = {"name": "go", "description": "Go"}


async def ids(raw: RawBot, path: str) -> dict[str, str]:
    body = (await raw.call("GET", path)).body
    assert isinstance(body, list)
    return {command["name"]: command["id"] for command in body}


async def test_a_bulk_overwrite_keeps_ids_and_versions_of_what_stays(raw: RawBot) -> None:
    first = (await raw.call("PUT", GLOBAL, [GO, {"name": "stop", "description": "Stop"}])).body
    second = (await raw.call("PUT", GLOBAL, [GO, {"name": "wait", "description": "Wait"}])).body

    assert isinstance(first, list)
    assert isinstance(second, list)
    assert second[0] == first[0]
    assert set(await ids(raw, GLOBAL)) == {"go", "wait"}


async def test_a_change_gives_a_new_version_under_the_same_id(raw: RawBot) -> None:
    before = (await raw.call("PUT", GLOBAL, [GO])).body
    after = (await raw.call("PUT", GLOBAL, [GO | {"description": "Go now"}])).body

    assert isinstance(before, list)
    assert isinstance(after, list)
    assert after[0]["id"] == before[0]["id"]
    assert int(after[0]["version"]) > int(before[0]["version"])


async def test_a_refused_overwrite_changes_nothing(raw: RawBot) -> None:
    before = await ids(raw, GLOBAL)

    answer = await raw.call("PUT", GLOBAL, [{"name": "fine", "description": "Fine"}, {"name": "Bad Name"}])

    assert answer.error_at(1, "name") == "APPLICATION_COMMAND_INVALID_NAME"
    assert answer.error_at(1, "description") == "BASE_TYPE_REQUIRED"
    assert await ids(raw, GLOBAL) == before


async def test_one_command_is_created_read_edited_and_deleted(raw: RawBot) -> None:
    created = await raw.call("POST", GUILD, {"name": "one", "description": "One"})
    again = await raw.call("POST", GUILD, {"name": "one", "description": "Uno"})
    assert isinstance(created.body, dict)
    path = f"{GUILD}/{created.body['id']}"
    edited = await raw.call("PATCH", path, {"description": "Eins"})
    read = await raw.call("GET", path)
    deleted = await raw.call("DELETE", path)
    gone = await raw.call("GET", path)

    assert (created.status, again.status, edited.status, deleted.status) == (201, 200, 200, 204)
    assert isinstance(read.body, dict)
    assert read.body["description"] == "Eins"
    assert (gone.status, gone.code) == (404, 10063)


async def test_the_guilds_own_command_comes_before_the_global_one(raw: RawBot, aiko: Member) -> None:
    await raw.call("PUT", GUILD, [GO])
    await aiko.wait_for_event("COMMANDS_UPDATE", lambda data: len(data["commands"]) == 2)

    await aiko.command("go")

    assert (await raw.next())["data"]["guild_id"] == fixtures.GUILD_ID


async def test_translations_are_given_on_demand_and_to_members(raw: RawBot, aiko: Member) -> None:
    names = {"name_localizations": {"ja": "行く"}, "description_localizations": {"ja": "行きます"}}
    await raw.call("PUT", GLOBAL, [GO | names])
    plain = (await raw.call("GET", GLOBAL)).body
    full = (await raw.call("GET", f"{GLOBAL}?with_localizations=true")).body
    await aiko.wait_for_event("COMMANDS_UPDATE", lambda data: data["commands"][0]["name_localizations"])

    assert isinstance(plain, list)
    assert isinstance(full, list)
    assert "name_localizations" not in plain[0]
    assert full[0]["name_localizations"] == {"ja": "行く"}
    assert aiko.commands[0]["name_localizations"] == {"ja": "行く"}


async def test_commands_are_offered_by_permission_and_context(raw: RawBot, aiko: Member, ben: Member) -> None:
    commands = [
        GO | {"name": "moderate", "default_member_permissions": 1 << 5},
        GO | {"name": "nobody", "default_member_permissions": 0},
        GO | {"name": "direct", "contexts": [1]},
        GO,
    ]
    await raw.call("PUT", GLOBAL, commands)
    for member in (aiko, ben):
        await member.wait_for_event("COMMANDS_UPDATE", lambda data: len(data["commands"]) < 4)

    assert {command["name"] for command in aiko.commands} == {"moderate", "go"}
    assert [command["name"] for command in ben.commands] == ["go"]


async def test_another_application_or_guild_is_none_of_the_bots_business(raw: RawBot) -> None:
    foreign = await raw.call("GET", "/applications/1/commands")
    elsewhere = await raw.call("GET", f"/applications/{fixtures.BOT_ID}/guilds/1/commands")

    assert (foreign.status, foreign.code) == (403, 20012)
    assert (elsewhere.status, elsewhere.code) == (404, 10004)


@pytest.mark.parametrize("body", [{}, "x", None])
async def test_an_overwrite_needs_a_list(raw: RawBot, body: object) -> None:
    assert (await raw.call("PUT", GLOBAL, body)).code == 50035
