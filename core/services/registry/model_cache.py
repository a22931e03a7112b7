"""A cache of loaded models, whatever they do: the least recently used is dropped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from core.domain.jobs import JSON
from core.domain.registry.versions import Version
from core.services.lru_cache import LruCache
from core.services.registry.loaded_models import count_cache
from core.services.registry.model_names import ModelName

if TYPE_CHECKING:
    from core.services.registry.service import RegistryService

_log = logging.getLogger(__name__)

M = TypeVar("M")
LoadModel: TypeAlias = Callable[[str, Mapping[str, JSON], bytes], M]  # architecture, config, weights
LoadStarter: TypeAlias = Callable[
    [str], tuple[str, Mapping[str, JSON], bytes]
]  # by name: architecture, config, weights


@dataclass(frozen=True, slots=True)
class LoadedModel(Generic[M]):
    """A loaded model. `version`: None of a model that comes with the product."""

    name: ModelName
    model: M
    version: Version | None


class ModelCache(Generic[M]):
    """Load models, and keep those that were used last; thread-safe.

    Args:
        registry: stores the guilds' versions and their weights.
        load: builds a model; BAD_WEIGHTS.
        starter: reads a model that comes with the product; BAD_WEIGHTS, UNKNOWN_MODEL where it is not installed.
        capacity: how many models are kept.
    """

    def __init__(self, registry: RegistryService, load: LoadModel[M], starter: LoadStarter, capacity: int) -> None:
        self._registry = registry
        self._load = load
        self._starter = starter
        self._lock = threading.Lock()
        self._models: LruCache[int | str, LoadedModel[M]] = LruCache(capacity)
        count_cache(self)

    def get(self, name: ModelName) -> LoadedModel[M]:
        """Return the model of a name that a lookup gave.

        Raises:
            OmokageError: BAD_WEIGHTS, UNKNOWN_MODEL.
        """
        key = name.name if name.version_id is None else name.version_id
        with self._lock:
            cached = self._models.get(key)
            # `name` may have changed since the model was loaded: it says whether the version is promoted.
            loaded = self._load_model(name) if cached is None else replace(cached, name=name)
            self._models.put(key, loaded)
            return loaded

    def keys(self) -> list[int | str]:
        """Return the models that are kept: ids of versions, and names of models that come with the product."""
        return self._models.keys()  # without the lock, which is held while a model loads

    def _load_model(self, name: ModelName) -> LoadedModel[M]:
        if name.version_id is None:
            return LoadedModel(name, self._load(*self._starter(name.name)), None)
        version = self._registry.get(name.version_id)
        model = self._load(version.architecture, version.config, self._registry.weights(version))
        _log.info("%s of guild %s is loaded", version.label, version.guild_id)
        return LoadedModel(name, model, version)
