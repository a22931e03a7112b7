"""Finding people by what somebody types: a name, an alias, or a reading in kana or Roman letters."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from core.domain.names.kana import has_kana, reading_key
from core.domain.people import Person, name_key

_CACHED = 4096  # keys are needed again at each letter that is typed; this holds the names of a few large guilds


def find_people(people: Iterable[Person], typed: str) -> list[tuple[Person, str]]:
    """Return the people whose name or alias contains what is typed, each with the name or alias that does.

    Those whose name or alias begins with it come first; otherwise the order stays. Case, width, and invisible
    characters do not matter; kana are found by hiragana, katakana and Roman letters.
    """
    wanted = name_key(" ".join(typed.split())), reading_key(typed)
    matches = [(person, match) for person in people if (match := _best_match(person, wanted)) is not None]
    matches.sort(key=lambda pair: pair[1][0])
    return [(person, text) for person, (_, text) in matches]


def is_reading_of(text: str, typed: str) -> bool:
    """Whether a name is written with kana, and what is typed is the same reading in kana or Roman letters."""
    return _keys(text)[1] != "" and _keys(text)[1] == reading_key(typed)


def _best_match(person: Person, wanted: tuple[str, str]) -> tuple[bool, str] | None:
    """Return whether the match is within the text rather than at its beginning, and the text; None: no match."""
    positions = ((_position(text, wanted), text) for text in (person.name, *person.aliases))
    matches = [(position > 0, text) for position, text in positions if position is not None]
    return min(matches, key=lambda match: match[0], default=None)


def _position(text: str, wanted: tuple[str, str]) -> int | None:
    """Where the keys of a text contain those that are wanted; None: nowhere."""
    found = [key.find(part) for key, part in zip(_keys(text), wanted, strict=True) if key and (part or not any(wanted))]
    return min((position for position in found if position >= 0), default=None)


@lru_cache(_CACHED)
def _keys(text: str) -> tuple[str, str]:
    """Return the key of a name, and that of its reading, which is empty where no kana are in it."""
    return name_key(text), reading_key(text) if has_kana(text) else ""
