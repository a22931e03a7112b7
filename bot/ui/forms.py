"""Read the fields of a submitted form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass


def text_value(components: Sequence[dict[str, Any]], field: str) -> str:
    """Read the text of a field; empty where there is no such field."""
    return next((text for custom_id, text in text_values(components) if custom_id == field), "")


def text_values(components: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """List the custom id and the text of every text field, in the form's order."""
    for component in _inputs(components):
        if "value" in component:
            yield str(component["custom_id"]), str(component["value"] or "")


def selected_values(components: Sequence[dict[str, Any]], field: str) -> list[str]:
    """List the values that are chosen in a select; none where there is no such select."""
    selected = (
        component for component in _inputs(components) if component["custom_id"] == field and "values" in component
    )
    return [str(value) for value in next(selected, {"values": []})["values"]]


def _inputs(components: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """List the filled-in components: alone, in a label, or in a row."""
    for component in components:
        if "custom_id" in component:
            yield component
        inner = [component["component"]] if "component" in component else component.get("components", [])
        yield from _inputs(inner)
