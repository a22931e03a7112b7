"""Find the faces of people who do not want to be aged."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.domain.faces import RecognisedFace
    from core.services.people.service import PeopleService
    from core.vision.recognition.photo_reader import PhotoReading

# More likely than not. Answers name people from 0.8 on; who objected is protected before it is that sure.
PROBABLY = 0.5


class FaceNamer(Protocol):
    """What names faces: core.services.recognition.service, as far as it is used here."""

    def recognise_reading(self, reading: PhotoReading, photo: str, guild_id: int) -> Sequence[RecognisedFace]:
        """Name the faces of a photo that was read already."""


class Objections:
    """Looks for people who objected, with the guild's recogniser. Costs nothing where nobody did.

    Args:
        people: knows who objected.
        namer: names faces as `/classify` does.
    """

    def __init__(self, people: PeopleService, namer: FaceNamer) -> None:
        self._people = people
        self._namer = namer

    def find(self, reading: PhotoReading, photo: str, guild_id: int) -> list[bool]:
        """Return for each face of a photo whether its person probably objected.

        Args:
            reading: the photo.
            photo: the sha256 of its bytes, by which labels are found.
            guild_id: whose people.

        Raises:
            OmokageError: as the recogniser does.
        """
        objecting = self._people.objecting_ids(guild_id)
        if not objecting:
            return [False] * len(reading.faces)
        return [_shows(face, objecting) for face in self._namer.recognise_reading(reading, photo, guild_id)]


def _shows(face: RecognisedFace, people: Set[int]) -> bool:
    """Whether a face probably shows one of these people; a name that members gave counts whatever its guess is."""
    named = face.named is not None and face.named.person_id in people
    return named or any(
        candidate.person_id in people and candidate.probability >= PROBABLY for candidate in face.candidates
    )
