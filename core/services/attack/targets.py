"""Whom a picture can be optimised towards: the people that a trained recogniser knows, under today's names."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from core.domain.registry.versions import Version
    from core.services.people.service import PeopleService
    from core.services.registry.service import RegistryService

_TOLD = 5  # names in a refusal: as many as one reads
_ALIKE = 0.5  # difflib's ratio: half of the letters in the same order, so that "Jon" still finds "John Smith"
_LONGEST = 80  # of what somebody typed, in a refusal


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody whom the recogniser was trained on."""

    name: str
    person_id: int


def attacked_version(registry: RegistryService, guild_id: int, version_id: int | None = None) -> Version:
    """The recogniser that is meant: the one that serves, where nobody says which.

    Raises:
        OmokageError: NOT_TRAINED, none serves; UNKNOWN_VERSION, that is none of this guild's recognisers.
    """
    if version_id is not None:
        version = registry.get(version_id, guild_id)
        if version.kind is not RunKind.RECOGNISER:
            raise OmokageError(ErrorCode.UNKNOWN_VERSION)
        return version
    serving = registry.serving(guild_id, RunKind.RECOGNISER)
    if serving is None:
        raise OmokageError(ErrorCode.NOT_TRAINED)
    return serving


def list_targets(
    registry: RegistryService, people: PeopleService, guild_id: int, version_id: int | None = None
) -> list[Target]:
    """Everybody whom the recogniser knows and who was not deleted since, by name.

    Raises:
        OmokageError: as `attacked`.
    """
    return version_targets(attacked_version(registry, guild_id, version_id), people)


def version_targets(version: Version, people: PeopleService) -> list[Target]:
    """The same of a version."""
    names = people.names(version.guild_id)
    known = {Target(names[person_id], person_id) for _, person_id in version.classes if person_id in names}
    return sorted(known, key=lambda one: (_key(one.name), one.person_id))


def find_target(
    registry: RegistryService, people: PeopleService, guild_id: int, said: str, version_id: int | None = None
) -> Target:
    """Who is meant; case, spaces and the letters' width do not matter.

    Raises:
        OmokageError: UNKNOWN_TARGET, with the names that are most like it, or the first; and as `attacked`.
    """
    return match_target(list_targets(registry, people, guild_id, version_id), said)


def match_target(known: Sequence[Target], said: str) -> Target:
    """The same among these.

    Raises:
        OmokageError: UNKNOWN_TARGET.
    """
    named = [one for one in known if one.name == said] or [one for one in known if _key(one.name) == _key(said)]
    if not named:
        raise OmokageError(ErrorCode.UNKNOWN_TARGET, target=said[:_LONGEST], known=", ".join(_near(known, said)))
    return named[0]


def complete_target(known: Sequence[Target], typed: str, most: int = 25) -> list[Target]:
    """Whose name begins with what somebody has typed so far, then whose name contains it."""
    key = _key(typed)
    found = [one for one in known if key in _key(one.name)]
    return sorted(found, key=lambda one: not _key(one.name).startswith(key))[:most]


def _near(known: Sequence[Target], said: str) -> list[str]:
    """Names like it; where there are none, the first."""
    by_key = {_key(one.name): one.name for one in known}
    alike = difflib.get_close_matches(_key(said), by_key, n=_TOLD, cutoff=_ALIKE)
    return [by_key[key] for key in alike] or [one.name for one in known[:_TOLD]]


def _key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
