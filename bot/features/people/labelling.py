"""Save what a member says of a face, and show it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import escape_markdown

from bot.features.people.custom_ids import FaceLocation
from bot.ui.language import private_words
from bot.ui.permissions import require_labeller

if TYPE_CHECKING:
    from bot.context import Interaction
    from bot.reply import Reply
    from core.domain.people import Person

_log = logging.getLogger(__name__)
_EDITED_TOO_OFTEN = 30046  # Discord's limit for messages over an hour old


async def confirm(interaction: Interaction, location: FaceLocation, person_id: int, *, source: str = "confirm") -> None:
    """Save that a face shows somebody: the recogniser was right, or the person was chosen from the list."""
    guild_id = await require_labeller(interaction)
    service, provenance = interaction.client.services.people, _provenance(interaction, location, source)
    person = await interaction.client.threads.quick(service.confirm, location.ref, guild_id, person_id, **provenance)
    await _confirm_saved(interaction, location, "label-saved", name=person.name, pictures=person.pictures)


async def reject(interaction: Interaction, location: FaceLocation, person_id: int) -> None:
    """Save that a face does not show somebody: a lasting cannot-link."""
    guild_id = await require_labeller(interaction)
    service, provenance = interaction.client.services.people, _provenance(interaction, location, "reject")
    person = await interaction.client.threads.quick(service.reject, location.ref, guild_id, person_id, **provenance)
    await _confirm_saved(interaction, location, "label-rejected", name=person.name)


async def name_face(interaction: Interaction, location: FaceLocation, typed: str) -> Person:
    """Save a typed name, of somebody known or new; return that person."""
    person = await save_name(interaction, location, typed)
    await _confirm_saved(interaction, location, "label-saved", name=person.name, pictures=person.pictures)
    return person


async def save_name(interaction: Interaction, location: FaceLocation, typed: str) -> Person:
    """Name a face without a word to the member: `show_saved` is still to be called.

    Raises:
        OmokageError: NOT_ALLOWED, BAD_NAME, FACE_GONE.
    """
    guild_id = await require_labeller(interaction)
    service, provenance = interaction.client.services.people, _provenance(interaction, location, "this-is")
    return await interaction.client.threads.quick(service.name_face, location.ref, guild_id, typed, **provenance)


def _provenance(interaction: Interaction, location: FaceLocation, source: str) -> dict[str, Any]:
    """Describe who labels the face, where and how; kept with the label."""
    shown = location.seen_from(interaction)
    return {
        "by": interaction.user.id,
        "channel_id": interaction.channel_id or 0,
        "message_id": shown.message_id or None,
        "source": source,
    }


async def _confirm_saved(interaction: Interaction, location: FaceLocation, key: str, **values: str | int) -> None:
    values["name"] = escape_markdown(str(values["name"]))
    thanks = (await private_words(interaction)).say(key, number=str(location.number), **values)
    await show_saved(interaction, location, thanks)


async def show_saved(interaction: Interaction, location: FaceLocation, thanks: str) -> None:
    """Redraw the answer; where that is another message than the one whose button was pressed, thank the member here."""
    bot = interaction.client
    job = await bot.threads.quick(bot.services.jobs.get, location.job_id, interaction.guild_id)
    reply = await bot.answerers[job.kind].redraw(bot, job)
    clicked = 0 if interaction.message is None else interaction.message.id
    if location.message_id in (0, clicked):
        await _redraw_clicked(interaction, reply, thanks)
        return
    if clicked:
        await interaction.response.edit_message(content=thanks, view=None)
    else:
        await interaction.response.send_message(thanks, ephemeral=True)
    try:
        await _message(interaction, location).edit(embed=reply.embed, view=reply.view)
    except discord.HTTPException as error:
        # Deleted, out of the bot's sight, or over an hour old and often edited. The label is kept all the same.
        _log.info("job %s: its message could not be redrawn (%s)", location.job_id, error.code)


async def _redraw_clicked(interaction: Interaction, reply: Reply, thanks: str) -> None:
    try:
        await interaction.response.edit_message(embed=reply.embed, view=reply.view)
    except discord.HTTPException as error:
        if error.code != _EDITED_TOO_OFTEN:
            raise
        await interaction.response.send_message(thanks, ephemeral=True)


def _message(interaction: Interaction, location: FaceLocation) -> discord.PartialMessage:
    channel = interaction.client.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)
    return channel.get_partial_message(location.message_id)
