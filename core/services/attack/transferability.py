"""Which other recognisers are asked about a picture that was made for one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from core.domain.errors import ErrorCode, OmokageError
from core.domain.registry.promotion import promotion_stack
from core.domain.training.runs import RunKind
from core.models.families import family_name

if TYPE_CHECKING:
    from core.domain.registry.versions import Version
    from core.services.registry.service import RegistryService
    from core.vision.recognition.mean_embedding import Head

_log = logging.getLogger(__name__)

LoadHead: TypeAlias = "Callable[[int], tuple[Version, Head]]"  # by a version's id; UNKNOWN_VERSION, BAD_WEIGHTS


def comparison_heads(
    registry: RegistryService, heads: LoadHead, version: Version, head: Head, person_id: int
) -> list[tuple[str, Head]]:
    """The recogniser that served before, and the newest of the other kind; with their names, as answers have them.

    A CNN in whose guild there is none of the other kind has one within it, which says who is unknown. Those that do
    not know the person are left out, and so are those whose weights are damaged.

    Args:
        registry: of the versions.
        heads: loads them.
        version: that was fooled, and its `head`.
        person_id: towards whom.
    """
    asked = [one for one in (_before(registry, version), _of_other_kind(registry, version)) if one is not None]
    result = {one.id: (one, _loaded(heads, one)) for one in asked}
    usable = [(one, other) for one, other in result.values() if other is not None and _knows(other, person_id)]
    said = [(one.label, other) for one, other in usable]
    gate: Head | None = getattr(head, "gate", None)
    if gate is not None and all(_kind(one) == _kind(version) for one, _ in usable):
        said.append((f"{version.title} (its embeddings)", gate))
    return said


def _before(registry: RegistryService, version: Version) -> Version | None:
    """What served before this version; of one that does not serve, what serves."""
    stack = promotion_stack(registry.history(version.guild_id, RunKind.RECOGNISER)[::-1])
    before = next((one for one in reversed(stack) if one != version.id), None)
    return None if before is None else registry.get(before)


def _of_other_kind(registry: RegistryService, version: Version) -> Version | None:
    newest_first = registry.list(version.guild_id, RunKind.RECOGNISER)
    return next((one for one in newest_first if _kind(one) != _kind(version)), None)


def _kind(version: Version) -> str:
    return family_name(version.architecture)


def _loaded(heads: LoadHead, version: Version) -> Head | None:
    try:
        return heads(version.id)[1]
    except OmokageError as error:
        if error.code is not ErrorCode.BAD_WEIGHTS:
            raise
        _log.warning("%s of guild %s is damaged, so it is not asked", version.title, version.guild_id)
        return None


def _knows(head: Head, person_id: int) -> bool:
    return any(one == person_id for _, one in head.classes)
