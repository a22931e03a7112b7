"""The texts of the list of people, and of who named them."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord.utils import escape_markdown, format_dt

from bot.ui.i18n import Words, clip
from core.domain.people import LabelEvent, Person

COLOUR = 0x4477AA
# A name has 64 letters, twice that with its markdown escaped: 20 lines stay below the 4,096 of a description.
PEOPLE_PER_PAGE = 20
_ALIASES_LENGTH = 20  # letters of the list's line; all of them are shown by /people alias
MAX_EVENTS = 20  # a line has 200 letters at most: a time, a mention, a sentence and a link of three ids


def people_embed(words: Words, listed: Sequence[Person], page: int) -> discord.Embed:
    """Show one page, a line for each person."""
    page = min(page, page_count(listed) - 1)
    lines = [_line(words, person) for person in listed[page * PEOPLE_PER_PAGE : (page + 1) * PEOPLE_PER_PAGE]]
    embed = discord.Embed(
        colour=COLOUR, title=words.say("people-title", people=len(listed)), description="\n".join(lines)
    )
    return embed.set_footer(text=words.say("people-footer", page=page + 1, pages=page_count(listed)))


def history_embed(words: Words, guild_id: int, person: Person, events: Sequence[LabelEvent]) -> discord.Embed:
    """List who labelled a person's faces, the newest first; of more than a message holds, say how many are left out."""
    lines = [_event_line(words, guild_id, event) for event in events[:MAX_EVENTS]]
    if len(events) > MAX_EVENTS:
        lines.append(words.say("people-history-more", labels=len(events) - MAX_EVENTS))
    title = words.say("people-history-title", name=escape_markdown(person.name))
    text = "\n".join(lines) or words.say("people-history-none")
    return discord.Embed(colour=COLOUR, title=title, description=text)


def aliases_text(words: Words, person: Person) -> str:
    """Say which further names a person has."""
    name = escape_markdown(person.name)
    if not person.aliases:
        return words.say("people-aliases-none", name=name)
    aliases = " · ".join(f"**{escape_markdown(alias)}**" for alias in person.aliases)
    return words.say("people-aliases", name=name, aliases=aliases)


def _event_line(words: Words, guild_id: int, event: LabelEvent) -> str:
    """Write when, who, what, and where; the mention of a member in an embed pings nobody."""
    given = event.provenance
    member = f"<@{given.by}>" if given.by else words.say("people-history-operator")
    text = words.say("people-history-line", member=member, label=event.label.value)
    parts = [format_dt(given.at), text]
    if given.message_id:
        url = f"https://discord.com/channels/{guild_id}/{given.channel_id}/{given.message_id}"
        parts.append(f"[{words.say('people-history-message')}]({url})")
    return " · ".join(parts)


def _line(words: Words, person: Person) -> str:
    parts = [words.say("people-line", name=escape_markdown(person.name), pictures=person.pictures)]
    if person.aliases:
        aliases = clip(" · ".join(person.aliases), _ALIASES_LENGTH)
        parts.append(words.say("people-line-aliases", aliases=escape_markdown(aliases)))
    if person.objected_at is not None:
        parts.append(words.say("people-objects"))
    if person.not_compared:
        parts.append(words.say("people-not-compared", pictures=person.not_compared))
    return " · ".join(parts)


def page_count(listed: Sequence[Person]) -> int:
    """Count the pages; there is at least one."""
    return max(1, -(-len(listed) // PEOPLE_PER_PAGE))
