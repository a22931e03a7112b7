"""Which recogniser answers in a guild: the version that was promoted last, looked up for each photo."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

from core.domain.errors import ErrorCode, OmokageError
from core.domain.faces import Candidate
from core.domain.registry.versions import Version
from core.domain.training.runs import RunKind
from core.services.people.service import PeopleService
from core.services.registry.service import RegistryService

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.vision.recognition.photo_reader import PhotoReading

_log = logging.getLogger(__name__)
_KEPT = 8  # heads at a time; the largest takes some 30 MB with its compiled function

# The candidates, whom the face is named as, and whom it would be, were that person not named on another face.
Naming: TypeAlias = tuple[tuple[Candidate, ...], Candidate | None, Candidate | None]
Forbidden: TypeAlias = Sequence[frozenset[int]]
Confirmed: TypeAlias = Sequence[Candidate | None]  # for each face whom people named it as


class LiveRecogniser(Protocol):
    """What is needed here of core.vision.recognition.mean_embedding: compares with what members have named so far."""

    def recognise(
        self, embeddings: NDArray[np.float32], forbidden: Forbidden, confirmed: Confirmed
    ) -> Sequence[Naming]:
        """For each face its candidates, likeliest first, and whom it is named as; guesses name each person once."""


class PhotoRecogniser(Protocol):
    """As much of core.vision.recognition.version_recogniser as is needed here."""

    def recognise(self, reading: PhotoReading, forbidden: Forbidden, confirmed: Confirmed) -> Sequence[Naming]:
        """The same for a whole photo; BAD_WEIGHTS where the weights make no sense."""


H = TypeVar("H")
R = TypeVar("R", bound=LiveRecogniser)
Combine: TypeAlias = Callable[[H, R, Mapping[int, str]], PhotoRecogniser]


class Serving(Generic[H, R]):
    """Asks the guild's promoted version, or the live method where there is none.

    Args:
        registry: says which version that is.
        people: what everybody is called now.
        load: makes a head of a version and its weights; BAD_WEIGHTS.
        combine: a head, the live method and the people's names as one recogniser.
        live_name: of the live method, as answers name it.
    """

    def __init__(
        self,
        registry: RegistryService,
        people: PeopleService,
        load: Callable[[Version, bytes], H],
        combine: Combine[H, R],
        *,
        live_name: str,
    ) -> None:
        self._registry = registry
        self._people = people
        self._load = load
        self._combine = combine
        self.live_name = live_name
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, tuple[Version, H]] = OrderedDict()
        self._told: set[int] = set()

    def recognise(
        self, guild_id: int, reading: PhotoReading, live: R, forbidden: Forbidden, confirmed: Confirmed
    ) -> tuple[Sequence[Naming], str]:
        """A naming for each face, and who says so: `recogniser v3 (cnn modern)`.

        A version whose weights are damaged does not end the service: the live method answers, and its name says why.
        """
        version_id = self._registry.serving_id(guild_id, RunKind.RECOGNISER)
        if version_id is None:
            return live.recognise(reading.embeddings, forbidden, confirmed), self.live_name
        try:
            version, head = self._renewed(*self.head(version_id))
            return self.recognise_as(head, guild_id, reading, live, forbidden, confirmed=confirmed), version.label
        except OmokageError as error:
            if error.code is not ErrorCode.BAD_WEIGHTS:
                raise
            return live.recognise(reading.embeddings, forbidden, confirmed), self._instead_of(version_id, error)

    def recognise_as(
        self, head: H, guild_id: int, reading: PhotoReading, live: R, forbidden: Forbidden, *, confirmed: Confirmed
    ) -> Sequence[Naming]:
        """A naming for each face as if this head served.

        Raises:
            OmokageError: BAD_WEIGHTS.
        """
        return self._combine(head, live, self._people.names(guild_id)).recognise(reading, forbidden, confirmed)

    def head(self, version_id: int) -> tuple[Version, H]:
        """A version as a head; some are kept.

        Raises:
            OmokageError: UNKNOWN_VERSION, BAD_WEIGHTS.
        """
        with self._lock:
            kept = self._kept.pop(version_id, None) or self._loaded(version_id)
            self._kept[version_id] = kept
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            return kept

    def _renewed(self, version: Version, head: H) -> tuple[Version, H]:
        """The same where its people are; where one is gone, the card may name another instead: they were merged."""
        names = self._people.names(version.guild_id)
        if all(person_id in names for _, person_id in version.classes):
            return version, head
        if self._registry.get(version.id).classes == version.classes:
            return version, head
        with self._lock:
            self._kept.pop(version.id, None)
        return self.head(version.id)

    def _loaded(self, version_id: int) -> tuple[Version, H]:
        version = self._registry.get(version_id)
        head = self._load(version, self._registry.weights(version))
        _log.info("%s of guild %s is loaded", version.label, version.guild_id)
        return version, head

    def _instead_of(self, version_id: int, error: OmokageError) -> str:
        version = self._registry.get(version_id)
        if version_id not in self._told:  # once a process, not for each photo
            self._told.add(version_id)
            _log.error("%s of guild %s is damaged, %s answers", version.title, version.guild_id, self.live_name,
                       exc_info=error)  # fmt: skip
        return f"{self.live_name} ({version.title} is damaged)"
