"""A cache that keeps the values that were used last."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """Keep at most `max_size` values, and drop the least recently used. Not thread-safe: users hold a lock."""

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value and mark it as used last; None where there is none."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: K, value: V) -> None:
        """Keep a value, as the one that was used last."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._max_size:
            self._values.popitem(last=False)

    def discard(self, key: K) -> None:
        """Forget a value, if it is kept."""
        self._values.pop(key, None)

    def keys(self) -> list[K]:
        """Return the keys of all values, that of the value used last at the end."""
        return list(self._values)
