"""Take a member's answer to a card, as the button or select says that was used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.intake.lookup import parse_number
from bot.ui.permissions import is_moderator, require_labeller
from core.domain.errors import ErrorCode, OmokageError
from core.domain.labelling.cards import GRID_FACES, CardRef

if TYPE_CHECKING:
    from bot.context import Interaction
    from bot.features.label.custom_ids import CardState
    from core.domain.labelling.cards import AnswerOutcome, ShownCard


async def answer_grid(interaction: Interaction, state: CardState, numbers: frozenset[int]) -> AnswerOutcome:
    """Answer a grid: the faces of these numbers do not show the person.

    Raises:
        OmokageError: NOT_ALLOWED; CARD_CLOSED; BAD_OPTION, there is no such face.
    """
    bot, ref = interaction.client, await card_ref(interaction, state)
    shown = await open_card(interaction, state)
    struck, no_face = (faces_of(shown, chosen) for chosen in (numbers, state.left_out))
    moderates = is_moderator(interaction)
    answer = bot.services.labelling.answer_grid
    return await bot.threads.quick(answer, ref, struck, no_face, is_moderator=moderates)


async def answer_name(interaction: Interaction, state: CardState, person_id: int) -> AnswerOutcome:
    """Answer a name card: its face shows this person, or, 0, nobody whom the guild knows.

    Raises:
        OmokageError: NOT_ALLOWED, CARD_CLOSED, UNKNOWN_PERSON.
    """
    bot, ref = interaction.client, await card_ref(interaction, state)
    return await bot.threads.quick(bot.services.labelling.answer_name, ref, person_id)


async def answer_typed_name(interaction: Interaction, state: CardState, name: str) -> AnswerOutcome:
    """Answer a name card with a typed name, of somebody known or new.

    Raises:
        OmokageError: NOT_ALLOWED, CARD_CLOSED, BAD_NAME.
    """
    bot, ref = interaction.client, await card_ref(interaction, state)
    return await bot.threads.quick(bot.services.labelling.answer_new_name, ref, name)


async def answer_no_person(interaction: Interaction, state: CardState) -> AnswerOutcome:
    """Answer a name card: its picture shows no person.

    Raises:
        OmokageError: NOT_ALLOWED, CARD_CLOSED.
    """
    bot, ref = interaction.client, await card_ref(interaction, state)
    shown = await open_card(interaction, state)
    answer, moderates = bot.services.labelling.answer_no_face, is_moderator(interaction)
    return await bot.threads.quick(answer, ref, shown.card.faces[0], is_moderator=moderates)


async def skip(interaction: Interaction, state: CardState) -> None:
    """Leave a card unanswered.

    Raises:
        OmokageError: NOT_ALLOWED, CARD_CLOSED.
    """
    bot, ref = interaction.client, await card_ref(interaction, state)
    await bot.threads.quick(bot.services.labelling.skip, ref)


async def undo(interaction: Interaction) -> ShownCard:
    """Take back the member's last answer; return its card.

    Raises:
        OmokageError: NOT_ALLOWED, NOTHING_TO_UNDO.
    """
    bot, guild_id = interaction.client, await require_labeller(interaction)
    return await bot.threads.quick(bot.services.labelling.undo, guild_id, interaction.user.id)


async def open_card(interaction: Interaction, state: CardState) -> ShownCard:
    """Read the card that the member looks at.

    Raises:
        OmokageError: NOT_ALLOWED, CARD_CLOSED.
    """
    bot, ref = interaction.client, await card_ref(interaction, state)
    return await bot.threads.quick(bot.services.labelling.open_card, ref)


async def card_ref(interaction: Interaction, state: CardState) -> CardRef:
    """Name the card of a member who may label here.

    Raises:
        OmokageError: NOT_ALLOWED.
    """
    return CardRef(await require_labeller(interaction), interaction.user.id, state.card_id)


def face_numbers(values: Sequence[str]) -> frozenset[int]:
    """Read the numbers of faces that were chosen.

    Raises:
        OmokageError: BAD_OPTION, nothing was chosen, or what no select offers.
    """
    numbers = [parse_number(value) for value in values]
    if not numbers or None in numbers:
        raise _no_such_face(GRID_FACES)
    return frozenset(number for number in numbers if number is not None)


def faces_of(shown: ShownCard, numbers: frozenset[int]) -> frozenset[int]:
    """Return the ids of a card's faces from their numbers.

    Raises:
        OmokageError: BAD_OPTION.
    """
    count = len(shown.card.faces)
    if not all(1 <= number <= count for number in numbers):
        raise _no_such_face(count)
    return frozenset(shown.card.faces[number - 1] for number in numbers)


def _no_such_face(count: int) -> OmokageError:
    return OmokageError(ErrorCode.BAD_OPTION, option="face", value="?", allowed=f"1 – {count}")
