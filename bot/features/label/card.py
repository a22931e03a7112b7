"""A card as a message: its buttons and selects, and the next card in its place. All state is in the custom ids."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import discord

from bot.errors import guarded
from bot.features.label import answers
from bot.features.label.custom_ids import CARD_PATTERN, CardState
from bot.features.label.learning import learn_soon
from bot.features.label.name_form import FIELD, NewNameForm
from bot.features.label.pictures import draw_ahead, picture_of
from bot.features.label.rounds import GOAL_FACES, collect, collect_soon
from bot.features.label.texts import card_text, finished_text
from bot.features.label.views import Rows, finished_rows, grid_rows, name_rows
from bot.intake.lookup import ID, parse_id
from bot.reply import Attachment
from bot.ui.forms import text_value
from bot.ui.language import private_words
from bot.ui.menus import rows_view
from bot.ui.permissions import require_labeller
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from bot.context import Interaction
    from core.domain.labelling.cards import AnswerOutcome, ShownCard

_PICTURE = "card.jpg"
_AT_ONCE_S = 1.5  # Discord wants an answer within three seconds; what takes longer is deferred first
_PATIENCE_S = 20.0  # a worker that is started anew has its models after some ten seconds


class CardButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"label:(?P<action>all|skip|undo|choose|back|more|new|none):{CARD_PATTERN}",
):
    """Answers a card, or leaves it; `choose` asks which of its faces show no person, and `back` asks no more."""

    def __init__(self, button: discord.ui.Button[Any], action: str, state: CardState) -> None:
        super().__init__(button)
        self.action, self.state = action, state

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> CardButton:
        """Rebuild the button from its custom id."""
        return cls(item, match["action"], CardState.of(match))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Do what the button says, and show the next card in its place."""
        state = self.state
        if self.action == "all":
            await _go_on(interaction, state, await answers.answer_grid(interaction, state, frozenset()))
        elif self.action == "none":
            await _go_on(interaction, state, await answers.answer_no_person(interaction, state))
        elif self.action == "skip":
            await answers.skip(interaction, state)
            await _show_next(interaction, state.since)
        elif self.action == "undo":
            await _show(interaction, await answers.undo(interaction), state.since)
        elif self.action == "new":
            await answers.open_card(interaction, state)
            await interaction.response.send_modal(NewNameForm(await private_words(interaction), state))
        elif self.action == "more":
            await _show_next(interaction, int(time.time()))
        else:
            shown = await answers.open_card(interaction, state)
            await _redraw(interaction, shown, state, choosing=self.action == "choose")


