"""The models that draw faces, loaded when they are first asked for and kept for a while."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from core.domain.jobs import JSON
from core.domain.registry.versions import Version
from core.services.generation.generator_lookup import ModelName, find_model

if TYPE_CHECKING:
    from core.models.generators.generator import FaceModel
    from core.services.registry.service import RegistryService

_log = logging.getLogger(__name__)
_KEPT = 6  # at a time: a generator and an encoder of three guilds; each takes some 50 MB with its compiled functions

Load: TypeAlias = "Callable[[str, Mapping[str, JSON], bytes], FaceModel]"  # architecture, config, weights
Starter: TypeAlias = Callable[[str], tuple[str, Mapping[str, JSON], bytes]]  # the same three of a product's model


@dataclass(frozen=True, slots=True)
class LoadedGenerator:
    """A model that is loaded. `version`: None where it came with the product."""

    name: ModelName
    model: FaceModel
    version: Version | None


class GeneratorCache:
    """Finds and loads models; thread-safe.

    Args:
        registry: knows the guilds' versions and their weights.
        load: makes a model; BAD_WEIGHTS.
        starter: what comes with the product; BAD_WEIGHTS, UNKNOWN_MODEL where this installation lacks it.
        starters_answer: whether the product's models draw unasked for a guild.
    """

    def __init__(
        self, registry: RegistryService, load: Load, starter: Starter, starters_answer: Callable[[int], bool]
    ) -> None:
        self._registry = registry
        self._load = load
        self._starter = starter
        self._starters_answer = starters_answer
        self._lock = threading.Lock()
        self._kept: OrderedDict[int | str, LoadedGenerator] = OrderedDict()

    def get(self, guild_id: int, said: str | None, *, photos: bool = False) -> LoadedGenerator:
        """The model that a guild asks for, or that answers there; with `photos` one that takes them.

        Raises:
            OmokageError: UNKNOWN_MODEL, NO_ENCODER, NO_MODEL, BAD_WEIGHTS.
        """
        starters = self._starters_answer(guild_id)
        name = find_model(self._registry, guild_id, said, photos=photos, starters=starters)
        key = name.name if name.version_id is None else name.version_id
        with self._lock:
            kept = self._kept.pop(key, None)
            # Whether it is promoted may have changed since it was loaded.
            found = self._loaded(name) if kept is None else LoadedGenerator(name, kept.model, kept.version)
            self._kept[key] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return found

    def _loaded(self, name: ModelName) -> LoadedGenerator:
        if name.version_id is None:
            return LoadedGenerator(name, self._load(*self._starter(name.name)), None)
        version = self._registry.get(name.version_id)
        model = self._load(version.architecture, version.config, self._registry.weights(version))
        _log.info("%s of guild %s is loaded", version.label, version.guild_id)
        return LoadedGenerator(name, model, version)
