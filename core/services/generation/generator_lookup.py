"""The models that a guild may generate faces with: their names, lookup by a typed name, and the default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.domain.errors import ErrorCode, OmokageError
from core.domain.fairness import OPERATOR_GUILD
from core.domain.generation import STARTER
from core.domain.training.runs import RunKind
from core.services.registry.model_names import ModelName, find_by_name, join_names, list_versions
from core.starter.models import starter_names

if TYPE_CHECKING:
    from core.services.registry.service import RegistryService
    from core.settings import Settings

GENERATOR_KINDS = (RunKind.DCGAN, RunKind.VAE)  # sharper first: the default where no photo is encoded


def list_models(registry: RegistryService, guild_id: int) -> list[ModelName]:
    """List a guild's models: promoted ones, then its others, the newest first, then those of the product."""
    return [*list_versions(registry, guild_id, GENERATOR_KINDS), *_starters()]


def find_model(
    registry: RegistryService, guild_id: int, requested: str | None, *, photos: bool = False, starters: bool = False
) -> ModelName:
    """Return the model of a name, or the guild's default.

    Args:
        registry: stores the guild's versions.
        guild_id: whose models.
        requested: a name as people type it: case, spaces and the `v` do not matter; None or empty: the default.
        photos: the model must encode photos.
        starters: whether the default may be a starter model (`starters_by_default`); by name they are always found.

    Raises:
        OmokageError: UNKNOWN_MODEL, NO_ENCODER, NO_MODEL.
    """
    names = list_models(registry, guild_id)
    if not requested or not requested.strip():
        return _default_model(names, photos=photos, starters=starters)
    match = find_by_name(names, requested)
    if match is None:
        raise OmokageError(ErrorCode.UNKNOWN_MODEL, model=requested[:80], known=join_names(names))
    if photos and not match.encodes:
        raise OmokageError(
            ErrorCode.NO_ENCODER, model=match.name, known=join_names(name for name in names if name.encodes)
        )
    return match


def starters_by_default(settings: Settings, guild_id: int) -> bool:
    """Return whether a guild's default may be a starter model: in the sandbox and in the operator's shell.

    A real guild sees drawn people only where somebody requests them by name.
    """
    return settings.discord_api is not None or guild_id == OPERATOR_GUILD


def _default_model(names: list[ModelName], *, photos: bool, starters: bool) -> ModelName:
    """Return the promoted model of the kind, else the guild's newest, else a starter, else the guild's of another kind.

    A model that never draws a face is the default only if it was promoted all the same.
    """
    kind = RunKind.VAE if photos else RunKind.DCGAN
    suitable = [name for name in names if (name.encodes or not photos) and (name.is_serving or not name.draws_no_face)]
    own = [name for name in suitable if name.version_id is not None]
    shipped = [name for name in suitable if name.version_id is None and starters]
    ranked = [*_of_kind(kind, own), *_of_kind(kind, shipped), *own, *shipped]
    if not ranked:
        raise OmokageError(ErrorCode.NO_MODEL)
    return ranked[0]


def _of_kind(kind: RunKind, names: Iterable[ModelName]) -> list[ModelName]:
    return [name for name in names if name.kind is kind]


def _starters() -> list[ModelName]:
    """List the models that come with the product and are installed."""
    kinds = {f"{STARTER} {kind.value}": kind for kind in GENERATOR_KINDS}
    return [ModelName(name, name, kinds[name], kinds[name] is RunKind.VAE) for name in starter_names() if name in kinds]
