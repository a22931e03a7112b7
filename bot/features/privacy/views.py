"""Forgetting a person or a member: a question first, and a button that does it. All state is in the custom ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import escape_markdown

from bot.errors import guarded
from bot.features.privacy import texts
from bot.intake.lookup import ID, parse_id
from bot.ui.i18n import clip
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, require_moderator
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from bot.context import Interaction

_MAX_LABEL = 80  # Discord's, for a button
_MAX_NAME = 48  # of it


class ForgetPersonButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"privacy:forget-person:(?P<person>{ID})"
):
    """Forgets a person, as the question above it says."""

    def __init__(self, button: discord.ui.Button[Any], person_id: int) -> None:
        super().__init__(button)
        self.person_id = person_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> ForgetPersonButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["person"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Do it, and show what was done in the question's place."""
        require_moderator(interaction)
        bot, guild_id, by = interaction.client, guild_id_of(interaction), interaction.user.id
        people = {person.id: person for person in await bot.threads.quick(bot.services.people.list, guild_id)}
        person = people.get(self.person_id)
        if person is None:
            raise OmokageError(ErrorCode.UNKNOWN_PERSON)
        await interaction.response.defer()  # files are deleted, too
        forgotten = await bot.threads.slow(bot.services.forgetter.forget, guild_id, person.name, by=by)
        words = await private_words(interaction)
        label = words.say("privacy-receipt-button")
        button = discord.ui.Button[Any](label=label, custom_id=f"privacy:receipt:{forgotten.receipt.id}")
        view = discord.ui.View(timeout=None)
        view.add_item(ReceiptButton(button, forgotten.receipt.id))
        text = texts.forgotten_text(words, forgotten)
        await interaction.edit_original_response(content=text, view=view)


class ForgetMeButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"privacy:forget-me:(?P<member>{ID})"):
    """Forgets the member who was asked, as the question above it says."""

    def __init__(self, button: discord.ui.Button[Any], member_id: int) -> None:
        super().__init__(button)
        self.member_id = member_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> ForgetMeButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["member"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Do it, and say so in the question's place; nobody presses it for somebody else."""
        if interaction.user.id != self.member_id:
            raise OmokageError(ErrorCode.NOT_ALLOWED, reason="oneself")
        bot, guild_id = interaction.client, guild_id_of(interaction)
        await interaction.response.defer()  # files are deleted, too
        receipt = await bot.threads.slow(bot.services.member_data.forget, guild_id, interaction.user.id)
        words = await private_words(interaction)
        await interaction.edit_original_response(content=words.say("privacy-forgot-me", receipt=receipt.id), view=None)


class ReceiptButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"privacy:receipt:(?P<receipt>[0-9a-f]{32})"
):
    """Shows a receipt as it is now: a worker may have something left to do."""

    def __init__(self, button: discord.ui.Button[Any], receipt_id: str) -> None:
        super().__init__(button)
        self.receipt_id = receipt_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> ReceiptButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["receipt"])

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Show it to the moderator who asks."""
        require_moderator(interaction)
        bot, find = interaction.client, interaction.client.services.forgetter.find_receipt
        receipt = await bot.threads.quick(find, guild_id_of(interaction), self.receipt_id)
        if receipt is None:
            raise OmokageError(ErrorCode.UNKNOWN_RECEIPT)
        embed = texts.receipt_embed(await private_words(interaction), receipt)
        await interaction.response.send_message(embed=embed, ephemeral=True)


async def ask_to_forget_person(interaction: Interaction, name: str) -> None:
    """Ask whether a person is to be forgotten.

    Raises:
        OmokageError: UNKNOWN_PERSON.
    """
    bot = interaction.client
    person = await bot.threads.quick(bot.services.people_editor.get_by_name, guild_id_of(interaction), name)
    words = await private_words(interaction)
    text = words.say("privacy-forget-question", name=escape_markdown(person.name), pictures=person.pictures)
    label = clip(words.say("privacy-forget-button", name=clip(person.name, _MAX_NAME)), _MAX_LABEL)
    button = _danger(label, f"privacy:forget-person:{person.id}")
    view = discord.ui.View(timeout=None)
    view.add_item(ForgetPersonButton(button, person.id))
    await interaction.response.send_message(text, view=view, ephemeral=True)


async def ask_to_forget_member(interaction: Interaction) -> None:
    """Ask a member whether what they did in this guild is to be deleted."""
    words, member_id = await private_words(interaction), interaction.user.id
    view = discord.ui.View(timeout=None)
    button = _danger(words.say("privacy-forget-me-button"), f"privacy:forget-me:{member_id}")
    view.add_item(ForgetMeButton(button, member_id))
    await interaction.response.send_message(words.say("privacy-forget-me-question"), view=view, ephemeral=True)


def _danger(label: str, custom_id: str) -> discord.ui.Button[Any]:
    return discord.ui.Button(label=label, custom_id=custom_id, style=discord.ButtonStyle.danger)
