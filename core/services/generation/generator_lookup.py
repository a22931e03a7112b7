"""Which models that draw faces a guild may ask, what they are called, and which answers when nobody says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import STARTER
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.starter.models import starter_names

if TYPE_CHECKING:
    from core.services.registry.service import RegistryService
    from core.settings import Settings

GENERATOR_KINDS = (RunKind.DCGAN, RunKind.VAE)  # sharper first: it draws where no photo is meant
_OPERATOR = 0  # the guild of the shell
_LABEL = re.compile(r"\(.*\)$")  # `dcgan v3 (dcgan light)`: what stands in brackets only explains
_IDLE = re.compile(r"[\s_-]+")
_NUMBER = re.compile(r"v?(\d+)$")  # `dcgan v3`, `DCGAN-3` and `dcgan 3` are one name


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model as it is asked for.

    `name`: what people type, `dcgan v3` or `starter vae`; `label`: as answers name it. `encodes`: it takes photos, too.
    `is_serving`: the one that was promoted among its kind. `version_id`: None of those that come with the product.
    `draws_no_face`: as of `Version`.
    """

    name: str
    label: str
    kind: RunKind
    encodes: bool
    is_serving: bool = False
    version_id: int | None = None
    draws_no_face: bool = False


def list_models(registry: RegistryService, guild_id: int) -> list[ModelName]:
    """Everything that a guild may ask: promoted ones, then its others, the newest first, then those of the product."""
    own = [name for kind in GENERATOR_KINDS for name in _versions(registry, guild_id, kind)]
    return [*sorted(own, key=lambda one: not one.is_serving), *_starters()]


def find_model(
    registry: RegistryService, guild_id: int, said: str | None, *, photos: bool = False, starters: bool = False
) -> ModelName:
    """The model of that name, or the one that answers where nobody says.

    Args:
        registry: knows the guild's.
        guild_id: who asks.
        said: a name as people type it: case, spaces and the `v` do not matter; None or empty: whichever answers.
        photos: it must take photos.
        starters: whether those of the product answer unasked (`starters_by_default`); by their names they always do.

    Raises:
        OmokageError: UNKNOWN_MODEL, NO_ENCODER, NO_MODEL.
    """
    names = list_models(registry, guild_id)
    if not said or not said.strip():
        return _unasked(names, photos=photos, starters=starters)
    found = next((name for name in names if _key(name.name) == _key(said)), None)
    if found is None:
        raise OmokageError(ErrorCode.UNKNOWN_MODEL, model=said[:80], known=_listed(names))
    if photos and not found.encodes:
        raise OmokageError(
            ErrorCode.NO_ENCODER, model=found.name, known=_listed(name for name in names if name.encodes)
        )
    return found


def starters_by_default(settings: Settings, guild_id: int) -> bool:
    """Whether the product's models draw unasked: in the sandbox and in the operator's shell, to have something to show.

    A real guild sees drawn people only if somebody asks for them.
    """
    return settings.discord_api is not None or guild_id == _OPERATOR


def _unasked(names: list[ModelName], *, photos: bool, starters: bool) -> ModelName:
    """The promoted one of the kind, else the guild's newest, else the product's, else the guild's of another kind.

    What never draws a face only draws where somebody insisted on its promotion, or asks for it by its name.
    """
    kind = RunKind.VAE if photos else RunKind.DCGAN
    fit = [name for name in names if (name.encodes or not photos) and (name.is_serving or not name.draws_no_face)]
    own = [one for one in fit if one.version_id is not None]
    shipped = [one for one in fit if one.version_id is None and starters]
    for one in (*_of(kind, own), *_of(kind, shipped), *own, *shipped):
        return one
    raise OmokageError(ErrorCode.NO_MODEL)


def _of(kind: RunKind, names: Iterable[ModelName]) -> list[ModelName]:
    return [name for name in names if name.kind is kind]


def _starters() -> list[ModelName]:
    """What comes with the product, as far as this installation has it."""
    kinds = {f"{STARTER} {kind.value}": kind for kind in GENERATOR_KINDS}
    return [ModelName(name, name, kinds[name], kinds[name] is RunKind.VAE) for name in starter_names()]


def _versions(registry: RegistryService, guild_id: int, kind: RunKind) -> list[ModelName]:
    serving = registry.serving_id(guild_id, kind)
    return [_named(one, is_serving=one.id == serving) for one in registry.list(guild_id, kind)]


def _named(version: Version, *, is_serving: bool) -> ModelName:
    encodes = version.kind is RunKind.VAE
    return ModelName(version.title, version.label, version.kind, encodes, is_serving, version.id, version.draws_no_face)


def _key(said: str) -> str:
    plain = unicodedata.normalize("NFKC", said).casefold().strip()
    return _NUMBER.sub(r"\1", _IDLE.sub("", _LABEL.sub("", plain)))


def _listed(names: Iterable[ModelName]) -> str:
    return ", ".join(name.name for name in names)
