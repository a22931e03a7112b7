"""/model"""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.errors import offering
from bot.features.model import promotion
from bot.features.model.card import show_card
from bot.features.model.texts import choice_of, list_embed
from bot.features.train.options import KINDS, Number
from bot.ui.i18n import localised
from bot.ui.language import private
from bot.ui.permissions import guild_of, moderators_only
from core.domain.jobs import JobKind
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import Interaction

_CHOICES = 25  # Discord's limit
_NAME = {"version": localised("model-version-name")}
_WHAT = {"version": localised("model-version-description")}
_KIND_NAME = {"kind": localised("model-kind-name")}
_KIND_WHAT = {"kind": localised("model-kind-description")}

model = app_commands.Group(
    name=localised("model-name"),
    description=localised("model-description"),
    guild_only=True,
    allowed_contexts=app_commands.AppCommandContext(guild=True),
)


@offering
async def versions(interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
    """The guild's versions of the kind that is chosen, newest first."""
    bot, words = interaction.client, await private(interaction)
    kind = _kind(getattr(interaction.namespace, "kind", None))
    known = await bot.threads.quick(bot.services.registry.list, guild_of(interaction), kind)
    offers = [(choice_of(words, one), one.number) for one in known]
    fitting = [app_commands.Choice(name=name, value=value) for name, value in offers if typed.lower() in name.lower()]
    return fitting[:_CHOICES]


@model.command(name=localised("model-list-name"), description=localised("model-list-description"))
@app_commands.rename(**_KIND_NAME)
@app_commands.describe(**_KIND_WHAT)
@app_commands.choices(kind=KINDS)
async def model_list(interaction: Interaction, kind: str | None = None) -> None:
    """What there is, and what answers."""
    bot, guild_id, words = interaction.client, guild_of(interaction), await private(interaction)
    known = await bot.threads.quick(bot.services.registry.list, guild_id, _kind(kind))
    if not known:
        await interaction.response.send_message(words.say("model-list-none"), ephemeral=True)
        return
    serving = await bot.threads.quick(bot.services.registry.serving, guild_id, _kind(kind))
    await interaction.response.send_message(embed=list_embed(words, known, serving), ephemeral=True)


@model.command(name=localised("model-card-name"), description=localised("model-card-description"))
@app_commands.rename(**_NAME, **_KIND_NAME)
@app_commands.describe(**_WHAT, **_KIND_WHAT)
@app_commands.choices(kind=KINDS)
@app_commands.autocomplete(version=versions)
async def card(interaction: Interaction, version: Number, kind: str | None = None) -> None:
    """Everything about a version."""
    await show_card(interaction, await _found(interaction, version, _kind(kind)))


@model.command(name=localised("model-promote-name"), description=localised("model-promote-description"))
@app_commands.rename(**_NAME, **_KIND_NAME)
@app_commands.describe(**_WHAT, **_KIND_WHAT)
@app_commands.choices(kind=KINDS)
@app_commands.autocomplete(version=versions)
@moderators_only
async def promote(interaction: Interaction, version: Number, kind: str | None = None) -> None:
    """Let it answer."""
    await promotion.promote(interaction, await _found(interaction, version, _kind(kind)))


@model.command(name=localised("model-rollback-name"), description=localised("model-rollback-description"))
@app_commands.rename(**_KIND_NAME)
@app_commands.describe(**_KIND_WHAT)
@app_commands.choices(kind=KINDS)
@moderators_only
async def rollback(interaction: Interaction, kind: str | None = None) -> None:
    """Let answer what did before."""
    await promotion.take_back(interaction, _kind(kind))


@model.command(name=localised("model-evaluate-name"), description=localised("model-evaluate-description"))
@app_commands.rename(**_NAME)
@app_commands.describe(**_WHAT)
@app_commands.autocomplete(version=versions)
async def evaluate(interaction: Interaction, version: Number) -> None:
    """A job, since a worker draws the pictures. Of recognisers alone: the figures of others are on their cards."""
    found = await _found(interaction, version, RunKind.RECOGNISER)
    await interaction.client.intake.ask(interaction, JobKind.EVALUATE, {"version_id": found.id, "title": found.title})


@model.command(name=localised("model-check-name"), description=localised("model-check-description"))
@app_commands.rename(**_NAME)
@app_commands.describe(**_WHAT)
@app_commands.autocomplete(version=versions)
@moderators_only
async def check(interaction: Interaction, version: Number) -> None:
    """A job that nobody waits for: it takes minutes, whenever a worker has nothing else to do."""
    bot, words = interaction.client, await private(interaction)
    found = await _found(interaction, version, RunKind.RECOGNISER)
    await bot.threads.slow(bot.services.checks.request, found, again=True)
    await interaction.response.send_message(words.say("model-check-begins", version=found.label), ephemeral=True)


def _kind(chosen: str | None) -> RunKind:
    """The kind that is meant; who says none means what says who is in a photo."""
    return next((kind for kind in RunKind if kind.value == chosen), RunKind.RECOGNISER)


async def _found(interaction: Interaction, number: int, kind: RunKind) -> Version:
    bot = interaction.client
    return await bot.threads.quick(bot.services.registry.find, guild_of(interaction), kind, number)
