"""Components as Discord gives them back: numbered, without nulls, with its defaults."""

from __future__ import annotations

from sandbox.rules.components import CONTAINER, FILE, GALLERY, SEPARATOR, THUMBNAIL, walk
from sandbox.rules.selects import SELECTS
from sandbox.types import Json

_DEFAULTS: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in SELECTS},
    CONTAINER: {"accent_color": None, "spoiler": False},
    FILE: {"name": "unknown", "size": 0, "spoiler": False},
    SEPARATOR: {"spacing": 1, "divider": True},
    THUMBNAIL: {"description": None, "spoiler": False},
}
_ITEM_DEFAULTS: Json = {"description": None, "spoiler": False}


def number_components(components: list[Json]) -> list[Json]:
    """Copies with the ids and defaults that Discord fills in."""
    copies = [_copy(component) for component in components]
    everything = list(walk(copies))
    used = {component["id"] for component in everything if component.get("id")}
    free = (number for number in range(1, 10_000) if number not in used)
    for component in everything:
        if not component.get("id"):
            component["id"] = next(free)
        for key, value in _DEFAULTS.get(component["type"], {}).items():
            component.setdefault(key, value)
        if component["type"] == GALLERY:
            component["items"] = [_ITEM_DEFAULTS | item for item in component["items"]]
    return copies


def _copy(component: Json) -> Json:
    """A deep copy without nulls, which Discord does not send back."""
    copy: Json = {key: value for key, value in component.items() if value is not None}
    for key in ("components", "options", "items"):
        if key in copy:
            copy[key] = [_copy(child) for child in copy[key]]
    for key in ("accessory", "component", "media", "file", "emoji"):
        if key in copy:
            copy[key] = _copy(copy[key])
            if key in ("media", "file"):
                copy[key] = {"id": "0", "proxy_url": copy[key]["url"]} | copy[key]
    return copy
