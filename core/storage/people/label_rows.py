"""Labels as rows: which faces show which people, as members said so, with the whole history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Subquery, func, insert, select, update

from core.domain.people import Label, LabelEvent, LabelProvenance
from core.storage.tables import faces, labels


def add_label(
    connection: Connection,
    guild_id: int,
    face_ids: Sequence[int],
    person_id: int,
    label: Label,
    *,
    provenance: LabelProvenance,
) -> None:
    """Add a label to each of these faces, and update whom the faces show: one person at most."""
    row = {
        "guild_id": guild_id,
        "person_id": person_id,
        "verdict": label,
        "said_by": provenance.by,
        "channel_id": provenance.channel_id,
        "message_id": provenance.message_id,
        "source": provenance.source,
        "created_at": provenance.at,
    }
    connection.execute(insert(labels), [{**row, "face_id": face_id} for face_id in face_ids])
    labelled = update(faces).where(faces.c.guild_id == guild_id, faces.c.id.in_(face_ids))
    if label is Label.IS:
        connection.execute(labelled.values(person_id=person_id))
    else:
        connection.execute(labelled.where(faces.c.person_id == person_id).values(person_id=None))


def label_events(connection: Connection, guild_id: int, person_id: int) -> list[LabelEvent]:
    """Return the labels about a person, the newest first; one that went to copies of a face comes once."""
    names = ("verdict", "said_by", "channel_id", "message_id", "source", "created_at")
    columns = [labels.c[name] for name in names]
    about = select(*columns).where(labels.c.guild_id == guild_id, labels.c.person_id == person_id)
    rows = connection.execute(about.group_by(*columns).order_by(func.max(labels.c.id).desc()))
    return [LabelEvent(Label(label), LabelProvenance(*provenance)) for label, *provenance in rows]


def latest_labels(guild_id: int) -> Subquery:
    """Select the newest label of each pair of face and person: what holds now."""
    newest = select(func.max(labels.c.id)).where(labels.c.guild_id == guild_id)
    return select(labels).where(labels.c.id.in_(newest.group_by(labels.c.face_id, labels.c.person_id))).subquery()


def rejected_people(connection: Connection, guild_id: int, face_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return, for each face, the ids of the people that it does not show."""
    latest = latest_labels(guild_id)
    rejections = select(latest.c.face_id, latest.c.person_id).where(latest.c.verdict == Label.IS_NOT)
    rejected: dict[int, set[int]] = {face_id: set() for face_id in face_ids}
    for face_id, person_id in connection.execute(rejections.where(latest.c.face_id.in_(rejected))):
        rejected[face_id].add(person_id)
    return {face_id: frozenset(person_ids) for face_id, person_ids in rejected.items()}


def labelled_by(connection: Connection, face_ids: Iterable[int]) -> dict[int, int]:
    """Return, for each face that shows somebody, the id of the member who labelled it so last."""
    same = (labels.c.face_id == faces.c.id) & (labels.c.person_id == faces.c.person_id)
    members = select(labels.c.face_id, labels.c.said_by).join(faces, same)
    members = members.where(labels.c.face_id.in_(list(face_ids)), labels.c.verdict == Label.IS).order_by(labels.c.id)
    return {row.face_id: row.said_by for row in connection.execute(members)}
