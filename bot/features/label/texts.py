"""What stands above a card, and at the end of a round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from discord.utils import escape_markdown

from bot.features.label.rounds import GOAL_FACES

if TYPE_CHECKING:
    from bot.features.label.custom_ids import CardState
    from bot.ui.i18n import Words
    from core.domain.labelling.cards import LabellingState, ShownCard
    from core.domain.labelling.voters import Voter

_PERCENT_FROM = 10  # answers from which a member's own reliability is told


def card_text(
    words: Words, shown: ShownCard, names: Mapping[int, str], state: CardState, done: int, *, slow_down: bool
) -> str:
    """Ask what the card is about, and say how far the round is."""
    lines = [words.say("label-slow-down")] if slow_down else []
    if shown.card.person is None:
        lines.append(words.say("label-name-question"))
    else:
        name = escape_markdown(names.get(shown.card.person, "…"))
        lines.append(words.say("label-grid-question", name=name, faces=len(shown.card.faces)))
    if state.left_out:
        lines.append(words.say("label-left-out", numbers=", ".join(map(str, sorted(state.left_out)))))
    lines.append(words.say("label-progress", done=done, goal=GOAL_FACES))
    return "\n".join(lines)


def finished_text(words: Words, state: LabellingState, done: int) -> str:
    """Say that the round is over, or that nothing is left to ask."""
    if done >= GOAL_FACES:
        return words.say("label-finished", done=done, open=state.open)
    return words.say("label-nothing-left", done=done) if done else words.say("label-nothing-to-do")


def voter_text(words: Words, voter: Voter) -> str:
    """Tell a member how reliable the own answers are."""
    reliability = voter.reliability
    if reliability.answers < _PERCENT_FROM:
        return words.say("label-me-new", answers=reliability.answers)
    shares = {"noticed": 1.0 - reliability.miss, "kept": 1.0 - reliability.false_strike}
    return words.say("label-me", answers=reliability.answers, **shares)
