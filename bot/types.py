"""Names for what discord.py calls by longer ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import discord

if TYPE_CHECKING:
    from bot.client import OmokageBot

Interaction: TypeAlias = "discord.Interaction[OmokageBot]"
