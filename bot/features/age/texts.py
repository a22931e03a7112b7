"""The texts about faces at another age."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.features.age.requests import has_picture
from bot.ui.i18n import Words, clip
from core.domain.ageing import AgedFace, AgeOutput, AgeRefusal, AgeRequest, AgeResult
from core.domain.jobs import Job

COLOUR = 0xAA4499  # purple, as of faces that do not exist: nobody looks like this
PICTURE, FILM = "aged.png", "aged.webp"
_DESCRIPTION = 4096  # Discord's limit for an embed's description
_MAX_SIMILARITY = 0.99  # no recogniser is certain


def aged_embed(words: Words, job: Job, request: AgeRequest, result: AgeResult) -> discord.Embed:
    """Build headline, a line for each face, that it is no prediction, and the model."""
    notes = [words.say("age-no-prediction")] if has_picture(result) else []
    notes += [words.say("age-starter")] if result.starter else []
    lines = [face_line(words, request, result, face) for face in result.faces]
    embed = discord.Embed(colour=COLOUR, title=title(words, request, result))
    embed.description = _description(words, lines, [f"-# {note}" for note in notes])
    return embed.set_footer(text=words.say("age-footer", model=clip(result.model_label, 200), job=str(job.id)))


def title(words: Words, request: AgeRequest, result: AgeResult) -> str:
    """Say what was made, or that nothing was."""
    if not has_picture(result):
        return words.say("age-refused-title", faces=len(result.faces))
    if request.output is AgeOutput.STRIP:
        return words.say("age-strip-title")
    if request.output is AgeOutput.FILM:
        return words.say("age-film-title")
    if request.years is None:
        return words.say("age-to-title", age=request.to or 0)
    return words.say("age-years-title", way="older" if request.years > 0 else "younger", years=abs(request.years))


def face_line(words: Words, request: AgeRequest, result: AgeResult, face: AgedFace) -> str:
    """Say how old a face looks and how old it is shown, or why it is left as it is; numbered, where there are more."""
    parts = [_present(words, face, result.age_error)] if face.present is not None else []
    if face.refusal is not None:
        parts.append(words.say(_REFUSALS[face.refusal]))
    elif face.age is not None:
        parts = [" → ".join([*parts, words.say("age-shown", age=face.age)])]
    if face.similarity is not None:
        photo = request.output is AgeOutput.PHOTO
        similarity = min(face.similarity, _MAX_SIMILARITY)
        parts.append(words.say("age-same-person", ages="one" if photo else "all", share=similarity))
    number = f"**{face.index + 1}** · " if len(result.faces) > 1 else ""
    return number + " · ".join(parts)


def alt_text(words: Words, output: AgeOutput) -> str:
    """Describe what was made, as alternative text."""
    return words.say("age-alt", output=output.value)


def _present(words: Words, face: AgedFace, error: float) -> str:
    return words.say("age-present", age=face.present or 0, error=max(1, round(error)))


def _description(words: Words, lines: Sequence[str], notes: Sequence[str]) -> str:
    """Join lines of faces and notes, as many faces as an embed holds, and say how many are left out."""
    kept = len(lines)
    while len(text := "\n".join([*_some(words, lines, kept), *notes])) > _DESCRIPTION:
        kept -= 1
    return text


def _some(words: Words, lines: Sequence[str], kept: int) -> list[str]:
    more = [] if kept == len(lines) else [words.say("answer-more", faces=len(lines) - kept)]
    return [*lines[:kept], *more]


_REFUSALS = {
    AgeRefusal.OBJECTED: "age-refusal-objected",
    AgeRefusal.PROFILE: "age-refusal-profile",
    AgeRefusal.SUNGLASSES: "age-refusal-sunglasses",
    AgeRefusal.TOO_SMALL: "age-refusal-too-small",
    AgeRefusal.UNLIKE_TRAINING: "age-refusal-unlike-training",
    AgeRefusal.CHILD: "age-refusal-child",
}
