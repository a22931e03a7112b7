"""How old the faces of a photo look, where the guild or the operator wants to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from core.domain.faces import probably_shows
from core.services.guilds import GuildService
from core.services.people.service import PeopleService

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.domain.faces import Point, RecognisedFace
    from core.vision.recognition.photo_reader import PhotoReading


class AgeEstimator(Protocol):
    """core.vision.age.estimate.AgeEstimator, as far as it is used here."""

    mean_error: float

    def photo_ages(self, image: NDArray[np.uint8], faces: Sequence[Sequence[Point]]) -> list[float | None]:
        """Estimate the ages of a photo's faces in years; None for faces that are too small."""


class FaceAges:
    """Estimates ages with a network that is loaded with the first face: most guilds never need it.

    Args:
        guilds: has each guild's settings.
        people: knows who objected to being aged, and so to this.
        load_estimator: loads the network.
    """

    def __init__(self, guilds: GuildService, people: PeopleService, load_estimator: Callable[[], AgeEstimator]) -> None:
        self._guilds = guilds
        self._people = people
        self._load = load_estimator

    @cached_property
    def _estimator(self) -> AgeEstimator:
        return self._load()

    @property
    def mean_error(self) -> float:
        """The mean error of an age in years, as measured."""
        return self._estimator.mean_error

    def enabled(self, guild_id: int) -> bool:
        """Whether a guild's answers say how old faces look."""
        return self._guilds.settings(guild_id).age_answers

    def estimate(self, reading: PhotoReading, faces: Sequence[RecognisedFace], guild_id: int) -> list[int | None]:
        """Return how old each face looks, in whole years.

        Args:
            reading: a photo.
            faces: its faces with the people that they may show, in the order of the reading.
            guild_id: whose people they are.

        Returns:
            None for a face that is too small to say, or whose person probably objected.
        """
        if not faces:
            return []
        objecting = self._people.objecting_ids(guild_id)
        ages = self._estimator.photo_ages(reading.image, [face.detected.landmarks for face in faces])
        return [
            None if age is None or probably_shows(face, objecting) else round(age)
            for age, face in zip(ages, faces, strict=True)
        ]
