"""/model: list, show, promote, roll back, evaluate and check versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.features.model import promotion
from bot.features.model.autocomplete import versions
from bot.features.model.options import KINDS, Number, descriptions, names, parse_kind
from bot.features.model.texts import list_embed
from bot.features.model.views import show_version
from bot.ui.groups import guild_group
from bot.ui.i18n import localised
from bot.ui.language import private_words
from bot.ui.permissions import guild_id_of, moderators_only
from core.domain.jobs import JobKind
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import Interaction


model = guild_group("model-name", "model-description")


@model.command(name=localised("model-list-name"), description=localised("model-list-description"))
@app_commands.rename(**names("kind"))
@app_commands.describe(**descriptions("kind"))
@app_commands.choices(kind=KINDS)
async def model_list(interaction: Interaction, kind: str | None = None) -> None:
    """List the versions of a kind, and say which serves."""
    bot, guild_id, words = interaction.client, guild_id_of(interaction), await private_words(interaction)
    listed = await bot.threads.quick(bot.services.registry.list, guild_id, parse_kind(kind))
    if not listed:
        await interaction.response.send_message(words.say("model-list-none"), ephemeral=True)
        return
    serving = await bot.threads.quick(bot.services.registry.serving, guild_id, parse_kind(kind))
    await interaction.response.send_message(embed=list_embed(words, listed, serving), ephemeral=True)


@model.command(name=localised("model-card-name"), description=localised("model-card-description"))
@app_commands.rename(**names("version", "kind"))
@app_commands.describe(**descriptions("version", "kind"))
@app_commands.choices(kind=KINDS)
@app_commands.autocomplete(version=versions)
async def card(interaction: Interaction, version: Number, kind: str | None = None) -> None:
    """Show everything about a version."""
    await show_version(interaction, await _found(interaction, version, parse_kind(kind)))


@model.command(name=localised("model-promote-name"), description=localised("model-promote-description"))
@app_commands.rename(**names("version", "kind"))
@app_commands.describe(**descriptions("version", "kind"))
@app_commands.choices(kind=KINDS)
@app_commands.autocomplete(version=versions)
@moderators_only
async def promote(interaction: Interaction, version: Number, kind: str | None = None) -> None:
    """Let a version serve."""
    await promotion.promote(interaction, await _found(interaction, version, parse_kind(kind)))


@model.command(name=localised("model-rollback-name"), description=localised("model-rollback-description"))
@app_commands.rename(**names("kind"))
@app_commands.describe(**descriptions("kind"))
@app_commands.choices(kind=KINDS)
@moderators_only
async def rollback(interaction: Interaction, kind: str | None = None) -> None:
    """Let the version serve that did before."""
    await promotion.roll_back(interaction, parse_kind(kind))


@model.command(name=localised("model-evaluate-name"), description=localised("model-evaluate-description"))
@app_commands.rename(**names("version"))
@app_commands.describe(**descriptions("version"))
@app_commands.autocomplete(version=versions)
async def evaluate(interaction: Interaction, version: Number) -> None:
    """Request an evaluation: a job, since a worker draws its pictures. Only of recognisers."""
    version_found = await _found(interaction, version, RunKind.RECOGNISER)
    await interaction.client.intake.request_job(
        interaction, JobKind.EVALUATE, {"version_id": version_found.id, "title": version_found.title}
    )


@model.command(name=localised("model-check-name"), description=localised("model-check-description"))
@app_commands.rename(**names("version"))
@app_commands.describe(**descriptions("version"))
@app_commands.autocomplete(version=versions)
@moderators_only
async def check(interaction: Interaction, version: Number) -> None:
    """Request a robustness check: a background job of some minutes, for which nobody waits."""
    bot, words = interaction.client, await private_words(interaction)
    version_found = await _found(interaction, version, RunKind.RECOGNISER)
    await bot.threads.slow(bot.services.checks.request, version_found, again=True)
    await interaction.response.send_message(
        words.say("model-check-begins", version=version_found.label), ephemeral=True
    )


async def _found(interaction: Interaction, number: int, kind: RunKind) -> Version:
    bot = interaction.client
    return await bot.threads.quick(bot.services.registry.get_by_number, guild_id_of(interaction), kind, number)
