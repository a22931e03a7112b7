"""Limits of select menus, in messages and in forms."""

from __future__ import annotations

from sandbox.rules.errors import Problems
from sandbox.types import Json

STRING_SELECT = 3
# String, user, role, mentionable, channel.
SELECTS = {STRING_SELECT, 5, 6, 7, 8}
MAX_OPTIONS = 25

Path = tuple[str | int, ...]


def check_select(problems: Problems, select: Json, path: Path) -> None:
    """Note everything that Discord would refuse in one select menu."""
    if select.get("custom_id") is None:
        problems.required((*path, "custom_id"))
    else:
        problems.length((*path, "custom_id"), select["custom_id"], 1, 100)
    if select.get("placeholder") is not None:
        problems.length((*path, "placeholder"), select["placeholder"], 0, 150)
    least, most = _bounds(select)
    problems.number((*path, "min_values"), least, 0, MAX_OPTIONS)
    problems.number((*path, "max_values"), most, 1, MAX_OPTIONS)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        problems.add((*path, "min_values"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
    if select["type"] == STRING_SELECT:
        _check_options(problems, select, (*path, "options"), most)


def _bounds(select: Json) -> tuple[int, int]:
    least, most = select.get("min_values"), select.get("max_values")
    return 1 if least is None else least, 1 if most is None else most


def _check_options(problems: Problems, select: Json, path: Path, most: int) -> None:
    options = select.get("options")
    problems.length(path, options, 1, MAX_OPTIONS)
    if not isinstance(options, list):
        return
    if isinstance(most, int) and len(options) < most:
        problems.add(
            (*path[:-1], "max_values"), "NUMBER_TYPE_MAX", f"int value should be less than or equal to {len(options)}."
        )
    if sum(bool(option.get("default")) for option in options) > most:
        problems.add(path, "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "Too many default options")
    seen: set[str] = set()
    for index, option in enumerate(options):
        for key in ("label", "value"):
            problems.length((*path, index, key), option.get(key), 1, 100)
        if option.get("description") is not None:
            problems.length((*path, index, "description"), option["description"], 0, 100)
        if option.get("value") in seen:
            problems.add(
                (*path, index, "value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        seen.add(str(option.get("value")))
