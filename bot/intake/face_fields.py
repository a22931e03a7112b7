"""Parts of a job's parameters by where they are: `a`, `add/0`, `like`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.domain.jobs import JSON


def with_changed_fields(said: Mapping[str, Any], place: str, **changes: JSON) -> dict[str, Any]:
    """The same, with some keys changed of the object that is there.

    Raises:
        ValueError: nothing is there, or no object.
    """
    changed = _changed(said, place.split("/"), changes)
    if not isinstance(changed, dict):
        raise ValueError(f"no object is at {place}")  # noqa: TRY004 - a place that is wrong, not a type
    return changed


def _changed(said: Any, steps: Sequence[str], changes: Mapping[str, JSON]) -> Any:
    if not steps:
        if not isinstance(said, Mapping):
            raise ValueError("no object is there")
        return {**said, **changes}
    first, *rest = steps
    if isinstance(said, Mapping) and first in said:
        return {**said, first: _changed(said[first], rest, changes)}
    if _is_place(said, first):
        return [_changed(one, rest, changes) if index == int(first) else one for index, one in enumerate(said)]
    raise ValueError(f"nothing is at {first}")


def _is_place(said: Any, step: str) -> bool:
    is_list = isinstance(said, Sequence) and not isinstance(said, str)
    return is_list and step.isascii() and step.isdigit() and int(step) < len(said)
