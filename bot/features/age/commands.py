"""/age, and "Age the faces" in a message's menu, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.features.age.autocomplete import agers
from bot.features.age.options import DESCRIPTIONS, NAMES, OUTPUTS, Age, Typed, Years
from bot.features.age.requests import AgeOptions, params_of, photos_of, request_for
from bot.intake.lookup import parse_enum
from bot.intake.photos import first_photo, photo_from_attachment
from bot.photo import Photo
from bot.ui.i18n import localised
from core.domain.ageing import AgeOutput, AgeRequest
from core.domain.jobs import JobKind

if TYPE_CHECKING:
    from bot.context import Interaction


@app_commands.command(name=localised("age-name"), description=localised("age-description"))
@app_commands.rename(**NAMES)
@app_commands.describe(**DESCRIPTIONS)
@app_commands.choices(output=OUTPUTS)
@app_commands.autocomplete(model=agers)
@app_commands.guild_only
async def age(  # noqa: PLR0917 - the options, as discord.py wants them
    interaction: Interaction,
    photo: discord.Attachment,
    years: Years | None = None,
    to: Age | None = None,
    output: str | None = None,
    model: Typed | None = None,
) -> None:
    """Show the faces of a photo at another age; without an age, one face at every decade."""
    chosen = None if output is None else parse_enum(AgeOutput, "as", output)
    await _request(interaction, request_for(AgeOptions(years, to, chosen, model)), photo_from_attachment(photo))


@app_commands.context_menu(
    name=localised("age-faces-menu"), extras={"name": "age-faces-menu", "description": "age-faces-description"}
)
@app_commands.guild_only
async def age_faces(interaction: Interaction, message: discord.Message) -> None:
    """Show all faces of the photo of this message, or of the one that it forwards, some decades older."""
    photo = first_photo(message, interaction.client.intake.allows)
    await _request(interaction, request_for(AgeOptions(output=AgeOutput.PHOTO)), photo)


async def _request(interaction: Interaction, request: AgeRequest, photo: Photo) -> None:
    await interaction.client.intake.request_job(interaction, JobKind.AGE, params_of(request), photos_of(photo))
