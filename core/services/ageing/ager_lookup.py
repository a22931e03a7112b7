"""The models that a guild may age faces with: their names, lookup by a typed name, and the default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.domain.errors import ErrorCode, OmokageError
from core.domain.generation import STARTER
from core.domain.training.runs import RunKind
from core.services.registry.model_names import ModelName, find_by_name, join_names, list_versions
from core.starter.models import starter_names

if TYPE_CHECKING:
    from core.services.registry.service import RegistryService

AGER_KINDS = (RunKind.REAGE, RunKind.CAAE, RunKind.VAE)  # those that have a `load_ager`, the default first


def list_agers(registry: RegistryService, guild_id: int) -> list[ModelName]:
    """List a guild's models: promoted ones, then its others, the newest first, then that of the product."""
    return [*list_versions(registry, guild_id, AGER_KINDS), *_starters()]


def find_ager(registry: RegistryService, guild_id: int, requested: str | None) -> ModelName:
    """Return the model of a name, or the guild's default: its promoted `reage`, else the newest, else the starter's.

    Args:
        registry: stores the guild's versions.
        guild_id: whose models.
        requested: a name as people type it; None or empty: the default.

    Raises:
        OmokageError: UNKNOWN_MODEL, NO_AGE_MODEL.
    """
    names = list_agers(registry, guild_id)
    if not requested or not requested.strip():
        default = next((name for name in names if name.kind is RunKind.REAGE), None)
        if default is None:
            raise OmokageError(ErrorCode.NO_AGE_MODEL)
        return default
    match = find_by_name(names, requested)
    if match is None:
        raise OmokageError(ErrorCode.UNKNOWN_MODEL, model=requested[:80], known=join_names(names))
    return match


def _starters() -> list[ModelName]:
    """Return the model that comes with the product, if it is installed."""
    name = f"{STARTER} {RunKind.REAGE.value}"
    return [ModelName(name, name, RunKind.REAGE, encodes=True)] if name in starter_names() else []