class CardFacesSelect(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=rf"label-faces:(?P<action>others|none):{CARD_PATTERN}"
):
    """Strikes out faces of a grid: those of others, which answers it, or those that show no person."""

    def __init__(self, select: discord.ui.Select[Any], kind: str, state: CardState) -> None:
        super().__init__(select)
        self.kind, self.state = kind, state

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> CardFacesSelect:
        """Rebuild the select from its custom id."""
        return cls(item, match["action"], CardState.of(match))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Take the answer, or note which faces show no person."""
        numbers = answers.face_numbers(self.item.values)
        if self.kind == "others":
            await _go_on(interaction, self.state, await answers.answer_grid(interaction, self.state, numbers))
        else:
            shown = await answers.open_card(interaction, self.state)
            answers.faces_of(shown, numbers)
            await _redraw(interaction, shown, self.state.without(numbers))


class CardNameButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=rf"label-who:(?P<person>{ID}):{CARD_PATTERN}"
):
    """Says whom the face of a name card shows; person 0 is somebody whom the guild does not know."""

    def __init__(self, button: discord.ui.Button[Any], person_id: int, state: CardState) -> None:
        super().__init__(button)
        self.person_id, self.state = person_id, state

    @classmethod
    async def from_custom_id(cls, _interaction: Any, item: Any, match: re.Match[str], /) -> CardNameButton:
        """Rebuild the button from its custom id."""
        return cls(item, parse_id(match["person"]), CardState.of(match))

    @guarded
    async def callback(self, interaction: Interaction) -> None:  # type: ignore[override]
        """Take the answer, and show the next card in its place."""
        await _go_on(interaction, self.state, await answers.answer_name(interaction, self.state, self.person_id))


async def start(interaction: Interaction) -> None:
    """Begin a round: show the member's open card, or a new one.

    Raises:
        OmokageError: NOT_ALLOWED, WORKER_AWAY.
    """
    guild_id = await require_labeller(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    await collect(interaction.client, guild_id, patience_s=_PATIENCE_S)
    await _show_next(interaction, int(time.time()))


async def handle_new_name_form(
    interaction: Interaction, match: re.Match[str], components: list[dict[str, Any]]
) -> None:
    """Answer a name card with the name that was typed."""
    await answer_typed_name(interaction, CardState.of(match), text_value(components, FIELD))


async def answer_typed_name(interaction: Interaction, state: CardState, name: str) -> None:
    """Answer a name card with a typed name, and show the next card."""
    await _go_on(interaction, state, await answers.answer_typed_name(interaction, state, name))


async def _go_on(interaction: Interaction, state: CardState, outcome: AnswerOutcome) -> None:
    """Show the next card, or the end of the round; a worker looks for more where faces were settled."""
    if outcome.settled:
        collect_soon(interaction.client, interaction.guild_id or 0)
    if await _done(interaction, state) >= GOAL_FACES:
        await _finish(interaction, state)
        await learn_soon(interaction)
    else:
        await _show_next(interaction, state.since, slow_down=outcome.slow_down)


async def _show_next(interaction: Interaction, since: int, *, slow_down: bool = False) -> None:
    bot, guild_id = interaction.client, await require_labeller(interaction)
    shown = await bot.threads.quick(bot.services.labelling.next_card, guild_id, interaction.user.id)
    if shown is None:
        await _finish(interaction, CardState(0, since))
        await learn_soon(interaction)
    else:
        await _show(interaction, shown, since, slow_down=slow_down)


async def _show(interaction: Interaction, shown: ShownCard, since: int, *, slow_down: bool = False) -> None:
    """Show a card in the place of what is there.

    Raises:
        OmokageError: WORKER_AWAY, nobody has drawn its picture.
    """
    bot, guild_id, words = interaction.client, interaction.guild_id or 0, await private_words(interaction)
    picture = await picture_of(bot, guild_id, shown, _AT_ONCE_S)
    if picture is None:
        if not interaction.response.is_done():
            await interaction.response.defer()
        picture = await picture_of(bot, guild_id, shown, _PATIENCE_S)
    if picture is None:
        raise OmokageError(ErrorCode.WORKER_AWAY)
    draw_ahead(bot, guild_id, interaction.user.id)
    alt = words.say("label-name-alt" if shown.card.person is None else "label-grid-alt")
    content, view = await _content(interaction, shown, CardState(shown.id, since), slow_down=slow_down)
    await _edit(interaction, content=content, view=view, attachments=[Attachment(_PICTURE, picture, alt).file()])


async def _redraw(interaction: Interaction, shown: ShownCard, state: CardState, *, choosing: bool = False) -> None:
    """Show the same card with other buttons; its picture stays."""
    content, view = await _content(interaction, shown, state, choosing=choosing)
    await interaction.response.edit_message(content=content, view=view)


async def _content(
    interaction: Interaction, shown: ShownCard, state: CardState, *, choosing: bool = False, slow_down: bool = False
) -> tuple[str, discord.ui.View]:
    bot, words = interaction.client, await private_words(interaction)
    names = await bot.threads.quick(bot.services.people.names, interaction.guild_id or 0)
    text = card_text(words, shown, names, state, await _done(interaction, state), slow_down=slow_down)
    if shown.card.person is None:
        return text, _view(name_rows(words, shown, names), state)
    return text, _view(grid_rows(words, shown, names, state.left_out, choosing=choosing), state)


async def _finish(interaction: Interaction, state: CardState) -> None:
    bot, words = interaction.client, await private_words(interaction)
    open_faces = await bot.threads.quick(bot.services.labelling.state, interaction.guild_id or 0)
    done = await _done(interaction, state)
    text, rows = finished_text(words, open_faces, done), finished_rows(words, more=open_faces.open > 0, undo=done > 0)
    await _edit(interaction, content=text, view=_view(rows, state), attachments=[])


async def _done(interaction: Interaction, state: CardState) -> int:
    """Count the faces that the member has answered in this round."""
    bot, count = interaction.client, interaction.client.services.labelling.faces_answered
    return await bot.threads.quick(count, interaction.guild_id or 0, interaction.user.id, state.began_at)


def _view(rows: Rows, state: CardState) -> discord.ui.View:
    """Give the buttons and selects of a message their custom ids."""
    return rows_view([[_item(action, item, state) for action, item in row] for row in rows])


def _item(
    action: str, item: discord.ui.Button[Any] | discord.ui.Select[Any], state: CardState
) -> discord.ui.DynamicItem[Any]:
    if isinstance(item, discord.ui.Select):
        item.custom_id = f"label-faces:{action}:{state}"
        return CardFacesSelect(item, action, state)
    if action.isdecimal():
        item.custom_id = f"label-who:{action}:{state}"
        return CardNameButton(item, int(action), state)
    item.custom_id = f"label:{action}:{state}"
    return CardButton(item, action, state)


async def _edit(interaction: Interaction, **message: Any) -> None:
    if interaction.response.is_done():
        await interaction.edit_original_response(**message)
    else:
        await interaction.response.edit_message(**message)
