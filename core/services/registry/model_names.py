"""Names of models that members choose from: lists of a guild's versions, and lookup by a typed name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from core.services.registry.service import RegistryService

_EXPLANATION = re.compile(r"\(.*\)$")  # `dcgan v3 (dcgan light)`: the brackets only explain
_SEPARATORS = re.compile(r"[\s_-]+")
_NUMBER = re.compile(r"v?(\d+)$")  # `dcgan v3`, `DCGAN-3` and `dcgan 3` are one name


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model that can be requested by its name.

    `name`: what people type, `dcgan v3` or `starter vae`; `label`: the name in answers. `encodes`: it can encode
    photos. `is_serving`: it is the promoted version of its kind. `version_id`: None of those that come with the
    product. `draws_no_face` and `knows_ages`: as of `Version`.
    """

    name: str
    label: str
    kind: RunKind
    encodes: bool
    is_serving: bool = False
    version_id: int | None = None
    draws_no_face: bool = False
    knows_ages: bool = False


def list_versions(registry: RegistryService, guild_id: int, kinds: Sequence[RunKind]) -> list[ModelName]:
    """List a guild's models of these kinds: promoted ones, then the others by kind, the newest first."""
    own = [name for kind in kinds for name in _versions(registry, guild_id, kind)]
    return sorted(own, key=lambda model: not model.is_serving)


def find_by_name(names: Iterable[ModelName], typed: str) -> ModelName | None:
    """Return the model of a name as people type it: case, spaces and the `v` do not matter; None: there is none."""
    normalised = _normalised(typed)
    return next((name for name in names if _normalised(name.name) == normalised), None)


def join_names(names: Iterable[ModelName]) -> str:
    """Return the names for a sentence that lists them."""
    return ", ".join(name.name for name in names)


def _versions(registry: RegistryService, guild_id: int, kind: RunKind) -> list[ModelName]:
    serving = registry.serving_id(guild_id, kind)
    versions = [version for version in registry.list(guild_id, kind) if not version.is_withdrawn]
    return [_name_of(version, is_serving=version.id == serving) for version in versions]


def _name_of(version: Version, *, is_serving: bool) -> ModelName:
    return ModelName(
        version.title,
        version.label,
        version.kind,
        version.kind is RunKind.VAE,
        is_serving,
        version.id,
        version.draws_no_face,
        version.knows_ages,
    )


def _normalised(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed).casefold().strip()
    return _NUMBER.sub(r"\1", _SEPARATORS.sub("", _EXPLANATION.sub("", plain)))
