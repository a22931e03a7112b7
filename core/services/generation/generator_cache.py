"""A cache of loaded models that generate faces: the least recently used is dropped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from core.domain.jobs import JSON
from core.domain.registry.versions import Version
from core.services.generation.generator_lookup import ModelName, find_model
from core.services.lru_cache import LruCache

if TYPE_CHECKING:
    from core.models.generators.generator import FaceGenerator
    from core.services.registry.service import RegistryService

_log = logging.getLogger(__name__)
_CAPACITY = 6  # a generator and an encoder of three guilds; each takes some 50 MB with its compiled functions

LoadModel: TypeAlias = "Callable[[str, Mapping[str, JSON], bytes], FaceGenerator]"  # architecture, config, weights
LoadStarter: TypeAlias = Callable[
    [str], tuple[str, Mapping[str, JSON], bytes]
]  # by name: architecture, config, weights


@dataclass(frozen=True, slots=True)
class LoadedGenerator:
    """A loaded model. `version`: None of a model that comes with the product."""

    name: ModelName
    model: FaceGenerator
    version: Version | None


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
        load: LoadModel,
        starter: LoadStarter,
        starters_by_default: Callable[[int], bool],
    ) -> None:
        self._registry = registry
        self._load = load
        self._starter = starter
        self._starters_by_default = starters_by_default
        self._lock = threading.Lock()
        self._models: LruCache[int | str, LoadedGenerator] = LruCache(_CAPACITY)

    def get(self, guild_id: int, requested: str | None, *, photos: bool = False) -> LoadedGenerator:
        """Return the model of that name, or the guild's default; with `photos` one that can encode them.

        Raises:
            OmokageError: UNKNOWN_MODEL, NO_ENCODER, NO_MODEL, BAD_WEIGHTS.
        """
        starters = self._starters_by_default(guild_id)
        name = find_model(self._registry, guild_id, requested, photos=photos, starters=starters)
        key = name.name if name.version_id is None else name.version_id
        with self._lock:
            cached = self._models.get(key)
            # `name` may have changed since the model was loaded: it says whether the version is promoted.
            generator = self._load_generator(name) if cached is None else replace(cached, name=name)
            self._models.put(key, generator)
            return generator

    def _load_generator(self, name: ModelName) -> LoadedGenerator:
        if name.version_id is None:
            return LoadedGenerator(name, self._load(*self._starter(name.name)), None)
        version = self._registry.get(name.version_id)
        model = self._load(version.architecture, version.config, self._registry.weights(version))
        _log.info("%s of guild %s is loaded", version.label, version.guild_id)
        return LoadedGenerator(name, model, version)
