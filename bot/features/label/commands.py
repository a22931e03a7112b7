"""/label: answer cards, and look at the own reliability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.label.card import answer_typed_name, start
from bot.features.label.custom_ids import CardState
from bot.features.label.texts import voter_text
from bot.ui.autocomplete import empty_on_error, matching_choices
from bot.ui.groups import guild_group
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, require_labeller
from core.domain.data.datasets import LABELS
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobKind
from core.domain.people import MAX_NAME_LENGTH

if TYPE_CHECKING:
    from bot.context import Interaction

label = guild_group("label-name", "label-description")
_Name = app_commands.Range[str, 1, MAX_NAME_LENGTH]


@label.command(name=localised("label-start-name"), description=localised("label-start-description"))
async def label_start(interaction: Interaction) -> None:
    """Show cards, one after the other."""
    await start(interaction)


@empty_on_error
async def _people(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    guild_id = await require_labeller(interaction)
    people = await interaction.client.threads.quick(interaction.client.services.people.list, guild_id)
    return matching_choices(((person.name, person.name) for person in people), typed)


@label.command(name=localised("label-who-name"), description=localised("label-who-description"))
@app_commands.rename(name=localised("people-person-name"))
@app_commands.describe(name=localised("label-who-person-description"))
@app_commands.autocomplete(name=_people)
async def label_who(interaction: Interaction, name: _Name) -> None:
    """Answer the name card that the member looks at, with a name that is completed while it is typed."""
    bot, guild_id = interaction.client, await require_labeller(interaction)
    shown = await bot.threads.quick(bot.services.labelling.shown_card, guild_id, interaction.user.id)
    if shown is None:
        raise OmokageError(ErrorCode.CARD_CLOSED)
    await interaction.response.defer(ephemeral=True, thinking=True)
    await answer_typed_name(interaction, CardState(shown.id, int(shown.shown_at.timestamp())), name)


@label.command(name=localised("label-learn-name"), description=localised("label-learn-description"))
async def label_learn(interaction: Interaction) -> None:
    """Train the recogniser on what is labelled by now, for everybody to see."""
    await require_labeller(interaction)
    await interaction.client.intake.request_job(interaction, JobKind.LEARN, {"title": LABELS})


@label.command(name=localised("label-me-name"), description=localised("label-me-description"))
async def label_me(interaction: Interaction) -> None:
    """Say how reliable the member's own answers are; nobody sees anybody else's."""
    bot = interaction.client
    voter = await bot.threads.quick(bot.services.voters.get, guild_id_of(interaction), interaction.user.id)
    text = voter_text(await private_words(interaction), voter)
    await interaction.response.send_message(text, ephemeral=True)
