"""The texts of a classify job's reply."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord.utils import escape_markdown

from bot.features.people.shown_faces import ShownFace
from bot.ui.i18n import Words, clip
from core.domain.classification import ClassifyResult
from core.domain.faces import Candidate

COLOUR = 0x4477AA
PICTURE_NAMES = {"image/jpeg": "omokage.jpg", "image/png": "omokage.png", "image/webp": "omokage.webp"}
_DESCRIPTION = 4096  # Discord's limit for an embed's description
_MIN_PROBABILITY = 0.005  # "0 %" says nothing
_MAX_PROBABILITY = 0.99
_UPSIDE_DOWN = 180  # degrees


def embed_of(words: Words, job_id: int, result: ClassifyResult, faces: Sequence[ShownFace]) -> discord.Embed:
    """Build headline, a line for each face, the picture, and a footer with model and time."""
    description = lines_of(words, faces, turned(words, result), age_note(words, result))
    embed = discord.Embed(colour=COLOUR, title=headline(words, faces), description=description)
    embed.set_image(url=f"attachment://{picture_name(result)}")
    return embed.set_footer(text=footer(words, job_id, result))


def headline(words: Words, faces: Sequence[ShownFace]) -> str:
    """Say how many faces are named, plainly where none is."""
    named = sum(face.name is not None for face in faces)
    if named == 0:
        return words.say("answer-nobody-title", faces=len(faces))
    if named == len(faces):
        return words.say("answer-everybody-title", faces=len(faces))
    return words.say("answer-some-title", known=named, faces=len(faces))


def lines_of(words: Words, faces: Sequence[ShownFace], note: str = "", last_note: str = "") -> str:
    """Join the notes and, between them, a line for each face: as many as an embed holds, and how many are left out."""
    lines = [face_line(words, face) for face in faces]
    kept = len(lines)
    while len(text := "\n".join(filter(None, [note, *_some(words, lines, kept), last_note]))) > _DESCRIPTION:
        kept -= 1
    return text


def turned(words: Words, result: ClassifyResult) -> str:
    """Say that the photo was turned upright; empty where it was not."""
    if not result.turned:
        return ""
    return words.say("answer-turned", way="over" if result.turned == _UPSIDE_DOWN else "side")


def age_note(words: Words, result: ClassifyResult) -> str:
    """Say how wrong the ages may be; empty where there are none."""
    if result.age_error is None:
        return ""
    return f"-# {words.say('answer-age-note', error=max(1, round(result.age_error)))}"


def face_line(words: Words, face: ShownFace) -> str:
    """Write number, name and the top three with their percentages, and how old the face looks."""
    age = [] if face.age is None else [words.say("answer-age", age=face.age)]
    return " · ".join([_naming(words, face), *age])


def _naming(words: Words, face: ShownFace) -> str:
    number = str(face.number)
    if face.name is not None and face.probability is None:
        return _said_line(words, number, escape_markdown(face.name), face.said_by)
    disagreement = [words.say("answer-networks-disagree")] if face.networks_disagree else []
    alternatives = [
        _candidate_text(words, candidate)
        for candidate in face.alternatives
        if candidate.probability >= _MIN_PROBABILITY
    ]
    if face.name is not None and face.probability is not None:
        name, probability = escape_markdown(face.name), _cap(face.probability)
        named = words.say("answer-line-named", number=number, name=name, share=probability)
        return " · ".join([named, *alternatives, *disagreement])
    unknown = words.say("answer-line-unknown", number=number)
    if face.withheld is not None:
        name, probability = escape_markdown(face.withheld.name), _cap(face.withheld.probability)
        return " · ".join([unknown, words.say("answer-line-withheld", name=name, share=probability)])
    likely = [words.say("answer-line-likely", others=" · ".join(alternatives))] if alternatives else []
    return " · ".join([unknown, *likely, *disagreement])


def footer(words: Words, job_id: int, result: ClassifyResult) -> str:
    """Name the model's version, the seconds it took, and the job."""
    seconds = f"{result.seconds:.1f}"
    return words.say("answer-footer", model=clip(result.model, 200), seconds=seconds, job=str(job_id))


def picture_name(result: ClassifyResult) -> str:
    """Name the attached picture's file."""
    return PICTURE_NAMES.get(result.picture_type, "omokage.jpg")


def _said_line(words: Words, number: str, name: str, said_by: int | None) -> str:
    if not said_by:  # by the operator, who is not a member
        return words.say("answer-line-confirmed", number=number, name=name)
    return words.say("answer-line-said", number=number, name=name, member=str(said_by))


def _candidate_text(words: Words, candidate: Candidate) -> str:
    return words.say("answer-share", name=escape_markdown(candidate.name), share=_cap(candidate.probability))


def _cap(probability: float) -> float:
    """Cap a probability below "100 %": no recogniser is certain."""
    return min(probability, _MAX_PROBABILITY)


def _some(words: Words, lines: Sequence[str], kept: int) -> list[str]:
    more = [] if kept == len(lines) else [words.say("answer-more", faces=len(lines) - kept)]
    return [*lines[:kept], *more]
