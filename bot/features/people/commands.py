"""/people: list the people whom this guild has named, correct the list, and write down who objects to ageing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands
from discord.utils import escape_markdown

from bot.features.people import change_views, split_views
from bot.features.people.autocomplete import aliases, all_people, objecting_people, people_without_objection
from bot.features.people.export import request_export
from bot.features.people.list_views import list_people, page_view
from bot.features.people.texts import aliases_text, history_embed, people_embed
from bot.ui.groups import guild_group
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, moderators_only, require_labeller
from core.domain.people import MAX_NAME_LENGTH

if TYPE_CHECKING:
    from bot.context import Interaction

people = guild_group("people-name", "people-description")
_Name = app_commands.Range[str, 1, MAX_NAME_LENGTH]
_NAME, _WHOSE = localised("people-person-name"), localised("people-person-description")


@people.command(name=localised("people-list-name"), description=localised("people-list-description"))
async def people_list(interaction: Interaction) -> None:
    """List the guild's people."""
    words, listed = await list_people(interaction)
    if not listed:
        await interaction.response.send_message(words.say("people-none"), ephemeral=True)
        return
    embed, view = people_embed(words, listed, 0), page_view(words, listed, 0)
    await interaction.response.send_message(embed=embed, view=view, ephemeral=True)


@people.command(name=localised("people-add-name"), description=localised("people-add-description"))
@app_commands.rename(name=localised("people-added-name-name"), alias=localised("people-added-alias-name"))
@app_commands.describe(
    name=localised("people-added-name-description"), alias=localised("people-added-alias-description")
)
async def people_add(interaction: Interaction, name: _Name, alias: _Name = "") -> None:
    """Add somebody of whom there is no picture yet."""
    guild_id = await require_labeller(interaction)
    bot, by = interaction.client, interaction.user.id
    person = await bot.threads.quick(bot.services.aliases.add_person, guild_id, name, by=by, alias=alias)
    words = await private_words(interaction)
    lines = [words.say("people-added", name=escape_markdown(person.name))]
    lines += [aliases_text(words, person)] if person.aliases else []
    await interaction.response.send_message("\n".join(lines), ephemeral=True)


@people.command(name=localised("people-alias-name"), description=localised("people-alias-description"))
@app_commands.rename(name=_NAME, add=localised("people-alias-add-name"), remove=localised("people-alias-remove-name"))
@app_commands.describe(
    name=_WHOSE,
    add=localised("people-alias-add-description"),
    remove=localised("people-alias-remove-description"),
)
@app_commands.autocomplete(name=all_people, remove=aliases)
@moderators_only
async def people_alias(interaction: Interaction, name: _Name, add: _Name = "", remove: _Name = "") -> None:
    """Give somebody an alias, take one away, and show those that there are then."""
    bot, guild_id = interaction.client, guild_id_of(interaction)
    service = bot.services.aliases
    person = await bot.threads.quick(bot.services.people_editor.get_by_name, guild_id, name)
    if remove:
        person = await bot.threads.quick(service.remove, guild_id, person.name, remove)
    if add:
        person = await bot.threads.quick(service.add, guild_id, person.name, add, by=interaction.user.id)
    await interaction.response.send_message(aliases_text(await private_words(interaction), person), ephemeral=True)


@people.command(name=localised("people-history-name"), description=localised("people-history-description"))
@app_commands.rename(name=_NAME)
@app_commands.describe(name=_WHOSE)
@app_commands.autocomplete(name=all_people)
@moderators_only
async def people_history(interaction: Interaction, name: _Name) -> None:
    """Show who named a person's faces, when and where."""
    bot, guild_id = interaction.client, guild_id_of(interaction)
    person, events = await bot.threads.quick(bot.services.people_editor.history, guild_id, name)
    embed = history_embed(await private_words(interaction), guild_id, person, events)
    await interaction.response.send_message(embed=embed, ephemeral=True)


