"""The types that all parts of the sandbox share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

# Objects as they travel: Discord's own field names, whatever their values are.
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    filename: str
    data: bytes
    description: str | None = None
