"""A filled-in modal, checked against the one that was opened."""

from __future__ import annotations

from sandbox.interactions.components import select_values
from sandbox.interactions.errors import MemberError
from sandbox.interactions.options import OptionReader
from sandbox.rules.components import TEXT, walk
from sandbox.rules.modals import CHECKBOX, CHECKBOX_GROUP, FILE_UPLOAD, LABEL, RADIO_GROUP, ROW, TEXT_INPUT
from sandbox.rules.selects import SELECTS
from sandbox.types import Json


def form_components(modal: Json, given: list[Json], reader: OptionReader) -> list[Json]:
    """The components of a modal submit, in the modal's order; raises MemberError for what a client would refuse."""
    filled = {str(one["custom_id"]): one for one in walk(given) if one.get("custom_id")}
    return [_top(component, filled, reader) for component in modal["components"]]


def _top(component: Json, filled: dict[str, Json], reader: OptionReader) -> Json:
    base = {"type": component["type"], "id": component["id"]}
    if component["type"] == ROW:
        return base | {"components": [_input(component["components"][0], component["components"][0], filled, reader)]}
    if component["type"] == LABEL:
        return base | {"component": _input(component["component"], component, filled, reader)}
    assert component["type"] == TEXT  # noqa: S101  # the rules let nothing else into a modal
    return base


def _input(spec: Json, labelled: Json, filled: dict[str, Json], reader: OptionReader) -> Json:
    given = filled.get(spec["custom_id"], {})
    label = str(labelled.get("label") or spec["custom_id"])
    body = {"type": spec["type"], "id": spec["id"], "custom_id": spec["custom_id"]}
    kind = spec["type"]
    if kind == TEXT_INPUT:
        return body | {"value": _text(spec, str(given.get("value") or ""), label)}
    if kind == CHECKBOX:
        return body | {"value": bool(given.get("value"))}
    if kind == RADIO_GROUP:
        return body | {"value": _radio(spec, given.get("value"), label)}
    return body | {"values": _several(spec, list(given.get("values") or []), label, reader)}


def _text(spec: Json, value: str, label: str) -> str:
    if not value:
        if spec.get("required", True):
            raise MemberError(f"{label}: this is required.")
        return value
    least, most = spec.get("min_length") or 0, spec.get("max_length") or 4000
    if not least <= len(value) <= most:
        raise MemberError(f"{label}: must have {least} to {most} characters.")
    return value


def _radio(spec: Json, value: object, label: str) -> object:
    if value is None and spec.get("required", True):
        raise MemberError(f"{label}: this is required.")
    if value is not None and value not in [option["value"] for option in spec["options"]]:
        raise MemberError(f"{label}: this is not one of the options.")
    return value


def _several(spec: Json, values: list[str], label: str, reader: OptionReader) -> list[str]:
    if not values and not spec.get("required", True):
        return []
    if spec["type"] in SELECTS:
        return select_values(spec, values, reader)
    least, most = spec.get("min_values", 1), spec.get("max_values", 1)
    if not least <= len(values) <= most:
        raise MemberError(f"{label}: choose {least} to {most}.")
    if spec["type"] == FILE_UPLOAD:
        return [reader.attach(value) for value in values]
    assert spec["type"] == CHECKBOX_GROUP  # noqa: S101  # the last kind there is
    if not {option["value"] for option in spec["options"]}.issuperset(values):
        raise MemberError(f"{label}: this is not one of the options.")
    return values
