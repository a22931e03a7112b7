"""Which models this process holds in memory, over all of its caches."""

from __future__ import annotations

import weakref
from typing import Protocol


class _Cache(Protocol):
    def keys(self) -> list[int | str]: ...


# Of the process, not of a service: a worker's caches are made in several places, and all of them count.
_CACHES: weakref.WeakSet[_Cache] = weakref.WeakSet()


def count_cache(cache: _Cache) -> None:
    """Let `loaded_models` list the models of a cache for as long as the cache lives."""
    _CACHES.add(cache)


def loaded_models() -> tuple[int | str, ...]:
    """Return the models in memory: ids of versions, then names of models that come with the product."""
    keys = {key for cache in list(_CACHES) for key in cache.keys()}  # noqa: SIM118 - not a mapping
    return tuple(sorted(keys, key=lambda key: (isinstance(key, str), key)))
