"""Read the faces and labels that a guild's recogniser compares new faces with."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from core.domain.embedders import EMBEDDING_NAME
from core.domain.face_records import FaceRecord
from core.domain.faces import Box
from core.domain.people import CannotLink, ConfirmedFace, EnrolledFaces, FaceRef
from core.storage.database import Database
from core.storage.people import face_record_rows, gallery_rows, reembedding_rows
from core.storage.people.people_rows import objecting_people


class GalleryService:
    """Enrolled faces, cannot-links and confirmed faces of each guild. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self, guild_id: int) -> int:
        """Return a number that changes whenever the other methods' answers may; 0 for a guild without people."""
        with self._database.read() as connection:
            state = gallery_rows.gallery_state(connection, guild_id)
        if not state:
            return 0
        return int.from_bytes(hashlib.sha256(repr(state).encode()).digest()[:8], "big")

    def embedder(self, guild_id: int) -> str:
        """Return the embedder whose embeddings the guild's recogniser compares now; see `guild_embedder`."""
        with self._database.read() as connection:
            return reembedding_rows.guild_embedder(connection, guild_id)

    def enrolled(self, guild_id: int, embedder: str = EMBEDDING_NAME) -> EnrolledFaces:
        """Return the enrolled faces that an embedder embedded; the same face of the same person counts once."""
        with self._database.read() as connection:
            return gallery_rows.enrolled_faces(connection, guild_id, embedder)

    def objecting_ids(self, guild_id: int) -> frozenset[int]:
        """Return the ids of the people who objected to being named and aged."""
        with self._database.read() as connection:
            return objecting_people(connection, guild_id)

    def cannot_links(self, guild_id: int) -> list[CannotLink]:
        """Return what holds of "not this person" in the guild, whichever embedder its face has."""
        with self._database.read() as connection:
            return gallery_rows.cannot_links(connection, guild_id)

    def has_photo(self, guild_id: int, photo: str) -> bool:
        """Say whether the guild has a face of this picture, by sha256, named or not."""
        with self._database.read() as connection:
            return gallery_rows.has_photo(connection, guild_id, photo)

    def confirmed_faces(self, guild_id: int, photo: str) -> list[ConfirmedFace]:
        """Return the faces of a photo that members named or confirmed, whenever it was posted.

        A face comes repeatedly where the photo was posted repeatedly.

        Args:
            guild_id: whose labels.
            photo: sha256 of the photo's bytes. The embedder does not matter: the same bytes show the same people.
        """
        with self._database.read() as connection:
            return gallery_rows.confirmed_faces(connection, guild_id, photo)

    def face_record(self, guild_id: int, face: FaceRef) -> FaceRecord:
        """Return a stored face.

        Raises:
            OmokageError: FACE_GONE.
        """
        with self._database.read() as connection:
            return face_record_rows.face_record(connection, guild_id, face)

    def faces_of(self, guild_id: int, person_id: int) -> list[FaceRecord]:
        """Return the stored faces that show a person, the newest first."""
        with self._database.read() as connection:
            return face_record_rows.faces_of_person(connection, guild_id, person_id)

    def objecting_boxes(self, guild_id: int, photos: Collection[str]) -> dict[str, list[Box]]:
        """Return, by photo (sha256), the faces in it that show somebody who objected to changes of their face."""
        with self._database.read() as connection:
            return face_record_rows.objecting_boxes(connection, guild_id, photos)
