"""Limits of select menus, in messages and in forms."""

from __future__ import annotations

from sandbox.rules.errors import Problems
from sandbox.types import Json

STRING_SELECT = 3
# String, user, role, mentionable, channel.
SELECTS = {STRING_SELECT, 5, 6, 7, 8}
MAX_OPTIONS = 25
# What may be chosen from the start in a select that Discord fills.
DEFAULT_KINDS = {5: {"user"}, 6: {"role"}, 7: {"user", "role"}, 8: {"channel"}}

Path = tuple[str | int, ...]


def check_select(problems: Problems, select: Json, path: Path, *, in_modal: bool = False) -> None:
    """Note everything that Discord would refuse in one select menu; in a modal it is required unless it says no."""
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
    if least == 0 and (in_modal if select.get("required") is None else select["required"]):
        problems.add(
            (*path, "min_values"),
            "SELECT_COMPONENT_REQUIRED_ZERO_MIN_VALUES",
            "Select menus marked as required cannot have a min_values of 0",
        )
    if select["type"] == STRING_SELECT:
        _check_options(problems, select, (*path, "options"), most)
    elif select.get("default_values") is not None:
        _check_defaults(problems, select, (*path, "default_values"), least, most)


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


def _check_defaults(problems: Problems, select: Json, path: Path, least: int, most: int) -> None:
    """The users, roles or channels that are chosen from the start: as many as may be chosen, each of a kind offered."""
    defaults = select["default_values"]
    problems.length(path, defaults, 0, MAX_OPTIONS)
    if not isinstance(defaults, list):
        return
    if defaults and not least <= len(defaults) <= most:
        problems.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
    for index, default in enumerate(defaults):
        if default.get("id") is None:
            problems.required((*path, index, "id"))
        if default.get("type") not in DEFAULT_KINDS[select["type"]]:
            problems.choice((*path, index, "type"), ", ".join(sorted(DEFAULT_KINDS[select["type"]])))
