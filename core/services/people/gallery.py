"""What the recogniser gets of a guild's people."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from core.domain.clock import now_utc
from core.domain.people import CannotLink, ConfirmedFace, GalleryRows, Label
from core.storage.database import Database
from core.storage.face_rows import box_of
from core.storage.people_rows import labelled_by, latest_labels
from core.storage.tables import faces, labels, people


class Gallery:
    """Enrolled faces and cannot-links, for the whole of a guild."""

    def __init__(self, sessions: Database, clock: Callable[[], datetime] = now_utc) -> None:
        self._database = sessions
        self._clock = clock

    def gallery_version(self, guild_id: int) -> int:
        """Changes whenever `gallery` or `cannot_links` may; 0 for a guild that knows nobody.

        Times are part of it, since SQLite gives the id of a last row that was deleted to the next one.
        """
        mine = labels.c.guild_id == guild_id
        newest = select(labels.c.created_at).where(mine).order_by(labels.c.id.desc()).limit(1).scalar_subquery()
        theirs = people.c.guild_id == guild_id
        youngest = select(func.max(people.c.created_at)).where(theirs).scalar_subquery()
        said = select(func.count(), func.max(labels.c.id), newest, youngest).where(mine)
        with self._database.read() as connection:
            count, *last = connection.execute(said).one()
            known = sorted(map(tuple, connection.execute(select(people.c.id, people.c.name).where(theirs))))
        if not count and not known:
            return 0
        digest = hashlib.sha256(repr((count, last, known)).encode()).digest()
        return int.from_bytes(digest[:8], "big")

    def names(self, guild_id: int) -> dict[int, str]:
        """What everybody is called now, by id, also those of whom there is no face."""
        with self._database.read() as connection:
            rows = connection.execute(select(people.c.id, people.c.name).where(people.c.guild_id == guild_id))
            return {row.id: row.name for row in rows}

    def gallery(self, guild_id: int, embedder: str | None = None) -> GalleryRows:
        """All enrolled faces, or one embedder's; the same face of the same person counts once, however often posted."""
        enrolled = select(people.c.id, people.c.name, faces.c.embedding).join(faces, faces.c.person_id == people.c.id)
        enrolled = enrolled.where(people.c.guild_id == guild_id, faces.c.guild_id == guild_id)
        if embedder is not None:
            enrolled = enrolled.where(faces.c.embedder == embedder)
        with self._database.read() as connection:
            rows = connection.execute(enrolled.order_by(people.c.id, faces.c.id)).all()
        names = {row.id: row.name for row in rows}
        once = dict.fromkeys((row.id, row.embedding) for row in rows)
        return GalleryRows(
            tuple(names), tuple(names.values()), tuple(one for _, one in once), tuple(owner for owner, _ in once)
        )

    def cannot_links(self, guild_id: int, embedder: str | None = None) -> list[CannotLink]:
        """What holds of "not this person" in the guild, of all faces or of one embedder's."""
        last = latest_labels(guild_id)
        kept = select(last.c.person_id.label("not_id"), faces).join(faces, faces.c.id == last.c.face_id)
        kept = kept.where(last.c.verdict == Label.IS_NOT, faces.c.guild_id == guild_id)
        if embedder is not None:
            kept = kept.where(faces.c.embedder == embedder)
        with self._database.read() as connection:
            rows = connection.execute(kept.order_by(last.c.id)).all()
        return [CannotLink(row.not_id, row.photo, box_of(row), row.embedding) for row in rows]

    def confirmed_faces(self, guild_id: int, photo: str) -> list[ConfirmedFace]:
        """The faces of a photo that members named or confirmed, whenever it was posted; a face may come repeatedly.

        Args:
            guild_id: whose labels.
            photo: sha256 of the photo's bytes. The embedder does not matter: the same bytes show the same people.
        """
        named = select(faces, people.c.name).join(people, people.c.id == faces.c.person_id)
        named = named.where(faces.c.guild_id == guild_id, faces.c.photo == photo, people.c.guild_id == guild_id)
        with self._database.read() as connection:
            rows = connection.execute(named.order_by(faces.c.id)).all()
            members = labelled_by(connection, [row.id for row in rows]) if rows else {}
        return [ConfirmedFace(row.person_id, row.name, box_of(row), members.get(row.id, 0)) for row in rows]
