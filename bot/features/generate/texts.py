"""The texts about drawn faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.ui.i18n import Value, Words, clip
from core.domain.generation import (
    Face,
    FilmRequest,
    GenerationResult,
    GridRequest,
    MixRequest,
    MorphRequest,
    NearestRequest,
)
from core.domain.jobs import Job, JobKind

COLOUR = 0xAA4499  # purple: these faces are not real; answers about real faces are blue
PICTURE = "faces.png"


def drawn_embed(words: Words, job: Job, drawn: GenerationResult) -> discord.Embed:
    """Build headline, request, and model; the answerer adds the pictures."""
    title, lines = _describe(words, job, drawn)
    embed = discord.Embed(colour=COLOUR, title=clip(title, 256), description="\n".join(filter(None, lines)) or None)
    return embed.set_footer(text=words.say("draw-footer", model=clip(drawn.label, 200), job=str(job.id)))


def alt_text(words: Words, job: Job, drawn: GenerationResult) -> str:
    """Describe the picture, as alternative text."""
    if job.kind is JobKind.NEAREST:
        return words.say("draw-nearest-alt", count=len(drawn.distances))
    if job.kind is JobKind.GENERATE:
        return words.say("draw-grid-alt", count=GridRequest.from_json(job.params).count)
    return words.say("draw-strip-alt")


def trait_name(words: Words, trait: str) -> str:
    """Translate a trait's name; one without a translation is shown as the model calls it."""
    return words.say("draw-trait-name", trait=trait.replace("_", "-"), name=trait.replace("_", " ").replace("-", " "))


def face_name(words: Words, face: Face | None) -> str:
    """Name a face by its seed, or as the photo."""
    if face is None or face.seed is None:
        return words.say("draw-face-photo")
    return words.say("draw-face-seed", seed=str(face.seed))


def _describe(words: Words, job: Job, drawn: GenerationResult) -> tuple[str, list[str]]:
    if job.kind is JobKind.GENERATE:
        return _of_grid(words, GridRequest.from_json(job.params))
    if job.kind is JobKind.MORPH:
        request = MorphRequest.from_json(job.params)
        return words.say("draw-morph-title", a=face_name(words, request.a), b=face_name(words, request.b)), []
    if job.kind is JobKind.MIX:
        mixed = MixRequest.from_json(job.params)
        return words.say("draw-mix-title"), [*_mixed(words, mixed), _small(_traits(words, mixed.traits))]
    if job.kind is JobKind.FILM:
        film = FilmRequest.from_json(job.params)
        text = [_of_film(words, film.faces), _how(words, film)]
        return words.say("draw-film-title", count=len(film.faces)), text
    return _of_nearest(words, NearestRequest.from_json(job.params), drawn.distances)


def _of_grid(words: Words, request: GridRequest) -> tuple[str, list[str]]:
    small = _how(words, request)
    if request.like is not None:
        face = face_name(words, request.like)
        return words.say("draw-variations-title", count=request.count, face=face), [small]
    return words.say("draw-grid-title", count=request.count), [_seeds(words, request.seed, request.count), small]


def _of_film(words: Words, faces: Sequence[Face]) -> str:
    first, count = faces[0].seed, len(faces)
    if first is not None and [face.seed for face in faces] == list(range(first, first + count)):
        return _seeds(words, first, count)
    return ", ".join(face_name(words, face) for face in faces)


def _seeds(words: Words, first: int, count: int) -> str:
    values: dict[str, Value] = {"first": str(first), "last": str(first + count - 1)}
    return words.say("draw-seeds", count=count, **values)


def _of_nearest(words: Words, request: NearestRequest, distances: Sequence[float]) -> tuple[str, list[str]]:
    title = words.say("draw-nearest-title", face=face_name(words, request.face))
    figures = " · ".join(f"**{number}** {distance:.2f}" for number, distance in enumerate(distances, 1))
    return title, [figures, _small([words.say("draw-nearest-scale")]), _how(words, request)]


def _mixed(words: Words, request: MixRequest) -> list[str]:
    added, taken = (", ".join(face_name(words, face) for face in faces) for faces in (request.add, request.subtract))
    return [f"➕ {added}", f"➖ {taken}" if taken else ""]


def _how(words: Words, request: GridRequest | FilmRequest | NearestRequest) -> str:
    parts = [words.say("draw-truncation", value=f"{request.truncation:g}")] if request.truncation != 1.0 else []
    return _small([*parts, *_traits(words, request.traits)])


def _traits(words: Words, traits: Mapping[str, float]) -> list[str]:
    return [
        words.say("draw-trait", trait=trait_name(words, name), amount=f"{amount:+g}".replace("-", "−"))
        for name, amount in traits.items()
    ]


def _small(parts: Sequence[str]) -> str:
    return f"-# {' · '.join(parts)}" if parts else ""
