"""The people that a picture can be optimised towards: a trained recogniser's classes, under current names."""

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

_SUGGESTIONS = 5  # names in a refusal: as many as are read
_MIN_SIMILARITY = 0.5  # difflib's ratio: half of the letters in the same order, so that "Jon" still finds "John Smith"
_MAX_NAME_LENGTH = 80  # characters of a typed name, in a refusal


@dataclass(frozen=True, slots=True)
class Target:
    """A person whom the recogniser was trained on."""

    name: str
    person_id: int


def attacked_version(registry: RegistryService, guild_id: int, version_id: int | None = None) -> Version:
    """Look up the recogniser: the version with this id, or the serving one.

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
    """List the recogniser's people who were not deleted since the training, by name.

    Raises:
        OmokageError: as `attacked_version`.
    """
    return version_targets(attacked_version(registry, guild_id, version_id), people)


def version_targets(version: Version, people: PeopleService) -> list[Target]:
    """List a version's people by name, but for those who were deleted since the training, or object to being named."""
    names, objecting = people.names(version.guild_id), people.objecting_ids(version.guild_id)
    ids = {person_id for _, person_id in version.classes} & names.keys() - objecting
    known = {Target(names[person_id], person_id) for person_id in ids}
    return sorted(known, key=lambda target: (_key(target.name), target.person_id))


def find_target(
    registry: RegistryService, people: PeopleService, guild_id: int, name: str, version_id: int | None = None
) -> Target:
    """Find a person by name; case, spaces and the letters' width do not matter.

    Raises:
        OmokageError: UNKNOWN_TARGET, with the names that are most like it, or the first; and as `attacked_version`.
    """
    return match_target(list_targets(registry, people, guild_id, version_id), name)


def match_target(known: Sequence[Target], name: str) -> Target:
    """Find a target by name among these.

    Raises:
        OmokageError: UNKNOWN_TARGET.
    """
    named = [target for target in known if target.name == name] or [
        target for target in known if _key(target.name) == _key(name)
    ]
    if not named:
        raise OmokageError(
            ErrorCode.UNKNOWN_TARGET, target=name[:_MAX_NAME_LENGTH], known=", ".join(_similar_names(known, name))
        )
    return named[0]


def _similar_names(known: Sequence[Target], name: str) -> list[str]:
    """Names similar to this one; the first names where there are none."""
    by_key = {_key(target.name): target.name for target in known}
    alike = difflib.get_close_matches(_key(name), by_key, n=_SUGGESTIONS, cutoff=_MIN_SIMILARITY)
    return [by_key[key] for key in alike] or [target.name for target in known[:_SUGGESTIONS]]


def _key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
