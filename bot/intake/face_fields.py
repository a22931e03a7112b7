"""Change parts of a job's parameters by their paths: `a`, `add/0`, `like`, and `.`, which is all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.domain.jobs import JSON

ROOT = "."  # the path of the parameters themselves


def with_changed_fields(params: Mapping[str, Any], path: str, **changes: JSON) -> dict[str, Any]:
    """Copy the parameters, with some keys changed of the object at a path.

    Raises:
        ValueError: nothing is there, or no object.
    """
    changed = _changed(params, [] if path == ROOT else path.split("/"), changes)
    if not isinstance(changed, dict):
        raise ValueError(f"no object is at {path}")  # noqa: TRY004 - a wrong path, not a wrong type
    return changed


def _changed(params: Any, steps: Sequence[str], changes: Mapping[str, JSON]) -> Any:
    if not steps:
        if not isinstance(params, Mapping):
            raise ValueError("no object is there")
        return {**params, **changes}
    first, *rest = steps
    if isinstance(params, Mapping) and first in params:
        return {**params, first: _changed(params[first], rest, changes)}
    if _is_index(params, first):
        return [_changed(item, rest, changes) if index == int(first) else item for index, item in enumerate(params)]
    raise ValueError(f"nothing is at {first}")


def _is_index(params: Any, step: str) -> bool:
    is_list = isinstance(params, Sequence) and not isinstance(params, str)
    return is_list and step.isascii() and step.isdigit() and int(step) < len(params)
