"""The texts about an optimised picture: whom it shows to us, and whom to the recogniser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import discord
from discord.utils import escape_markdown

from bot.ui.formatting import figure, percent
from bot.ui.i18n import Words, clip
from core.domain.faces import Candidate
from core.domain.jobs import Job
from core.domain.optimisation import Norms, OptimizeMode, OptimizeRequest, OptimizeResult, Prediction, Transfer

COLOUR = 0xDDAA33  # a warning: the picture does not show whom the recogniser names
PICTURE, SHEET = "picture.png", "sheet.png"
_VALUE = 1024  # Discord's, for a field
_EVEN = 0.5
# Beyond them a percentage with one decimal would say "never" or "certainly". A line must not begin with "> ", which
# Discord takes for a quotation.
_MIN, _MAX = 0.001, 0.999


class Outcome(StrEnum):
    """How far the optimisation went."""

    NAMED = "named"  # `/classify` names the face as the target
    LEANS = "leans"  # of those it knows the target is the likeliest, but it names nobody
    UNSEEN = "unseen"  # taken as a face it would be the target, but no face is found in it
    LOST = "lost"  # no face is found in what was a photo of one
    MISSED = "missed"


def outcome_of(optimized: OptimizeResult) -> Outcome:
    """Judge a result: only what `/classify` itself would say counts as success."""
    after = optimized.after
    if after is None:
        return Outcome.MISSED
    if not after.found:
        if optimized.mode is OptimizeMode.FOOL:
            return Outcome.LOST
        return Outcome.UNSEEN if optimized.succeeded else Outcome.MISSED
    if optimized.succeeded:
        return Outcome.NAMED
    leans = bool(after.top) and after.top[0].name == optimized.target and after.named is None
    return Outcome.LEANS if leans else Outcome.MISSED


def optimized_embed(words: Words, job: Job, request: OptimizeRequest, optimized: OptimizeResult) -> discord.Embed:
    """Build headline, the predictions before and after, and what else is known of the file."""
    mode, target, outcome = optimized.mode.value, escape_markdown(optimized.target), outcome_of(optimized)
    title = words.say(_TITLES[outcome], mode=mode, target=optimized.target)
    taken = optimized.after is not None and optimized.after.unknown < _EVEN
    text = words.say(_TEXTS[outcome], mode=mode, target=target, open="taken" if taken else "rejected")
    lines = [text, words.say("optimize-file"), _small(_how_made(words, request, optimized))]
    embed = discord.Embed(colour=COLOUR, title=clip(title, 256), description="\n".join(lines))
    for name, value, inline in _fields(words, optimized):
        embed.add_field(name=name, value=clip(value, _VALUE), inline=inline)
    footer = words.say(
        "optimize-footer",
        model=clip(optimized.model, 200),
        steps=optimized.steps,
        seconds=f"{optimized.seconds:.1f}",
        job=str(job.id),
    )
    return embed.set_footer(text=footer)


def verdict_text(words: Words, verdict: Prediction, target: str) -> str:
    """Say as whom it is named, who is likeliest, and how likely it is nobody known."""
    probabilities = [_candidate_text(candidate) for candidate in verdict.top]
    if target not in {candidate.name for candidate in verdict.top}:
        probabilities.append(f"… {_candidate_text(Candidate(0, target, verdict.target))}")
    likeliest = words.say("optimize-likeliest", found="yes" if verdict.found else "no", people="\n".join(probabilities))
    unknown = f"-# {words.say('optimize-unknown', chance=probability_text(verdict.unknown))}"
    return "\n".join([named_text(words, verdict), likeliest, unknown])


def named_text(words: Words, verdict: Prediction) -> str:
    """Say what `/classify` would answer."""
    if not verdict.found:
        return words.say("optimize-no-face")
    if verdict.named is None:
        return words.say("optimize-nobody")
    return f"**{escape_markdown(verdict.named)}**"


def probability_text(probability: float) -> str:
    """Write a probability; never more certain than it was measured."""
    if probability < _MIN:
        return "<0.1 %"
    return ">99.9 %" if probability > _MAX else f"{100 * probability:.1f} %"


def alt_text(words: Words, optimized: OptimizeResult, name: str) -> str:
    """Describe a file, as alternative text."""
    if name == SHEET:
        return words.say("optimize-sheet-alt")
    return words.say("optimize-picture-alt", mode=optimized.mode.value)


def _fields(words: Words, optimized: OptimizeResult) -> Iterator[tuple[str, str, bool]]:
    if optimized.before is not None:
        yield words.say("optimize-before"), verdict_text(words, optimized.before, optimized.target), True
    if optimized.after is not None:
        yield words.say("optimize-after"), verdict_text(words, optimized.after, optimized.target), True
    if optimized.jpeg is not None:
        yield words.say("optimize-jpeg"), _briefly(words, optimized.jpeg, optimized.target), False
    if optimized.transfer:
        lines = [_transfer_line(words, transfer, optimized.target) for transfer in optimized.transfer]
        yield words.say("optimize-transfer"), "\n".join(lines), False
    if optimized.norms is not None:
        yield words.say("optimize-change"), _norms(words, optimized.norms), False


def _briefly(words: Words, verdict: Prediction, target: str) -> str:
    probability = _candidate_text(Candidate(0, target, verdict.target))
    return words.say("optimize-brief", says=named_text(words, verdict), share=probability)


def _transfer_line(words: Words, transfer: Transfer, target: str) -> str:
    return words.say(
        "optimize-transfer-line",
        model=escape_markdown(transfer.model),
        before=named_text(words, transfer.before),
        after=named_text(words, transfer.after),
        share=_candidate_text(Candidate(0, target, transfer.after.target)),
    )


def _norms(words: Words, norms: Norms) -> str:
    return words.say("optimize-norms", changed=percent(norms.changed), linf=str(norms.linf), length=figure(norms.l2))


def _how_made(words: Words, request: OptimizeRequest, optimized: OptimizeResult) -> list[str]:
    """Write the options that repeat the request, and how it ended."""
    parts = [words.say("optimize-bound", epsilon=request.epsilon)] if request.mode is OptimizeMode.FOOL else []
    if optimized.networks:
        parts.append(words.say("optimize-networks", networks=_networks(words, optimized.networks)))
    parts.append(words.say("optimize-seed", seed=str(request.seed)))
    if request.robust:
        parts.append(words.say("optimize-made-robust"))
    if request.so_far is not None:
        parts.append(words.say("optimize-continued"))
    if optimized.stopped:
        parts.append(words.say("optimize-stopped"))
    return parts


def _networks(words: Words, networks: Sequence[str]) -> str:
    names = [words.say("optimize-network", network=network) for network in networks]
    if len(names) == 1:
        return names[0]
    return words.say("optimize-network-list", names=", ".join(names[:-1]), last=names[-1])


def _candidate_text(candidate: Candidate) -> str:
    return f"{escape_markdown(candidate.name)} {probability_text(candidate.probability)}"


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
