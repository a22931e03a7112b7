"""The one type alias that all parts share."""

from __future__ import annotations

from typing import Any, TypeAlias

# Objects as they travel: Discord's own field names, whatever their values are.
Json: TypeAlias = dict[str, Any]
