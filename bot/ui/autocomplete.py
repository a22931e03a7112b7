"""What Discord offers while an option is being typed."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from discord import app_commands

from bot.ui.i18n import clip
from core.domain.errors import OmokageError
from core.domain.people_search import find_people

if TYPE_CHECKING:
    from bot.context import Interaction
    from core.domain.people import Person
    from core.services.registry.model_names import ModelName

C = TypeVar("C", str, int)

MAX_CHOICES = 25  # Discord's limit
MAX_LABEL = 100  # Discord's, for the name of a choice, and for a value that is text


def empty_on_error(
    complete: Callable[[Interaction, str], Awaitable[list[app_commands.Choice[C]]]],
) -> Callable[[Interaction, str], Coroutine[Any, Any, list[app_commands.Choice[C]]]]:
    """Offer nothing where that fails with an OmokageError, which discord.py would log.

    The command itself says why, once it is sent.
    """

    @functools.wraps(complete)
    async def complete_or_nothing(interaction: Interaction, typed: str, /) -> list[app_commands.Choice[C]]:
        try:
            return await complete(interaction, typed)
        except OmokageError:
            return []

    return complete_or_nothing


def matching_choices(options: Iterable[tuple[str, C]], typed: str) -> list[app_commands.Choice[C]]:
    """Offer the options, pairs of label and value, whose label contains what is typed; as many as Discord shows."""
    matches = [(label, value) for label, value in options if typed.lower() in label.lower()]
    return [app_commands.Choice(name=clip(label, MAX_LABEL), value=value) for label, value in matches[:MAX_CHOICES]]


def person_choices(people: Iterable[Person], typed: str) -> list[app_commands.Choice[str]]:
    """Offer people by name, alias or reading; an alias that matches stands in brackets behind the name."""
    matches = [
        (f"{person.name} ({text})" if text != person.name else text, person.name)
        for person, text in find_people(people, typed)
    ]
    return [app_commands.Choice(name=clip(label, MAX_LABEL), value=name) for label, name in matches[:MAX_CHOICES]]


def model_choices(models: Iterable[ModelName], typed: str) -> list[app_commands.Choice[str]]:
    """Offer the models whose label or name contains what is typed, with a mark at those that were promoted."""
    options = [(f"✅ {model.label}" if model.is_serving else model.label, model.name) for model in models]
    matches = [(label, name) for label, name in options if typed.lower() in f"{label} {name}".lower()]
    return [app_commands.Choice(name=clip(label, MAX_LABEL), value=name) for label, name in matches[:MAX_CHOICES]]
