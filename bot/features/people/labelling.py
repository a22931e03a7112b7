"""What happens when somebody says whom a face shows."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import discord
from discord.utils import escape_markdown

from bot.features.people.custom_ids import FacePlace
from bot.ui.language import private
from bot.ui.permissions import require_labeller

if TYPE_CHECKING:
    from bot.context import Interaction
    from bot.delivery.reply import Answer
    from core.domain.people import Person

_log = logging.getLogger(__name__)
_EDITED_TOO_OFTEN = 30046  # Discord's limit for messages over an hour old


async def confirm(interaction: Interaction, place: FacePlace, person_id: int, *, source: str = "confirm") -> None:
    """ "Right", or "this is ..." with somebody who is known."""
    guild_id = await require_labeller(interaction)
    service, said = interaction.client.services.people, _provenance(interaction, place, source)
    person = await interaction.client.threads.quick(service.confirm, place.ref, guild_id, person_id, **said)
    await _done(interaction, place, "label-saved", name=person.name, pictures=person.pictures)


async def reject(interaction: Interaction, place: FacePlace, person_id: int) -> None:
    """ "Not this person": a lasting cannot-link."""
    guild_id = await require_labeller(interaction)
    service, said = interaction.client.services.people, _provenance(interaction, place, "reject")
    person = await interaction.client.threads.quick(service.reject, place.ref, guild_id, person_id, **said)
    await _done(interaction, place, "label-rejected", name=person.name)


async def name(interaction: Interaction, place: FacePlace, typed: str) -> Person:
    """ "This is ..." with a name, of somebody known or new; returns who that is."""
    person = await save_name(interaction, place, typed)
    await _done(interaction, place, "label-saved", name=person.name, pictures=person.pictures)
    return person


async def save_name(interaction: Interaction, place: FacePlace, typed: str) -> Person:
    """Name a face without a word to the member: `show_saved` is still to be called.

    Raises:
        OmokageError: NOT_ALLOWED, BAD_NAME, FACE_GONE.
    """
    guild_id = await require_labeller(interaction)
    service, said = interaction.client.services.people, _provenance(interaction, place, "this-is")
    return await interaction.client.threads.quick(service.name_face, place.ref, guild_id, typed, **said)


def _provenance(interaction: Interaction, place: FacePlace, source: str) -> dict[str, Any]:
    """Who said it, where and how; kept with the label."""
    shown = place.seen_from(interaction)
    return {
        "by": interaction.user.id,
        "channel_id": interaction.channel_id or 0,
        "message_id": shown.message_id or None,
        "source": source,
    }


async def _done(interaction: Interaction, place: FacePlace, key: str, **values: str | int) -> None:
    values["name"] = escape_markdown(str(values["name"]))
    thanks = (await private(interaction)).say(key, number=str(place.number), **values)
    await show_saved(interaction, place, thanks)


async def show_saved(interaction: Interaction, place: FacePlace, thanks: str) -> None:
    """Redraw the answer with what is known now; where that is another message than the clicked one, say thanks here."""
    bot = interaction.client
    job = await bot.threads.quick(bot.services.jobs.get, place.job_id, interaction.guild_id)
    answer = await bot.answerers[job.kind].redraw(bot, job)
    clicked = 0 if interaction.message is None else interaction.message.id
    if place.message_id in (0, clicked):
        await _redraw_clicked(interaction, answer, thanks)
        return
    if clicked:
        await interaction.response.edit_message(content=thanks, view=None)
    else:
        await interaction.response.send_message(thanks, ephemeral=True)
    try:
        await _message(interaction, place).edit(embed=answer.embed, view=answer.view)
    except discord.HTTPException as error:
        # Deleted, out of the bot's sight, or over an hour old and often edited. The label is kept all the same.
        _log.info("job %s: its message could not be redrawn (%s)", place.job_id, error.code)


async def _redraw_clicked(interaction: Interaction, answer: Answer, thanks: str) -> None:
    try:
        await interaction.response.edit_message(embed=answer.embed, view=answer.view)
    except discord.HTTPException as error:
        if error.code != _EDITED_TOO_OFTEN:
            raise
        await interaction.response.send_message(thanks, ephemeral=True)


def _message(interaction: Interaction, place: FacePlace) -> discord.PartialMessage:
    channel = interaction.client.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)
    return channel.get_partial_message(place.message_id)
