"""Limits of modals (forms that a button or command opens)."""

from __future__ import annotations

from sandbox.rules.components import TEXT, check_custom_id
from sandbox.rules.errors import Problems
from sandbox.rules.selects import SELECTS, check_select
from sandbox.types import Json

ROW, TEXT_INPUT, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 1, 4, 18, 19, 21, 22, 23
IN_LABEL = SELECTS | {TEXT_INPUT, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX}

Path = tuple[str | int, ...]


def check_modal(problems: Problems, modal: Json, path: Path = ("data",)) -> None:
    """Note everything that Discord would refuse in a modal: title, custom id, one to five components."""
    problems.length((*path, "title"), modal.get("title"), 1, 45)
    check_custom_id(problems, modal, path)
    components = modal.get("components")
    problems.length((*path, "components"), components, 1, 5)
    if not isinstance(components, list):
        return
    for index, component in enumerate(components):
        _check_top(problems, component, (*path, "components", index))
    ids = [child["custom_id"] for child in inputs(modal) if child.get("custom_id")]
    if len(ids) != len(set(ids)):
        problems.add(
            (*path, "components"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
        )


def inputs(modal: Json) -> list[Json]:
    """The parts of a modal that a member fills in."""
    found: list[Json] = []
    for component in modal.get("components") or []:
        found += component.get("components") or []
        if component.get("component"):
            found.append(component["component"])
    return found


def _check_top(problems: Problems, component: Json, path: Path) -> None:
    kind = component.get("type")
    if kind == ROW:
        children = component.get("components")
        problems.length((*path, "components"), children, 1, 1)
        for index, child in enumerate(children or []):
            _check_input(problems, child, (*path, "components", index), {TEXT_INPUT})
            if child.get("type") == TEXT_INPUT:
                problems.length((*path, "components", index, "label"), child.get("label"), 1, 45)
    elif kind == LABEL:
        _check_label(problems, component, path)
    elif kind == TEXT:
        problems.length((*path, "content"), component.get("content"), 1, 4000)
    else:
        problems.choice((*path, "type"), "1, 10, 18")


def _check_label(problems: Problems, label: Json, path: Path) -> None:
    problems.length((*path, "label"), label.get("label"), 1, 45)
    if label.get("description") is not None:
        problems.length((*path, "description"), label["description"], 1, 100)
    if not label.get("component"):
        problems.required((*path, "component"))
    else:
        _check_input(problems, label["component"], (*path, "component"), IN_LABEL)


def _check_input(problems: Problems, child: Json, path: Path, allowed: set[int]) -> None:
    kind = child.get("type")
    if child.get("disabled"):
        problems.add((*path, "disabled"), "MODAL_COMPONENT_DISABLED", "Modals do not support disabled components")
    if kind not in allowed:
        problems.choice((*path, "type"), ", ".join(map(str, sorted(allowed))))
    elif kind in SELECTS:
        check_select(problems, child, path, in_modal=True)
    else:
        check_custom_id(problems, child, path)
        if kind == TEXT_INPUT:
            _check_text_input(problems, child, path)


def _check_text_input(problems: Problems, text: Json, path: Path) -> None:
    if text.get("style") not in (1, 2):
        problems.choice((*path, "style"), "1, 2")
    for key, low, high in (("min_length", 0, 4000), ("max_length", 1, 4000)):
        if text.get(key) is not None:
            problems.number((*path, key), text[key], low, high)
    for key, high in (("placeholder", 100), ("value", 4000)):
        if text.get(key) is not None:
            problems.length((*path, key), text[key], 0, high)
