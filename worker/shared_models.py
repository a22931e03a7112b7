"""Which models each pool process holds, in memory that a worker and its pool processes share since the fork."""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Sequence

_SLOT = 1024  # bytes; the caches of one process hold some 20 models, and a version's id is a few digits
_LENGTH = struct.Struct("H")


class SharedModels:
    """Made before the pool, with a slot for each of its processes; one that replaces a dead one has the same slot."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._memory = mmap.mmap(-1, slots * _SLOT)

    def write(self, slot: int, models: Sequence[int | str]) -> None:
        """Note what the process of a slot holds; of very many the last are left out."""
        text = json.dumps(list(models)).encode()
        while len(text) > _SLOT - _LENGTH.size:
            models = models[:-1]
            text = json.dumps(list(models)).encode()
        start = slot * _SLOT
        _LENGTH.pack_into(self._memory, start, 0)  # so that nobody reads half of it
        self._memory[start + _LENGTH.size : start + _LENGTH.size + len(text)] = text
        _LENGTH.pack_into(self._memory, start, len(text))

    def read(self) -> tuple[int | str, ...]:
        """Return what all processes hold together; without one that is writing at this moment."""
        models = {model for slot in range(self._slots) for model in self._read_slot(slot)}
        return tuple(sorted(models, key=lambda model: (isinstance(model, str), model)))

    def _read_slot(self, slot: int) -> list[int | str]:
        start = slot * _SLOT
        (length,) = _LENGTH.unpack_from(self._memory, start)
        try:
            models: list[int | str] = json.loads(self._memory[start + _LENGTH.size : start + _LENGTH.size + length])
        except ValueError:  # nothing yet, or half of it
            return []
        return models