@people.command(name=localised("people-rename-name"), description=localised("people-rename-description"))
@app_commands.rename(name=_NAME, new_name=localised("people-new-name-name"))
@app_commands.describe(name=_WHOSE, new_name=localised("people-new-name-description"))
@app_commands.autocomplete(name=all_people)
@moderators_only
async def people_rename(interaction: Interaction, name: _Name, new_name: _Name) -> None:
    """Give a person another name."""
    bot, guild_id = interaction.client, guild_id_of(interaction)
    before = await bot.threads.quick(bot.services.people_editor.get_by_name, guild_id, name)
    person = await bot.threads.quick(bot.services.people_editor.rename, guild_id, name, new_name)
    names = {"before": escape_markdown(before.name), "name": escape_markdown(person.name)}
    await interaction.response.send_message(
        (await private_words(interaction)).say("people-renamed", **names), ephemeral=True
    )


@people.command(name=localised("people-merge-name"), description=localised("people-merge-description"))
@app_commands.rename(name=_NAME, into=localised("people-into-name"))
@app_commands.describe(name=_WHOSE, into=localised("people-into-description"))
@app_commands.autocomplete(name=all_people, into=all_people)
@moderators_only
async def people_merge(interaction: Interaction, name: _Name, into: _Name) -> None:
    """Ask whether two people are to become one."""
    await change_views.ask_to_merge(interaction, name, into)


@people.command(name=localised("people-split-name"), description=localised("people-split-description"))
@app_commands.rename(name=_NAME)
@app_commands.describe(name=_WHOSE)
@app_commands.autocomplete(name=all_people)
@moderators_only
async def people_split(interaction: Interaction, name: _Name) -> None:
    """Show somebody's pictures with numbers, to say which of them show somebody else."""
    await split_views.request_sheet(interaction, name)


@people.command(name=localised("people-export-name"), description=localised("people-export-description"))
@moderators_only
async def people_export(interaction: Interaction) -> None:
    """Send all people of the server as a file to whoever may manage it."""
    await request_export(interaction)


@people.command(name=localised("people-remove-name"), description=localised("people-remove-description"))
@app_commands.rename(name=_NAME)
@app_commands.describe(name=_WHOSE)
@app_commands.autocomplete(name=all_people)
@moderators_only
async def people_remove(interaction: Interaction, name: _Name) -> None:
    """Ask whether a person is to be deleted."""
    await change_views.ask_to_remove(interaction, name)


@people.command(name=localised("people-public-name"), description=localised("people-public-description"))
@app_commands.rename(name=_NAME, listed=localised("people-listed-name"))
@app_commands.describe(name=_WHOSE, listed=localised("people-listed-description"))
@app_commands.autocomplete(name=all_people)
@moderators_only
async def people_public(interaction: Interaction, name: _Name, listed: bool) -> None:
    """Put a person on the list of public people, whose faces in the chat may be learnt from, or take them off."""
    bot = interaction.client
    record = bot.services.people_editor.record_public
    person = await bot.threads.quick(record, guild_id_of(interaction), name, listed=listed)
    words, name = await private_words(interaction), escape_markdown(person.name)
    text = words.say("people-public-listed", name=name) if listed else words.say("people-public-unlisted", name=name)
    await interaction.response.send_message(text, ephemeral=True)


@people.command(name=localised("people-object-name"), description=localised("people-object-description"))
@app_commands.rename(name=_NAME)
@app_commands.describe(name=_WHOSE)
@app_commands.autocomplete(name=people_without_objection)
@moderators_only
async def people_object(interaction: Interaction, name: _Name) -> None:
    """Write down that a person does not want their face changed."""
    bot = interaction.client
    record = bot.services.people_editor.record_objection
    person = await bot.threads.quick(record, guild_id_of(interaction), name)
    text = (await private_words(interaction)).say("people-objection-recorded", name=escape_markdown(person.name))
    await interaction.response.send_message(text, ephemeral=True)


@people.command(name=localised("people-withdraw-name"), description=localised("people-withdraw-description"))
@app_commands.rename(name=_NAME)
@app_commands.describe(name=_WHOSE)
@app_commands.autocomplete(name=objecting_people)
@moderators_only
async def people_withdraw(interaction: Interaction, name: _Name) -> None:
    """Write down that a person does not object any more."""
    bot = interaction.client
    withdraw = bot.services.people_editor.withdraw_objection
    person = await bot.threads.quick(withdraw, guild_id_of(interaction), name)
    text = (await private_words(interaction)).say("people-objection-withdrawn", name=escape_markdown(person.name))
    await interaction.response.send_message(text, ephemeral=True)
