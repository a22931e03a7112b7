"""A cache of loaded models that generate faces: the least recently used is dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from core.services.generation.generator_lookup import find_model
from core.services.registry.model_cache import LoadedModel, LoadModel, LoadStarter, ModelCache

if TYPE_CHECKING:
    from core.models.generators.generator import FaceGenerator
    from core.services.registry.service import RegistryService

_CAPACITY = 6  # a generator and an encoder of three guilds; each takes some 50 MB with its compiled functions

LoadedGenerator: TypeAlias = "LoadedModel[FaceGenerator]"


class GeneratorCache:
    """Find and load models; thread-safe.

    Args:
        registry: stores the guilds' versions and their weights.
        load: builds a model; BAD_WEIGHTS.
        starter: reads a model that comes with the product; BAD_WEIGHTS, UNKNOWN_MODEL where it is not installed.
        starters_by_default: whether a guild's default may be a starter model.
    """

    def __init__(
        self,
        registry: RegistryService,
        load: LoadModel[FaceGenerator],
        starter: LoadStarter,
        starters_by_default: Callable[[int], bool],
    ) -> None:
        self._registry = registry
        self._starters_by_default = starters_by_default
        self._models = ModelCache(registry, load, starter, _CAPACITY)

    def get(self, guild_id: int, requested: str | None, *, photos: bool = False) -> LoadedGenerator:
        """Return the model of that name, or the guild's default; with `photos` one that can encode them.

        Raises:
            OmokageError: UNKNOWN_MODEL, NO_ENCODER, NO_MODEL, BAD_WEIGHTS.
        """
        starters = self._starters_by_default(guild_id)
        return self._models.get(find_model(self._registry, guild_id, requested, photos=photos, starters=starters))
