"""A version's message and its buttons, and its people page by page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.model import promotion
from bot.features.model.texts import Recall, recall_embed, version_embed
from bot.intake.lookup import ID, parse_id
from bot.ui.i18n import Words
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, is_moderator, require_moderator
from core.domain.errors import ErrorCode, OmokageError
from core.domain.objections import version_without
from core.domain.registry.evaluation import EvaluationReport
from core.domain.registry.versions import Version

if TYPE_CHECKING:
    from bot.context import Interaction


class VersionButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"version:(?P<action>promote|people):(?P<version>{ID})"
):
    """Promotes a version, or lists its people: a button under its message or report."""

    def __init__(self, button: discord.ui.Button[Any], action: str, version_id: int) -> None:
        super().__init__(button)
        self.action, self.version_id = action, version_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> VersionButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["action"], parse_id(match["version"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Do what its label says."""
        bot = interaction.client
        if self.action == "promote":
            require_moderator(interaction)
        version = await bot.threads.quick(bot.services.registry.get, self.version_id, guild_id_of(interaction))
        if self.action == "promote":
            await promotion.promote(interaction, version)
            return
        words, recall = await private_words(interaction), await _recall(interaction, version)
        view = recall_view(words, version, recall, 0)
        await interaction.response.send_message(embed=recall_embed(words, recall, 0), view=view, ephemeral=True)


class RecallButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"recall:(?P<version>{ID}):(?P<page>\d{{1,6}})"
):
    """Turns to a page of people."""

    def __init__(self, button: discord.ui.Button[Any], version_id: int, page: int) -> None:
        super().__init__(button)
        self.version_id, self.page = version_id, page

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> RecallButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["version"]), int(match["page"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Show that page."""
        bot, words = interaction.client, await private_words(interaction)
        version = await bot.threads.quick(bot.services.registry.get, self.version_id, guild_id_of(interaction))
        recall = await _recall(interaction, version)
        view = recall_view(words, version, recall, self.page)
        await interaction.response.edit_message(embed=recall_embed(words, recall, self.page), view=view)


async def show_version(interaction: Interaction, version: Version) -> None:
    """Show a version, ephemerally."""
    bot, words = interaction.client, await private_words(interaction)
    serving = await bot.threads.quick(bot.services.registry.serving_id, version.guild_id, version.kind)
    serves = serving == version.id
    promotable = not serves and not version.draws_no_face and is_moderator(interaction)
    view = version_view(words, version, promotable=promotable)
    objecting = await bot.threads.quick(bot.services.people.objecting, version.guild_id)
    embed = version_embed(words, version_without(version, objecting), serves=serves)
    await interaction.response.send_message(embed=embed, view=view, ephemeral=True)


def version_view(words: Words, version: Version, *, promotable: bool) -> discord.ui.View:
    """Build the buttons of a version."""
    view = discord.ui.View(timeout=None)
    if promotable:
        view.add_item(_button(words.say("model-promote-button"), "promote", version.id, discord.ButtonStyle.success))
    if version.metrics.get("report"):
        view.add_item(_button(words.say("model-people-button"), "people", version.id, discord.ButtonStyle.secondary))
    return view


def recall_view(words: Words, version: Version, recall: Recall, page: int) -> discord.ui.View:
    """Build the buttons to the pages before and after, where there are any."""
    view = discord.ui.View(timeout=None)
    for number, label in ((page - 1, words.say("people-previous-button")), (page + 1, words.say("people-next-button"))):
        if 0 <= number < recall.pages:
            button = discord.ui.Button[Any](label=label, custom_id=f"recall:{version.id}:{number}")
            view.add_item(RecallButton(button, version.id, number))
    return view


def recall_of(version: Version) -> Recall:
    """Read each person's recall from the report that the training left.

    Raises:
        OmokageError: UNKNOWN_VERSION, with a reason: it was made without one.
    """
    report = version.metrics.get("report")
    if not isinstance(report, dict):
        raise OmokageError(ErrorCode.UNKNOWN_VERSION, reason="no-report")
    return Recall.of(version.title, EvaluationReport.from_json(report))


async def _recall(interaction: Interaction, version: Version) -> Recall:
    """Read each person's recall; of people who objected it stands there without a name."""
    bot = interaction.client
    objecting = await bot.threads.quick(bot.services.people.objecting, version.guild_id)
    return recall_of(version_without(version, objecting))


def _button(label: str, action: str, version_id: int, style: discord.ButtonStyle) -> VersionButton:
    button = discord.ui.Button[Any](label=label, custom_id=f"version:{action}:{version_id}", style=style)
    return VersionButton(button, action, version_id)
