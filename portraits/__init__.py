"""A dozen fictional people, drawn by code: to try, to test and to show Omokage without a real person's picture.

`default_people()` lists them, `portrait` and `group` draw them, `write_pictures` fills a folder with attachments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portraits.fixtures import write_pictures
    from portraits.people.traits import StarterPerson, Traits
    from portraits.portraits import StarterPicture, group, portrait

__all__ = ["StarterPerson", "StarterPicture", "Traits", "cast", "group", "portrait", "write_pictures"]


def default_people() -> tuple[StarterPerson, ...]:
    """Return the twelve default people, in the order of their ids (1 to 12)."""
    from portraits.people.default_people import DEFAULT_PEOPLE  # see __getattr__

    return DEFAULT_PEOPLE


def __getattr__(name: str) -> Any:
    """Load numpy and the renderer only when something is drawn: light processes need the names alone."""
    from importlib import import_module

    modules = {"write_pictures": "fixtures", "StarterPerson": "people.traits", "Traits": "people.traits"}
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"portraits.{modules.get(name, 'portraits')}"), name)
