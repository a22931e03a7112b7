"""What came of it, in words: whom the picture shows to us, and whom to the recogniser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import discord
from discord.utils import escape_markdown

from bot.ui.formatting import figure, percent
from bot.ui.i18n import Words, clip
from core.domain.faces import Candidate
from core.domain.jobs import Job
from core.domain.optimisation import Norms, Optimized, OptimizeMode, OptimizeRequest, Transfer, Verdict

COLOUR = 0xDDAA33  # a warning: nothing here is what it seems to be
PICTURE, SHEET = "picture.png", "sheet.png"
_VALUE = 1024  # Discord's, for a field
_EVEN = 0.5
# Beyond them a percentage with one decimal would say "never" or "certainly". A line must not begin with "> ", which
# Discord takes for a quotation.
_LEAST, _MOST = 0.001, 0.999


class Outcome(StrEnum):
    """How far it went."""

    NAMED = "named"  # `/classify` names the face as the target
    LEANS = "leans"  # of those it knows the target is the likeliest, but it names nobody
    UNSEEN = "unseen"  # taken as a face it would be the target, but no face is found in it
    LOST = "lost"  # no face is found in what was a photo of one
    MISSED = "missed"


def outcome_of(made: Optimized) -> Outcome:
    """Without flattery: only what `/classify` itself would say counts as success."""
    after = made.after
    if after is None:
        return Outcome.MISSED
    if not after.found:
        if made.mode is OptimizeMode.FOOL:
            return Outcome.LOST
        return Outcome.UNSEEN if made.succeeded else Outcome.MISSED
    if made.succeeded:
        return Outcome.NAMED
    leans = bool(after.top) and after.top[0].name == made.target and after.named is None
    return Outcome.LEANS if leans else Outcome.MISSED


def optimized_embed(words: Words, job: Job, asked: OptimizeRequest, made: Optimized) -> discord.Embed:
    """Headline, the verdicts before and after, and what else is known of the file."""
    mode, target, outcome = made.mode.value, escape_markdown(made.target), outcome_of(made)
    title = words.say(_TITLES[outcome], mode=mode, target=made.target)
    taken = made.after is not None and made.after.unknown < _EVEN
    text = words.say(_TEXTS[outcome], mode=mode, target=target, open="taken" if taken else "rejected")
    lines = [text, words.say("optimize-file"), _small(_how(words, asked, made))]
    embed = discord.Embed(colour=COLOUR, title=clip(title, 256), description="\n".join(lines))
    for name, value, inline in _fields(words, made):
        embed.add_field(name=name, value=clip(value, _VALUE), inline=inline)
    footer = words.say(
        "optimize-footer",
        model=clip(made.model, 200),
        steps=made.steps,
        seconds=f"{made.seconds:.1f}",
        job=str(job.id),
    )
    return embed.set_footer(text=footer)


def verdict_text(words: Words, verdict: Verdict, target: str) -> str:
    """Whom it is named as, the likeliest of those who are known, and how likely it is none of them."""
    shares = [_share(one) for one in verdict.top]
    if target not in {one.name for one in verdict.top}:
        shares.append(f"… {_share(Candidate(0, target, verdict.target))}")
    likeliest = words.say("optimize-likeliest", found="yes" if verdict.found else "no", people="\n".join(shares))
    unknown = f"-# {words.say('optimize-unknown', chance=probability_text(verdict.unknown))}"
    return "\n".join([named_text(words, verdict), likeliest, unknown])


def named_text(words: Words, verdict: Verdict) -> str:
    """What `/classify` would answer."""
    if not verdict.found:
        return words.say("optimize-no-face")
    if verdict.named is None:
        return words.say("optimize-nobody")
    return f"**{escape_markdown(verdict.named)}**"


def probability_text(share: float) -> str:
    """A probability; never more certain than it was measured."""
    if share < _LEAST:
        return "<0.1 %"
    return ">99.9 %" if share > _MOST else f"{100 * share:.1f} %"


def alt_text(words: Words, made: Optimized, name: str) -> str:
    """What a file shows, for those who cannot see it."""
    if name == SHEET:
        return words.say("optimize-sheet-alt")
    return words.say("optimize-picture-alt", mode=made.mode.value)


def _fields(words: Words, made: Optimized) -> Iterator[tuple[str, str, bool]]:
    if made.before is not None:
        yield words.say("optimize-before"), verdict_text(words, made.before, made.target), True
    if made.after is not None:
        yield words.say("optimize-after"), verdict_text(words, made.after, made.target), True
    if made.jpeg is not None:
        yield words.say("optimize-jpeg"), _briefly(words, made.jpeg, made.target), False
    if made.transfer:
        lines = [_transfer_line(words, one, made.target) for one in made.transfer]
        yield words.say("optimize-transfer"), "\n".join(lines), False
    if made.norms is not None:
        yield words.say("optimize-change"), _norms(words, made.norms), False


def _briefly(words: Words, verdict: Verdict, target: str) -> str:
    share = _share(Candidate(0, target, verdict.target))
    return words.say("optimize-brief", says=named_text(words, verdict), share=share)


def _transfer_line(words: Words, transfer: Transfer, target: str) -> str:
    return words.say(
        "optimize-transfer-line",
        model=escape_markdown(transfer.model),
        before=named_text(words, transfer.before),
        after=named_text(words, transfer.after),
        share=_share(Candidate(0, target, transfer.after.target)),
    )


def _norms(words: Words, norms: Norms) -> str:
    return words.say("optimize-norms", changed=percent(norms.changed), linf=str(norms.linf), length=figure(norms.l2))


def _how(words: Words, asked: OptimizeRequest, made: Optimized) -> list[str]:
    """What somebody needs to ask for the same again, and how it ended."""
    parts = [words.say("optimize-bound", epsilon=asked.epsilon)] if asked.mode is OptimizeMode.FOOL else []
    parts.append(words.say("optimize-seed", seed=str(asked.seed)))
    if asked.robust:
        parts.append(words.say("optimize-made-robust"))
    if asked.so_far is not None:
        parts.append(words.say("optimize-continued"))
    if made.stopped:
        parts.append(words.say("optimize-stopped"))
    return parts


def _share(one: Candidate) -> str:
    return f"{escape_markdown(one.name)} {probability_text(one.probability)}"


def _small(parts: Sequence[str]) -> str:
    return f"-# {' · '.join(parts)}"


_TITLES = {
    Outcome.NAMED: "optimize-named-title",
    Outcome.LEANS: "optimize-leans-title",
    Outcome.UNSEEN: "optimize-unseen-title",
    Outcome.LOST: "optimize-lost-title",
    Outcome.MISSED: "optimize-missed-title",
}
_TEXTS = {
    Outcome.NAMED: "optimize-named-text",
    Outcome.LEANS: "optimize-leans-text",
    Outcome.UNSEEN: "optimize-unseen-text",
    Outcome.LOST: "optimize-lost-text",
    Outcome.MISSED: "optimize-missed-text",
}
