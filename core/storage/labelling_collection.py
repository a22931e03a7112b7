"""Which faces members are asked about, as rows. The caller holds the lock of the guild's people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from core.domain.jobs import JobKind
from core.domain.people import Consent, Label
from core.storage.labelling_rows import to_pairs
from core.storage.labelling_tables import labelling_faces
from core.storage.tables import faces, jobs, labels, people

_MAX_FACES = 1000  # of a guild, the newest, that members may be asked about at a time: weeks of cards


def collectable_faces(
    connection: Connection, guild_id: int, embedder: str, kinds: Collection[JobKind]
) -> list[Row[Any]]:
    """Return the newest faces that nobody has named or settled, which jobs of these kinds found, with their jobs.

    Args:
        connection: of a transaction.
        guild_id: whose faces.
        embedder: of their embeddings.
        kinds: of the jobs.
    """
    columns = faces.c.id, faces.c.number, faces.c.embedding
    of_job = jobs.c.kind, jobs.c.member_id, jobs.c.params, jobs.c.result
    settled = select(labelling_faces.c.face_id).where(
        labelling_faces.c.face_id == faces.c.id, labelling_faces.c.settled.is_not(None)
    )
    unnamed = select(*columns, *of_job).join(jobs, jobs.c.id == faces.c.job_id)
    unnamed = unnamed.where(faces.c.guild_id == guild_id, faces.c.person_id.is_(None), faces.c.embedder == embedder)
    unnamed = unnamed.where(jobs.c.kind.in_(list(kinds)), ~settled.exists())
    return list(connection.execute(unnamed.order_by(faces.c.id.desc()).limit(_MAX_FACES)))


def labelled_since(connection: Connection, guild_id: int, since: datetime | None) -> set[bytes]:
    """Return the embeddings of named faces that were first named so after a time; None: of all."""
    first = func.min(labels.c.created_at)
    named = select(faces.c.embedding, first.label("first")).join(labels, labels.c.face_id == faces.c.id)
    named = named.where(faces.c.guild_id == guild_id, faces.c.person_id == labels.c.person_id)
    named = named.where(labels.c.verdict == Label.IS).group_by(faces.c.id, faces.c.embedding)
    rows = connection.execute(named if since is None else named.having(first > since))
    return {row.embedding for row in rows}


def consents(connection: Connection, guild_id: int) -> dict[int, str]:
    """Return why the faces of people may be learnt from the chat, by person; those without consent are left out."""
    agreed = select(people.c.id, people.c.consent).where(people.c.guild_id == guild_id, people.c.consent.is_not(None))
    return {row.id: row.consent for row in connection.execute(agreed)}


def consent_to_learning(connection: Connection, person_id: int, member_id: int) -> None:
    """Note that a person agreed to be learnt from the chat; only of whom this member has named first."""
    own = people.c.id == person_id, people.c.created_by == member_id, people.c.consent.is_(None)
    connection.execute(update(people).where(*own).values(consent=Consent.SELF))


def add_faces(
    connection: Connection, guild_id: int, probabilities: Mapping[int, Mapping[int, float]], now: datetime
) -> list[int]:
    """Put up unnamed faces of the guild for labelling, by id; return those that were not up yet."""
    ids = list(probabilities)
    unnamed = select(faces.c.id).where(faces.c.guild_id == guild_id, faces.c.id.in_(ids), faces.c.person_id.is_(None))
    there = select(labelling_faces.c.face_id).where(labelling_faces.c.face_id.in_(ids))
    new = set(connection.execute(unnamed).scalars()) - set(connection.execute(there).scalars())
    values = [
        {
            "face_id": face_id,
            "guild_id": guild_id,
            "probabilities": to_pairs(probabilities[face_id]),
            "posterior": to_pairs(probabilities[face_id]),
            "created_at": now,
        }
        for face_id in sorted(new)
    ]
    if values:
        connection.execute(insert(labelling_faces), values)
    return sorted(new)


def save_probabilities(connection: Connection, probabilities: Mapping[int, Mapping[int, float]]) -> None:
    """Write the recogniser's probabilities of open faces anew, by the faces' ids."""
    for face_id, of_face in probabilities.items():
        row = update(labelling_faces).where(labelling_faces.c.face_id == face_id)
        connection.execute(row.values(probabilities=to_pairs(of_face), posterior=to_pairs(of_face)))


def save_represented(connection: Connection, guild_id: int, represented: Mapping[int, int]) -> None:
    """Write for how many others each open face stands, by the faces' ids; those that are missing stand for none."""
    of_guild = labelling_faces.c.guild_id == guild_id
    connection.execute(update(labelling_faces).where(of_guild).values(represented=0))
    for face_id, count in represented.items():
        if count:
            row = update(labelling_faces).where(of_guild, labelling_faces.c.face_id == face_id)
            connection.execute(row.values(represented=count))


def represented_faces(connection: Connection, guild_id: int) -> dict[int, int]:
    """Return for how many others the guild's faces stand, by id; those that stand for none are left out."""
    standing = select(labelling_faces.c.face_id, labelling_faces.c.represented)
    standing = standing.where(labelling_faces.c.guild_id == guild_id, labelling_faces.c.represented > 0)
    return {row.face_id: row.represented for row in connection.execute(standing)}


def withdraw_faces(connection: Connection, face_ids: Collection[int]) -> None:
    """Ask nobody about these faces any more."""
    connection.execute(delete(labelling_faces).where(labelling_faces.c.face_id.in_(list(face_ids))))


def withdraw_chat_faces(connection: Connection, guild_id: int, kept: Collection[int]) -> None:
    """Ask nobody any more about open faces that nobody contributed, but for those in `kept`."""
    of_chat = select(faces.c.id).join(jobs, jobs.c.id == faces.c.job_id)
    of_chat = of_chat.where(faces.c.guild_id == guild_id, jobs.c.kind != JobKind.TEACH)
    is_open = labelling_faces.c.guild_id == guild_id, labelling_faces.c.settled.is_(None)
    gone = labelling_faces.c.face_id.in_(of_chat), labelling_faces.c.face_id.not_in(list(kept))
    connection.execute(delete(labelling_faces).where(*is_open, *gone))
