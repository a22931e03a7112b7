"""Model versions as heads, kept in memory between photos."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from core.domain.registry.versions import Version
from core.services.lru_cache import LruCache
from core.services.registry.loaded_models import count_cache
from core.services.registry.service import RegistryService

_log = logging.getLogger(__name__)
_MAX_HEADS = 8  # the largest takes some 30 MB with its compiled function

H = TypeVar("H")


class HeadCache(Generic[H]):
    """The heads of the versions that were asked for last. Thread-safe.

    Args:
        registry: has the versions and their weights.
        load: makes a head of a version and its weights; BAD_WEIGHTS.
    """

    def __init__(self, registry: RegistryService, load: Callable[[Version, bytes], H]) -> None:
        self._registry = registry
        self._load = load
        self._lock = threading.Lock()
        self._heads: LruCache[int, tuple[Version, H]] = LruCache(_MAX_HEADS)
        count_cache(self)

    def get(self, version_id: int) -> tuple[Version, H]:
        """Return a version and its head, which is loaded where it is not kept.

        Raises:
            OmokageError: UNKNOWN_VERSION, BAD_WEIGHTS.
        """
        with self._lock:
            entry = self._heads.get(version_id)
            if entry is None:
                entry = self._load_head(version_id)
                self._heads.put(version_id, entry)
            return entry

    def discard(self, version_id: int) -> None:
        """Forget a version's head: the next `get` loads it again."""
        with self._lock:
            self._heads.discard(version_id)

    def keys(self) -> list[int | str]:
        """Return the ids of the versions whose heads are kept."""
        return [*self._heads.keys()]  # without the lock, which is held while a head loads

    def _load_head(self, version_id: int) -> tuple[Version, H]:
        version = self._registry.get(version_id)
        head = self._load(version, self._registry.weights(version))
        _log.info("%s of guild %s is loaded", version.label, version.guild_id)
        return version, head
