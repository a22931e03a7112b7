"""Recognise faces with the version that a guild promoted last, looked up for each photo."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.services.people.service import PeopleService
from core.services.recognition.head_cache import HeadCache
from core.services.registry.service import RegistryService

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import PhotoReading

_log = logging.getLogger(__name__)

# The candidates, whom the face is named as, whom it would be, were that person not named on another face, and whether
# the networks disagree about it.
Naming: TypeAlias = tuple[tuple[Candidate, ...], Candidate | None, Candidate | None, bool]
CannotLinkIds: TypeAlias = Sequence[frozenset[int]]  # for each face the ids of people that it must not be named as
Confirmed: TypeAlias = Sequence[Candidate | None]  # for each face whom members named it as


class BaselineRecogniser(Protocol):
    """The recogniser that needs no training: core.vision.recognition.mean_embedding, as far as it is used here."""

    @property
    def name(self) -> str:
        """How answers name it."""

    @property
    def embedder(self) -> str:
        """Name of the embedder whose embeddings it compares."""

    def recognise(
        self, embeddings: NDArray[np.float32], cannot_link_ids: CannotLinkIds, confirmed: Confirmed
    ) -> Sequence[Naming]:
        """Return a naming for each embedding (N, D), likeliest candidate first; guesses name each person once."""


class PhotoRecogniser(Protocol):
    """A version's recogniser: core.vision.recognition.version_recogniser, as far as it is used here."""

    def recognise(
        self, reading: PhotoReading, cannot_link_ids: CannotLinkIds, confirmed: Confirmed
    ) -> Sequence[Naming]:
        """Return a naming for each face of a photo; BAD_WEIGHTS where the head's answers make no sense."""


H = TypeVar("H")
R = TypeVar("R", bound=BaselineRecogniser)
Combine: TypeAlias = Callable[[H, R, Mapping[int, str]], PhotoRecogniser]


class GuildRecogniser(Generic[H, R]):
    """Recognises with the guild's promoted version, or with the baseline where there is none.

    Args:
        registry: knows which version is promoted.
        people: has everybody's present name.
        heads: loads versions.
        combine: makes one recogniser of a head, the baseline and the people's names.
    """

    def __init__(
        self,
        registry: RegistryService,
        people: PeopleService,
        heads: HeadCache[H],
        combine: Combine[H, R],
    ) -> None:
        self._registry = registry
        self._people = people
        self._combine = combine
        self.heads = heads
        self._reported: set[int] = set()

    def recognise(
        self, guild_id: int, reading: PhotoReading, baseline: R, cannot_link_ids: CannotLinkIds, confirmed: Confirmed
    ) -> tuple[Sequence[Naming], str]:
        """Return a naming for each face, and the name of the recogniser: `recogniser v3 (cnn modern)`.

        A version whose weights are damaged does not end the service: the baseline answers, and its name says why.
        """
        version_id = self._registry.serving_id(guild_id, RunKind.RECOGNISER)
        if version_id is None:
            return _recognise(baseline, reading, cannot_link_ids, confirmed), baseline.name
        try:
            version, head = self._reload_if_merged(*self.heads.get(version_id))
            namings = self.recognise_as(head, guild_id, reading, baseline, cannot_link_ids, confirmed=confirmed)
        except OmokageError as error:
            if error.code is not ErrorCode.BAD_WEIGHTS:
                raise
            name = self._report_damage(version_id, baseline.name, error)
            return _recognise(baseline, reading, cannot_link_ids, confirmed), name
        return namings, version.label

    def recognise_as(
        self,
        head: H,
        guild_id: int,
        reading: PhotoReading,
        baseline: R,
        cannot_link_ids: CannotLinkIds,
        *,
        confirmed: Confirmed,
    ) -> Sequence[Naming]:
        """Return a naming for each face as if this head's version were promoted.

        Raises:
            OmokageError: BAD_WEIGHTS.
        """
        recogniser = self._combine(head, baseline, self._people.names(guild_id))
        return recogniser.recognise(reading, cannot_link_ids, confirmed)

    def _reload_if_merged(self, version: Version, head: H) -> tuple[Version, H]:
        """Load a version again where one of its people is gone and its card names another instead: they were merged."""
        names = self._people.names(version.guild_id)
        if all(person_id in names for _, person_id in version.classes):
            return version, head
        if self._registry.get(version.id).classes == version.classes:
            return version, head
        self.heads.discard(version.id)
        return self.heads.get(version.id)

    def _report_damage(self, version_id: int, baseline_name: str, error: OmokageError) -> str:
        """Log, once a process, that a version is damaged; return the baseline's name with a note of it."""
        version = self._registry.get(version_id)
        if version_id not in self._reported:
            self._reported.add(version_id)
            _log.error("%s of guild %s is damaged, %s answers", version.title, version.guild_id, baseline_name,
                       exc_info=error)  # fmt: skip
        return f"{baseline_name} ({version.title} is damaged)"


def _recognise(
    baseline: BaselineRecogniser, reading: PhotoReading, cannot_link_ids: CannotLinkIds, confirmed: Confirmed
) -> Sequence[Naming]:
    return baseline.recognise(reading.embeddings_of(baseline.embedder), cannot_link_ids, confirmed)
