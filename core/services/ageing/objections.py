"""Find the faces of people who do not want to be aged or otherwise changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from core.domain.faces import probably_shows

if TYPE_CHECKING:
    from core.domain.faces import RecognisedFace
    from core.services.people.service import PeopleService
    from core.vision.recognition.photo_reader import PhotoReading


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
        return [probably_shows(face, objecting) for face in self._namer.recognise_reading(reading, photo, guild_id)]


class NetworkedNamer(FaceNamer, Protocol):
    """Reads photos and names faces with networks that are loaded when they are first needed."""

    def read(self, data: bytes) -> PhotoReading:
        """Decode a photo, find its faces and embed them; OmokageError where the bytes are no photo."""

    def close(self) -> None:
        """End the process that decodes, if there is one."""


class PhotoObjections:
    """Says whether somebody in a photo objected. Networks are loaded only where a guild has an objection.

    Args:
        people: knows who objected.
        namer: names faces as `/classify` does.
    """

    def __init__(self, people: PeopleService, namer: NetworkedNamer) -> None:
        self._people = people
        self._namer = namer

    def any_in(self, data: bytes, guild_id: int) -> bool:
        """Return whether a photo probably shows somebody who objected to being changed.

        Raises:
            OmokageError: what is wrong with the photo.
        """
        if not self._people.objecting_ids(guild_id):
            return False
        photo = hashlib.sha256(data).hexdigest()
        return any(Objections(self._people, self._namer).find(self._namer.read(data), photo, guild_id))

    def close(self) -> None:
        """End the process that decodes, if there is one."""
        self._namer.close()
