"""Limits of message components: buttons and selects in rows, and the newer layout components."""

from __future__ import annotations

from collections.abc import Iterator

from sandbox.rules.errors import Problems
from sandbox.rules.selects import SELECTS, check_select
from sandbox.types import Json

ROW, BUTTON, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 1, 2, 9, 10, 11, 12, 13, 14, 17
LAYOUT = {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER}
MAX_ROWS = 5
MAX_IN_ROW = 5
# With the flag IS_COMPONENTS_V2, counting nested ones, and the characters of all texts together.
MAX_COMPONENTS = 40
MAX_TEXT = 4000

Path = tuple[str | int, ...]


def check_components(problems: Problems, components: object, *, layout: bool, path: Path = ("components",)) -> None:
    """Note everything that Discord would refuse; `layout` where the message has the flag IS_COMPONENTS_V2."""
    if not isinstance(components, list):
        problems.add(path, "BASE_TYPE_BAD_TYPE", "This value has the wrong type")
        return
    if not layout:
        problems.length(path, components, 0, MAX_ROWS)
    for index, component in enumerate(components):
        _check_top(problems, component, (*path, index), layout)
    _check_whole(problems, components, path)


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component of a message or form, outer ones first."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        yield from walk([component[key] for key in ("accessory", "component") if component.get(key)])


def _check_whole(problems: Problems, components: list[Json], path: Path) -> None:
    everything = list(walk(components))
    if len(everything) > MAX_COMPONENTS:
        problems.add(path, "BASE_TYPE_MAX_LENGTH", f"Must have {MAX_COMPONENTS} or fewer components.")
    if sum(len(str(c.get("content") or "")) for c in everything if c.get("type") == TEXT) > MAX_TEXT:
        problems.add(path, "BASE_TYPE_MAX_LENGTH", f"Texts must have {MAX_TEXT} or fewer characters together.")
    seen: set[str] = set()
    for component in everything:
        custom_id = component.get("custom_id")
        if custom_id is not None and custom_id in seen:
            problems.add(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        seen.add(str(custom_id))


def _check_top(problems: Problems, component: Json, path: Path, layout: bool) -> None:
    kind = component.get("type")
    if kind not in (LAYOUT if layout else {ROW}):
        problems.choice((*path, "type"), ", ".join(map(str, sorted(LAYOUT if layout else {ROW}))))
    elif kind == ROW:
        _check_row(problems, component, path)
    elif kind == CONTAINER:
        for index, child in enumerate(component.get("components") or []):
            _check_top(problems, child, (*path, "components", index), layout)
    elif kind == SECTION:
        _check_section(problems, component, path)
    elif kind == TEXT:
        problems.length((*path, "content"), component.get("content"), 1, MAX_TEXT)
    elif kind == GALLERY:
        problems.length((*path, "items"), component.get("items"), 1, 10)


def _check_section(problems: Problems, section: Json, path: Path) -> None:
    problems.length((*path, "components"), section.get("components"), 1, 3)
    accessory = section.get("accessory")
    if not accessory:
        problems.required((*path, "accessory"))
    elif accessory.get("type") == BUTTON:
        _check_button(problems, accessory, (*path, "accessory"))


def _check_row(problems: Problems, row: Json, path: Path) -> None:
    children = row.get("components")
    problems.length((*path, "components"), children, 1, MAX_IN_ROW)
    if not isinstance(children, list):
        return
    selects = [child for child in children if child.get("type") in SELECTS]
    if selects and len(children) > 1:
        problems.add(
            (*path, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "The specified component exceeds the maximum width",
        )
    for index, child in enumerate(children):
        place = (*path, "components", index)
        if child.get("type") == BUTTON:
            _check_button(problems, child, place)
        elif child.get("type") in SELECTS:
            check_select(problems, child, place)
        else:
            problems.choice((*place, "type"), "2, 3, 5, 6, 7, 8")


def _check_button(problems: Problems, button: Json, path: Path) -> None:
    style = button.get("style")
    if style not in range(1, 7):
        problems.choice((*path, "style"), "1, 2, 3, 4, 5, 6")
    if button.get("label") is not None:
        problems.length((*path, "label"), button["label"], 0, 80)
    elif not button.get("emoji") and style != 6:
        problems.add(path, "BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or an emoji")
    if style == 5:
        problems.length((*path, "url"), button.get("url"), 1, 512)
        if "custom_id" in button:
            problems.add(
                path,
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                "A custom id and url cannot both be specified",
            )
    elif style != 6:
        check_custom_id(problems, button, path)


def check_custom_id(problems: Problems, component: Json, path: Path) -> None:
    """A custom id is required, 1 to 100 characters."""
    if component.get("custom_id") is None:
        problems.required((*path, "custom_id"))
    else:
        problems.length((*path, "custom_id"), component["custom_id"], 1, 100)
