"""Which version serves: promotion if it is not worse, forced promotion with a reason, rollback."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import error_reason, guarded
from bot.intake.lookup import ID, parse_id
from bot.ui.formatting import figure
from bot.ui.forms import text_value
from bot.ui.i18n import Words, clip
from bot.ui.language import private_words, public_words
from bot.ui.permissions import guild_id_of, require_answer_channel, require_moderator
from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from bot.context import Interaction

FORM = re.compile(rf"force:(?P<version>{ID})")
_FIELD = "reason"
_FORM_LIFE_S = 900.0  # as long as the interaction's token, with which the form is answered
_MAX_REASON = 300  # of the registry's 512 characters: it is shown in a line
_REFUSED = frozenset({ErrorCode.NOT_BETTER, ErrorCode.NOT_COMPARABLE, ErrorCode.DRAWS_NO_FACE})


class ForceButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"model:force:(?P<version>{ID})"):
    """Promotes a version that is worse: asks for the reason."""

    def __init__(self, button: discord.ui.Button[Any], version_id: int) -> None:
        super().__init__(button)
        self.version_id = version_id

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> ForceButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["version"]))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Open the form."""
        require_moderator(interaction)
        await require_answer_channel(interaction)
        await interaction.response.send_modal(ForceForm(await private_words(interaction), self.version_id))


class ForceForm(discord.ui.Modal):
    """Asks for the reason. `handle_force_form` takes it, because discord.py forgets open forms with a restart."""

    def __init__(self, words: Words, version_id: int) -> None:
        title = clip(words.say("force-title"), 45)
        super().__init__(title=title, custom_id=f"force:{version_id}", timeout=_FORM_LIFE_S)
        hint = words.say("force-placeholder")
        field = discord.ui.TextInput[Any](custom_id=_FIELD, placeholder=hint, max_length=_MAX_REASON)
        self.add_item(discord.ui.Label[Any](text=words.say("force-label"), component=field))

    async def on_submit(self, _interaction: discord.Interaction[Any], /) -> None:
        """Do nothing: see `handle_force_form`."""


async def promote(interaction: Interaction, version: Version) -> None:
    """Let a version serve, and announce it; where it is worse, tell the moderator by how much, and offer to force it.

    Raises:
        OmokageError: NOT_ALLOWED, the guild wants such answers in other channels; BAD_WEIGHTS.
    """
    await require_answer_channel(interaction)
    bot = interaction.client
    await interaction.response.defer(ephemeral=True, thinking=True)  # the weights are read, and checked
    try:
        await bot.threads.slow(bot.services.registry.promote, version.id, interaction.user.id)
    except OmokageError as error:
        if error.code not in _REFUSED:
            raise
        words = await private_words(interaction)
        text = f"{_why_not(words, version, error)}\n{words.say('force-offer')}"
        await interaction.edit_original_response(content=text, view=_force_view(words, version))
        return
    await _announce(interaction, version)


async def handle_force_form(interaction: Interaction, match: re.Match[str], components: list[dict[str, Any]]) -> None:
    """Promote with the reason that was typed into the form."""
    require_moderator(interaction)
    await require_answer_channel(interaction)
    bot, why = interaction.client, text_value(components, _FIELD)
    registry = bot.services.registry
    version = await bot.threads.quick(registry.get, parse_id(match["version"]), guild_id_of(interaction))
    await interaction.response.defer(ephemeral=True, thinking=True)
    await bot.threads.slow(registry.promote, version.id, interaction.user.id, force_reason=why)
    await _announce(interaction, version, why)


async def roll_back(interaction: Interaction, kind: RunKind) -> None:
    """Let the version serve that did before, and announce it.

    Raises:
        OmokageError: NOT_ALLOWED, the guild wants such answers in other channels; UNKNOWN_VERSION, no version answers.
    """
    await require_answer_channel(interaction)
    bot, guild_id = interaction.client, guild_id_of(interaction)
    registry = bot.services.registry
    former_id = await bot.threads.quick(registry.serving_id, guild_id, kind)
    if former_id is None:
        raise OmokageError(ErrorCode.UNKNOWN_VERSION, reason="none-serves")
    learnt = (await bot.threads.quick(registry.get, former_id)).is_learnt
    back = await bot.threads.quick(registry.rollback, guild_id, kind, interaction.user.id)
    words = await public_words(bot, guild_id, interaction.locale.value)
    said_by = str(interaction.user.id)
    if back.version_id is None:
        text = words.say("model-back-to-none", kind=kind.value, member=said_by)
    else:
        version = await bot.threads.quick(registry.get, back.version_id)
        learnt = learnt or version.is_learnt
        text = words.say("model-back", kind=kind.value, version=version.label, member=said_by)
    await interaction.response.send_message(text)
    if learnt:
        await bot.learning_thread.announce(interaction, text)


async def _announce(interaction: Interaction, version: Version, why: str | None = None) -> None:
    """Post it in the channel, since everybody's answers change; ephemerally where the bot may not write there.

    What was learnt from labels is told in the guild's thread, too.
    """
    bot = interaction.client
    words = await public_words(bot, guild_id_of(interaction), interaction.locale.value)
    said_by = str(interaction.user.id)
    text = words.say("model-promoted", kind=version.kind.value, version=version.label, member=said_by)
    if why is not None:
        text += f"\n{words.say('model-forced', reason=discord.utils.escape_markdown(why))}"
    await interaction.delete_original_response()
    await interaction.followup.send(text)
    if version.is_learnt:
        await bot.learning_thread.announce(interaction, text)


def _why_not(words: Words, version: Version, error: OmokageError) -> str:
    """Say in what a version is worse: of what makes pictures, by their distance from what was to be shown."""
    details: dict[str, Any] = dict(error.details)
    if version.kind.generates and error.code is ErrorCode.NOT_BETTER:
        figures = {name: figure(float(details[name])) for name in ("new", "old")}
        details = {"reason": version.kind.compared_by, **figures}
    return error_reason(words, error.code, details)


def _force_view(words: Words, version: Version) -> discord.ui.View:
    label, custom_id = words.say("model-force-button"), f"model:force:{version.id}"
    button = discord.ui.Button[Any](label=label, custom_id=custom_id, style=discord.ButtonStyle.danger)
    view = discord.ui.View(timeout=None)
    view.add_item(ForceButton(button, version.id))
    return view
