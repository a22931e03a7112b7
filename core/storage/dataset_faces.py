"""The faces of a guild that show somebody, with what a data set needs of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from core.domain.faces import DetectedFace
from core.storage.people.face_rows import detected_face_of
from core.storage.tables import faces, people


@dataclass(frozen=True, slots=True)
class LabelledFace:
    """A face in a stored photo, and whom it shows; `photo` is the sha256, None where the photo was not kept."""

    id: int
    name: str
    photo: str | None
    job_id: int | None
    number: int
    face: DetectedFace

    @property
    def source(self) -> str:
        """For people: the job that found it, and its number in the picture; of an old job or none, the face's own."""
        return f"face {self.id}" if self.job_id is None else f"job {self.job_id}, face {self.number}"

    @property
    def identity(self) -> str:
        """For the content's hash: a photo may show several people."""
        box = self.face.box
        return f"{self.photo}#{box.x:.0f},{box.y:.0f},{box.w:.0f},{box.h:.0f}"


def labelled_faces(connection: Connection, guild_id: int) -> list[LabelledFace]:
    """Return them by name, then by photo and place in it; the same face of the same person once, however often posted.

    No row's id is part of the order: the same faces with the same names train the same head, in whatever order they
    were named, and whoever else was known meanwhile.
    """
    shown = select(faces, people.c.name, people.c.key).join(people, people.c.id == faces.c.person_id)
    shown = shown.where(faces.c.guild_id == guild_id, people.c.guild_id == guild_id)
    once: dict[tuple[int, bytes], LabelledFace] = {}
    for row in sorted(connection.execute(shown), key=lambda row: (row.key, row.photo or "", row.x, row.y, row.id)):
        labelled_face = LabelledFace(row.id, row.name, row.photo, row.job_id, row.number, detected_face_of(row))
        once.setdefault((row.person_id, row.embedding), labelled_face)
    return list(once.values())
