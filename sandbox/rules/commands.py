"""Limits of application commands (Discord's documentation, Interactions / Application Commands)."""

from __future__ import annotations

import re

from sandbox.rules.errors import Problems
from sandbox.types import Json

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
SUB_COMMAND, SUB_GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
WITH_CHOICES = {STRING, INTEGER, NUMBER}
MAX_COMMANDS = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
MAX_OPTIONS = 25
# Name, description and values of a command with everything in it, for the longest of its languages.
MAX_TOTAL = 8000
_AMERICAS_AND_ASIA = ("en-US", "es-419", "pt-BR", "ja", "zh-CN", "zh-TW", "ko", "hi", "th", "vi", "id")
_EUROPE = "da de en-GB es-ES fr hr it lt hu nl no pl ro fi sv-SE tr cs el bg ru uk"
LOCALES = frozenset((*_AMERICAS_AND_ASIA, *_EUROPE.split()))
# Word characters of any script, the two marks that Thai and Devanagari need among them, dash and apostrophe.
_NAME = re.compile(r"^[-_'\w\u0900-\u097f\u0e00-\u0e7f]{1,32}$")

Path = tuple[str | int, ...]


def valid_name(name: object) -> bool:
    """Whether Discord takes that as the name of a slash command or option: 1 to 32 letters, no capitals."""
    return isinstance(name, str) and bool(_NAME.match(name)) and name == name.lower()


def check_command(problems: Problems, command: Json, path: Path = ()) -> None:
    """Note everything that Discord would refuse in one command."""
    kind = command.get("type", CHAT_INPUT)
    if kind not in MAX_COMMANDS:
        problems.choice((*path, "type"), "1, 2, 3")
    elif kind == CHAT_INPUT:
        _check_names(problems, command, path)
        _check_descriptions(problems, command, path)
        _check_options(problems, command.get("options") or [], (*path, "options"), depth=0)
        if _letters(command) > MAX_TOTAL:
            problems.add(path, "APPLICATION_COMMAND_TOO_LARGE", f"Command exceeds maximum size ({MAX_TOTAL})")
    else:
        _check_menu(problems, command, path)


def check_bulk(commands: list[Json]) -> Problems:
    """Note everything that Discord would refuse in a whole list of commands."""
    problems = Problems()
    seen: set[tuple[int, str]] = set()
    for index, command in enumerate(commands):
        check_command(problems, command, (index,))
        key = (command.get("type", CHAT_INPUT), str(command.get("name")))
        if key in seen:
            problems.add(
                (index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        seen.add(key)
    for kind, most in MAX_COMMANDS.items():
        if sum(command.get("type", CHAT_INPUT) == kind for command in commands) > most:
            problems.add((), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer commands of type {kind}.")
    return problems


def _check_names(problems: Problems, thing: Json, path: Path) -> None:
    if thing.get("name") is None:
        problems.required((*path, "name"))
    elif not valid_name(thing["name"]):
        problems.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    for locale, name in _localisations(problems, thing, "name", path):
        if not valid_name(name):
            place = (*path, "name_localizations", locale)
            problems.add(place, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _check_descriptions(problems: Problems, thing: Json, path: Path) -> None:
    if not thing.get("description"):
        problems.required((*path, "description"))
    else:
        problems.length((*path, "description"), thing["description"], 1, 100)
    for locale, text in _localisations(problems, thing, "description", path):
        problems.length((*path, "description_localizations", locale), text, 1, 100)


def _localisations(problems: Problems, thing: Json, key: str, path: Path) -> list[tuple[str, str]]:
    localised = thing.get(f"{key}_localizations") or {}
    for locale in localised:
        if locale not in LOCALES:
            problems.choice((*path, f"{key}_localizations", locale), ", ".join(sorted(LOCALES)))
    return list(localised.items())


def _check_menu(problems: Problems, command: Json, path: Path) -> None:
    problems.length((*path, "name"), command.get("name"), 1, 32)
    for locale, name in _localisations(problems, command, "name", path):
        problems.length((*path, "name_localizations", locale), name, 1, 32)
    if command.get("description"):
        problems.add(
            (*path, "description"), "CONTEXT_MENU_DESCRIPTION", "Context menu commands cannot have description"
        )
    if command.get("options"):
        problems.add((*path, "options"), "CONTEXT_MENU_OPTIONS", "Context menu commands cannot have options")


def _check_options(problems: Problems, options: list[Json], path: Path, *, depth: int) -> None:
    problems.length(path, options, 0, MAX_OPTIONS)
    kinds = [option.get("type") for option in options]
    nested = [kind in (SUB_COMMAND, SUB_GROUP) for kind in kinds]
    if any(nested) and not all(nested):
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands and options cannot be mixed")
    names = [str(option.get("name")) for option in options]
    if len(set(names)) < len(names):
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", "Option names must be unique")
    optional_seen = False
    for index, option in enumerate(options):
        _check_option(problems, option, (*path, index), depth)
        if option.get("required") and optional_seen:
            problems.add(
                (*path, index),
                "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                "Required options must be placed before non-required options",
            )
        optional_seen = optional_seen or not option.get("required")


def _check_option(problems: Problems, option: Json, path: Path, depth: int) -> None:
    _check_names(problems, option, path)
    _check_descriptions(problems, option, path)
    kind = option.get("type")
    if kind not in range(1, 12) or (kind == SUB_GROUP and depth > 0) or (kind == SUB_COMMAND and depth > 1):
        problems.add((*path, "type"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", f"Value {kind} is not allowed here")
    elif kind in (SUB_COMMAND, SUB_GROUP):
        _check_options(
            problems, option.get("options") or [], (*path, "options"), depth=depth + 1 if kind == SUB_GROUP else 2
        )
    else:
        _check_value_option(problems, option, path)


def _check_value_option(problems: Problems, option: Json, path: Path) -> None:
    choices = option.get("choices")
    if choices and option.get("autocomplete"):
        problems.add(
            path, "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", "Choices and autocomplete are mutually exclusive"
        )
    if (choices or option.get("autocomplete")) and option["type"] not in WITH_CHOICES:
        problems.add(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "This type of option takes no choices")
    if choices is not None:
        check_choices(problems, choices, option["type"], (*path, "choices"))
    for key, low, high in (("min_length", 0, 6000), ("max_length", 1, 6000)):
        if option.get(key) is not None:
            problems.number((*path, key), option[key], low, high)


def check_choices(problems: Problems, choices: object, kind: int, path: Path) -> None:
    """Note what Discord would refuse in the choices of an option, or of an autocomplete answer."""
    problems.length(path, choices, 0, MAX_OPTIONS)
    for index, choice in enumerate(choices if isinstance(choices, list) else []):
        problems.length((*path, index, "name"), choice.get("name"), 1, 100)
        value = choice.get("value")
        if kind == STRING:
            problems.length((*path, index, "value"), value, 1, 100)
        elif isinstance(value, bool) or not isinstance(value, int if kind == INTEGER else int | float):
            problems.add((*path, index, "value"), "NUMBER_TYPE_COERCE", f'Value "{value}" is not a number.')


def _letters(thing: Json) -> int:
    """Characters that count towards a command's size: the longest language of each text."""
    total = 0
    for key in ("name", "description"):
        texts = [thing.get(key) or "", *(thing.get(f"{key}_localizations") or {}).values()]
        total += max(len(str(text)) for text in texts)
    for choice in thing.get("choices") or []:
        total += len(str(choice.get("name"))) + len(str(choice.get("value")))
    return total + sum(_letters(option) for option in thing.get("options") or [])
