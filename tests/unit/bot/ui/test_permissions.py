"""Who may name faces, and who is a moderator."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import create_autospec

import discord
import pytest

from bot.ui.permissions import is_moderator, require_answer_channel, require_labeller
from core.domain.errors import ErrorCode, OmokageError
from core.domain.guilds import GuildSettings
from core.domain.people import LabellingPolicy
from tests.unit.bot.fakes import GUILD, an_interaction


@pytest.mark.parametrize(
    ("policy", "moderator", "allowed"),
    [
        (LabellingPolicy.MODERATORS, True, True),
        (LabellingPolicy.MODERATORS, False, False),
        (LabellingPolicy.EVERYONE, False, True),
        (LabellingPolicy.OFF, True, False),
    ],
)
async def test_who_may_name_faces(policy: LabellingPolicy, moderator: bool, allowed: bool) -> None:
    interaction = an_interaction(policy=policy)
    interaction.permissions = discord.Permissions(manage_messages=moderator)

    if allowed:
        assert await require_labeller(interaction) == GUILD
    else:
        with pytest.raises(OmokageError) as refused:
            await require_labeller(interaction)
        assert refused.value.code is ErrorCode.NOT_ALLOWED
        assert refused.value.details == {"reason": f"labelling-{policy.value}"}


@pytest.mark.parametrize(
    ("policy", "roles", "reason"),
    [
        (LabellingPolicy.MODERATORS, [GUILD, 7], None),
        (LabellingPolicy.MODERATORS, [GUILD, 8], "labelling-roles"),
        (LabellingPolicy.OFF, [GUILD, 7], "labelling-off"),
    ],
)
async def test_members_with_a_listed_role_may_name_faces(
    policy: LabellingPolicy, roles: list[int], reason: str | None
) -> None:
    interaction = an_interaction(settings=GuildSettings(policy, labeller_roles=(7, 9)))
    interaction.user = create_autospec(discord.Member, instance=True)
    interaction.user.roles = [SimpleNamespace(id=role) for role in roles]

    if reason is None:
        assert await require_labeller(interaction) == GUILD
    else:
        with pytest.raises(OmokageError) as refused:
            await require_labeller(interaction)
        assert refused.value.details["reason"] == reason
        assert refused.value.details.get("roles", "<@&7>, <@&9>") == "<@&7>, <@&9>"


def in_channel(settings: GuildSettings, channel_id: int, *, thread_of: int | None = None) -> Any:
    interaction = an_interaction(settings=settings)
    kind = discord.TextChannel if thread_of is None else discord.Thread
    interaction.channel_id, interaction.channel = channel_id, create_autospec(kind, instance=True)
    interaction.channel.parent_id = thread_of
    interaction.guild = create_autospec(discord.Guild, instance=True)
    interaction.guild.channels = [object()]
    interaction.guild.get_channel = {1: object(), 2: object(), 3: object()}.get  # all others were deleted
    return interaction


@pytest.mark.parametrize(
    ("listed", "channel_id", "thread_of"), [((), 3, None), ((1, 2), 2, None), ((1, 2), 5, 1), ((8, 9), 3, None)]
)
async def test_a_channel_is_allowed_by_itself_its_thread_or_an_empty_list(
    listed: tuple[int, ...], channel_id: int, thread_of: int | None
) -> None:
    settings = GuildSettings(answer_channels=listed)
    await require_answer_channel(in_channel(settings, channel_id, thread_of=thread_of))


@pytest.mark.parametrize(("channel_id", "thread_of"), [(3, None), (5, 3)])
async def test_another_channel_is_refused_with_links_to_those_that_exist(
    channel_id: int, thread_of: int | None
) -> None:
    settings = GuildSettings(answer_channels=(1, 9, 2))
    with pytest.raises(OmokageError) as refused:
        await require_answer_channel(in_channel(settings, channel_id, thread_of=thread_of))
    assert refused.value.details == {"reason": "elsewhere", "channels": "<#1>, <#2>"}


@pytest.mark.parametrize(
    ("permissions", "moderator"),
    [({"manage_messages": True}, True), ({"manage_guild": True}, True), ({"administrator": True}, True), ({}, False)],
)
def test_who_is_a_moderator(permissions: dict[str, bool], moderator: bool) -> None:
    interaction = an_interaction()
    interaction.permissions = discord.Permissions(**permissions)

    assert is_moderator(interaction) is moderator
