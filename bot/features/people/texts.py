"""The texts of the list of people."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord.utils import escape_markdown

from bot.ui.i18n import Words
from core.domain.people import Person

COLOUR = 0x4477AA
# A name has 64 letters, twice that with its markdown escaped: 20 lines stay below the 4,096 of a description.
PEOPLE_PER_PAGE = 20


def people_embed(words: Words, listed: Sequence[Person], page: int) -> discord.Embed:
    """Show one page, a line for each person."""
    page = min(page, page_count(listed) - 1)
    lines = [_line(words, person) for person in listed[page * PEOPLE_PER_PAGE : (page + 1) * PEOPLE_PER_PAGE]]
    embed = discord.Embed(
        colour=COLOUR, title=words.say("people-title", people=len(listed)), description="\n".join(lines)
    )
    return embed.set_footer(text=words.say("people-footer", page=page + 1, pages=page_count(listed)))


def _line(words: Words, person: Person) -> str:
    parts = [words.say("people-line", name=escape_markdown(person.name), pictures=person.pictures)]
    if person.objected_at is not None:
        parts.append(words.say("people-objects"))
    if person.not_compared:
        parts.append(words.say("people-not-compared", pictures=person.not_compared))
    return " · ".join(parts)


def page_count(listed: Sequence[Person]) -> int:
    """Count the pages; there is at least one."""
    return max(1, -(-len(listed) // PEOPLE_PER_PAGE))
