"""Who asked, and where the answer goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ui.permissions import guild_id_of
from core.domain.jobs import Origin

if TYPE_CHECKING:
    from bot.context import Interaction


def origin_of(interaction: Interaction) -> Origin:
    """Describe the member, channel and token of a command or a button in a guild."""
    return Origin(
        guild_id_of(interaction),
        interaction.channel_id or 0,
        interaction.user.id,
        interaction.locale.value,
        interaction.application_id,
        interaction.token,
    )
