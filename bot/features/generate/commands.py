"""/generate, /morph and /mix, for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.features.generate import requests
from bot.features.generate.autocomplete import generators
from bot.features.generate.options import FILMS, Count, GridSeed, Seed, Truncation, Typed, descriptions, names
from bot.features.generate.parsing import parse_seeds, parse_traits
from bot.features.generate.requests import JobSpec
from bot.intake.photos import photo_from_attachment
from bot.photo import Photo
from bot.ui.i18n import localised
from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import Face, GridRequest, MixRequest, MorphRequest

if TYPE_CHECKING:
    from bot.context import Interaction

_PENDING_PHOTO = Face(photo="")  # its name is known once the photo is stored


@app_commands.command(name=localised("generate-name"), description=localised("generate-description"))
@app_commands.rename(**names("count", "seed", "model", "truncation", "photo"))
@app_commands.describe(**descriptions("count", "seed", "model", "truncation", "photo"))
@app_commands.autocomplete(model=generators)
@app_commands.guild_only
async def generate(  # noqa: PLR0917 - the options, as discord.py wants them
    interaction: Interaction,
    count: Count,
    seed: GridSeed | None = None,
    model: Typed | None = None,
    truncation: Truncation | None = None,
    photo: discord.Attachment | None = None,
) -> None:
    """A grid of faces, or of variations of one in a photo."""
    first = requests.random_seed() if seed is None else seed
    like = None if photo is None else _PENDING_PHOTO
    request = GridRequest(count, first, model, 1.0 if truncation is None else truncation, like)
    await _request(interaction, requests.grid(request), _photos(like=photo))


@app_commands.command(name=localised("morph-name"), description=localised("morph-description"))
@app_commands.rename(**names("a_photo", "b_photo", "a_seed", "b_seed", "model", "film"))
@app_commands.describe(**descriptions("a_photo", "b_photo", "a_seed", "b_seed", "model", "film"))
@app_commands.choices(film=FILMS)
@app_commands.autocomplete(model=generators)
@app_commands.guild_only
async def morph(  # noqa: PLR0917 - the options, as discord.py wants them
    interaction: Interaction,
    a_photo: discord.Attachment | None = None,
    b_photo: discord.Attachment | None = None,
    a_seed: Seed | None = None,
    b_seed: Seed | None = None,
    model: Typed | None = None,
    film: str | None = None,
) -> None:
    """From one face to another; where nothing is said, any face."""
    faces = [_face_of(photo, seed) for photo, seed in ((a_photo, a_seed), (b_photo, b_seed))]
    order = requests.morph(MorphRequest(faces[0], faces[1], model), film)
    await _request(interaction, order, _photos(a=a_photo, b=b_photo))


@app_commands.command(name=localised("mix-name"), description=localised("mix-description"))
@app_commands.rename(**names("add", "subtract", "add_photo", "subtract_photo", "traits", "model"))
@app_commands.describe(**descriptions("add", "subtract", "add_photo", "subtract_photo", "traits", "model"))
@app_commands.autocomplete(model=generators)
@app_commands.guild_only
async def mix(  # noqa: PLR0917 - the options, as discord.py wants them
    interaction: Interaction,
    add: Typed | None = None,
    subtract: Typed | None = None,
    add_photo: discord.Attachment | None = None,
    subtract_photo: discord.Attachment | None = None,
    traits: Typed | None = None,
    model: Typed | None = None,
) -> None:
    """Arithmetic with faces."""
    added, taken = parse_seeds("add", add), parse_seeds("subtract", subtract)
    if not added and add_photo is None:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="nothing-added")
    request = MixRequest(_faces(added, add_photo), _faces(taken, subtract_photo), model, parse_traits(traits))
    # A photo is the last of the faces, after the seeds.
    photos = _photos(**{f"add/{len(added)}": add_photo, f"subtract/{len(taken)}": subtract_photo})
    await _request(interaction, requests.mix(request), photos)


def _face_of(photo: discord.Attachment | None, seed: int | None) -> Face:
    if photo is not None and seed is not None:
        raise OmokageError(ErrorCode.BAD_OPTION, reason="photo-and-seed")
    if photo is not None:
        return _PENDING_PHOTO
    return Face(requests.random_seed() if seed is None else seed)


def _faces(seeds: tuple[int, ...], photo: discord.Attachment | None) -> tuple[Face, ...]:
    return (*map(Face, seeds), *([] if photo is None else [_PENDING_PHOTO]))


def _photos(**attachments: discord.Attachment | None) -> dict[str, Photo]:
    return {path: photo_from_attachment(photo) for path, photo in attachments.items() if photo is not None}


async def _request(interaction: Interaction, order: JobSpec, photos: Mapping[str, Photo] | None = None) -> None:
    await interaction.client.intake.request_job(interaction, order.kind, order.params, photos)
