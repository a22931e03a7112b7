"""What /privacy says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import discord
from discord.utils import escape_markdown, format_dt

from bot.ui.i18n import clip

if TYPE_CHECKING:
    from bot.ui.i18n import Words
    from core.domain.privacy import ForgottenPerson, Receipt, Replaced

COLOUR = 0x4477AA
_HASH = 12  # digits of a hash that are shown: enough to compare; the shell shows all
_PAIRS = 8  # hashes in a receipt's field; there are hardly ever more
_FIELD, _TITLES = 1024, 900  # characters: Discord's limit of a field, and room for titles in a message
_ABOUT = (
    ("privacy-about-kept", "privacy-about-kept-text"),
    ("privacy-about-people", "privacy-about-people-text"),
    ("privacy-about-rights", "privacy-about-rights-text"),
    ("privacy-about-operator", "privacy-about-operator-text"),
)
_POLICY = (
    ("privacy-policy-deletion", "privacy-policy-deletion-text"),
    ("privacy-policy-purpose", "privacy-policy-purpose-text"),
    ("privacy-policy-law", "privacy-policy-law-text"),
)
_KEPT = ("jobs", "photos", "pictures", "labels", "people", "cards", "votes", "rates")
_MADE = ("datasets", "trainings", "models", "promotions", "settings", "receipts")
_DELETED = ("faces", "photos", "labels", "votes", "answers", "jobs", "datasets", "versions", "checkpoints")


def about_embed(words: Words) -> discord.Embed:
    """Say what is kept and why, and what everybody may ask for."""
    embed = discord.Embed(colour=COLOUR, title=words.say("privacy-about-title"))
    for name, text in _ABOUT:
        embed.add_field(name=words.say(name), value=words.say(text), inline=False)
    return embed


def policy_embed(words: Words, keep_days: int) -> discord.Embed:
    """Say how long what is kept, and how laws see it.

    Args:
        words: the texts.
        keep_days: after which answers go; 0: never.
    """
    embed = discord.Embed(colour=COLOUR, title=words.say("privacy-policy-title"))
    times = words.say("privacy-policy-times-text", days=keep_days)
    embed.add_field(name=words.say("privacy-policy-times"), value=times, inline=False)
    for name, text in _POLICY:
        embed.add_field(name=words.say(name), value=words.say(text), inline=False)
    return embed.set_footer(text=words.say("privacy-policy-footer"))


def counts_embed(words: Words, counts: Mapping[str, int]) -> discord.Embed:
    """Count what is kept of a member."""
    embed = discord.Embed(colour=COLOUR, title=words.say("privacy-my-data-title"))
    if not any(counts.values()):
        embed.description = words.say("privacy-my-data-none")
        return embed
    embed.description = words.say("privacy-my-data-text")
    for name, kinds in (("privacy-my-data-kept", _KEPT), ("privacy-my-data-made", _MADE)):
        lines = [words.say("privacy-count", kind=kind, count=counts[kind]) for kind in kinds if counts[kind]]
        if lines:
            embed.add_field(name=words.say(name), value="\n".join(lines), inline=False)
    return embed


def forgotten_text(words: Words, forgotten: ForgottenPerson) -> str:
    """Say what was done, what a worker still does, and what nobody can know."""
    counts = forgotten.receipt.counts
    name = escape_markdown(forgotten.name)
    lines = [words.say("privacy-forgotten", name=name, faces=counts["faces"], photos=counts["photos"])]
    if forgotten.datasets:
        lines.append(words.say("privacy-forgotten-datasets", datasets=_titles(forgotten.datasets)))
    if forgotten.versions:
        lines.append(words.say("privacy-forgotten-versions", versions=_titles(forgotten.versions)))
    if forgotten.unknown_versions:
        lines.append(words.say("privacy-forgotten-unknown", versions=_titles(forgotten.unknown_versions)))
    done = words.say("privacy-forgotten-done" if forgotten.receipt.is_finished else "privacy-forgotten-waits")
    return "\n".join([*lines, done])


def receipt_embed(words: Words, receipt: Receipt) -> discord.Embed:
    """Show a receipt, in which no name is."""
    done = "privacy-receipt-done" if receipt.is_finished else "privacy-receipt-waits"
    when = words.say("privacy-receipt-when", when=format_dt(receipt.created_at, "f"))
    embed = discord.Embed(colour=COLOUR, title=words.say("privacy-receipt-title"))
    embed.description = "\n".join([f"`{receipt.id}`", when, words.say(done)])
    counted = [(kind, receipt.counts.get(kind, 0)) for kind in _DELETED]
    lines = [words.say("privacy-deleted", kind=kind, count=count) for kind, count in counted if count]
    embed.add_field(name=words.say("privacy-receipt-counts"), value="\n".join(lines) or "–", inline=False)
    for name, pairs in (("privacy-receipt-heads", receipt.heads), ("privacy-receipt-datasets", receipt.datasets)):
        if pairs:
            shown = "\n".join(_pair(words, pair) for pair in pairs[:_PAIRS])
            embed.add_field(name=words.say(name), value=clip(shown, _FIELD), inline=False)
    return embed


def _pair(words: Words, pair: Replaced) -> str:
    after = words.say("privacy-receipt-nothing") if pair.after is None else f"`{pair.after[:_HASH]}`"
    return f"`{pair.before[:_HASH]}` → {after}"


def _titles(titles: tuple[str, ...]) -> str:
    return clip(escape_markdown(", ".join(titles)), _TITLES)
