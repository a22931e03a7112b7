"""/optimize: everybody may request a picture that the recogniser takes for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.features.optimize.autocomplete import target_names
from bot.features.optimize.options import DESCRIPTIONS, MODES, NAMES, Epsilon, Seed, Steps, Typed
from bot.features.optimize.requests import OptimizeOptions, params_of, request_for
from bot.intake.lookup import parse_enum
from bot.intake.photos import photo_from_attachment
from bot.ui.i18n import localised
from bot.ui.permissions import guild_id_of
from core.domain.jobs import JobKind
from core.domain.optimisation import OptimizeMode
from core.services.attack.targets import find_target

if TYPE_CHECKING:
    from bot.context import Interaction


@app_commands.command(name=localised("optimize-name"), description=localised("optimize-description"))
@app_commands.rename(**NAMES)
@app_commands.describe(**DESCRIPTIONS)
@app_commands.choices(mode=MODES)
@app_commands.autocomplete(target=target_names)
@app_commands.guild_only
async def optimize(  # noqa: PLR0917 - the options, as discord.py wants them
    interaction: Interaction,
    target: Typed,
    mode: str | None = None,
    photo: discord.Attachment | None = None,
    steps: Steps | None = None,
    epsilon: Epsilon | None = None,
    robust: bool = False,
    seed: Seed | None = None,
) -> None:
    """Request it; a target whom the recogniser does not know is refused at once."""
    intake, services = interaction.client.intake, interaction.client.services
    found_target = await intake.run_query(
        interaction, find_target, services.registry, services.people, guild_id_of(interaction), target
    )
    chosen = None if mode is None else parse_enum(OptimizeMode, "mode", mode)
    request = request_for(found_target, OptimizeOptions(chosen, photo is not None, steps, epsilon, robust, seed))
    photos = {} if photo is None else {"start": photo_from_attachment(photo)}
    await intake.request_job(interaction, JobKind.OPTIMIZE, params_of(request), photos)
