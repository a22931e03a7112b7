"""A cache of loaded models that age faces: the least recently used is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from core.services.ageing.ager_lookup import find_ager
from core.services.registry.model_cache import LoadedModel, LoadModel, LoadStarter, ModelCache

if TYPE_CHECKING:
    from core.models.ageing.face_ager import FaceAger
    from core.services.registry.service import RegistryService

_CAPACITY = 3  # of three guilds; each takes some 50 MB with its compiled functions

LoadedAger: TypeAlias = "LoadedModel[FaceAger]"


class AgerCache:
    """Find and load models; thread-safe.

    Args:
        registry: stores the guilds' versions and their weights.
        load: builds a model; BAD_WEIGHTS.
        starter: reads the model that comes with the product; BAD_WEIGHTS, UNKNOWN_MODEL where it is not installed.
    """

    def __init__(self, registry: RegistryService, load: LoadModel[FaceAger], starter: LoadStarter) -> None:
        self._registry = registry
        self._models = ModelCache(registry, load, starter, _CAPACITY)

    def get(self, guild_id: int, requested: str | None) -> LoadedAger:
        """Return the model of that name, or the guild's default.

        Raises:
            OmokageError: UNKNOWN_MODEL, NO_AGE_MODEL, BAD_WEIGHTS.
        """
        return self._models.get(find_ager(self._registry, guild_id, requested))
