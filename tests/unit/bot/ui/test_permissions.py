"""Who may name faces, and who is a moderator."""

from __future__ import annotations

import discord
import pytest

from bot.ui.permissions import is_moderator, require_labeller
from core.domain.errors import ErrorCode, OmokageError
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
    ("permissions", "moderator"),
    [({"manage_messages": True}, True), ({"manage_guild": True}, True), ({"administrator": True}, True), ({}, False)],
)
def test_who_is_a_moderator(permissions: dict[str, bool], moderator: bool) -> None:
    interaction = an_interaction()
    interaction.permissions = discord.Permissions(**permissions)

    assert is_moderator(interaction) is moderator
