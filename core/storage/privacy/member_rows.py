"""What is kept of a member in a guild: count it, read it, and forget it. Every function takes the guild."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, delete, func, select, update

from core.domain.jobs import BACKGROUND_KINDS, JobKind
from core.storage.blob_references import blob_names_in
from core.storage.labelling_tables import labelling_cards, labelling_faces, labelling_voters, labelling_votes
from core.storage.people.face_answers import forget_face_answers
from core.storage.privacy.person_rows import delete_jobs
from core.storage.privacy_tables import receipts
from core.storage.tables import faces, guilds, jobs, labels, people, person_aliases
from core.storage.training_tables import datasets, promotions, runs, versions

NOBODY = 0  # the member's id in rows that stay; the operator's has always been that
# Rows that stay when their member is forgotten, and the column that says who it was.
AUTHORS: Mapping[str, Column[Any]] = {
    "labels": labels.c.said_by,
    "people": people.c.created_by,
    "aliases": person_aliases.c.created_by,
    "datasets": datasets.c.created_by,
    "trainings": runs.c.created_by,
    "models": versions.c.created_by,
    "promotions": promotions.c.said_by,
    "settings": guilds.c.updated_by,
    "receipts": receipts.c.asked_by,
}
# Rows that are deleted with their member.
OWNED: Mapping[str, Column[Any]] = {
    "jobs": jobs.c.member_id,
    "cards": labelling_cards.c.member_id,
    "votes": labelling_votes.c.member_id,
    "rates": labelling_voters.c.member_id,
}
# Not for whoever it is about: a token is good for answering in the bot's name, and gold faces are a test.
_WITHHELD = frozenset({"interaction_token", "application_id", "lease_owner", "lease_until", "gold", "shows", "pending"})
_LARGE = frozenset({"manifest", "card", "config", "live"})  # of what was made with a command, not of the member


def count_rows(connection: Connection, guild_id: int, member_id: int) -> dict[str, int]:
    """Count what is kept of a member, by kind of row, and the photos and pictures as `photos` and `pictures`."""
    counts: dict[str, int] = {}
    for name, column in {**OWNED, **AUTHORS}.items():
        rows = select(func.count()).select_from(column.table).where(*_of(column, guild_id, member_id))
        counts[name] = connection.execute(rows).scalar_one()
    photos, pictures = files_of(connection, guild_id, member_id)
    return {**counts, "photos": len(photos), "pictures": len(pictures)}


def read_rows(connection: Connection, guild_id: int, member_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return the rows that are kept of a member, by kind, without what is not the member's own."""
    return {
        name: [
            {key: value for key, value in row._mapping.items() if key not in _WITHHELD | _LARGE}
            for row in connection.execute(select(column.table).where(*_of(column, guild_id, member_id)))
        ]
        for name, column in {**OWNED, **AUTHORS}.items()
    }


def files_of(connection: Connection, guild_id: int, member_id: int) -> tuple[set[str], set[str]]:
    """Return the blobs of a member's commands: photos that were sent or cut out of them, and pictures that answered."""
    photos: set[str] = set()
    pictures: set[str] = set()
    own = select(jobs.c.kind, jobs.c.photo, jobs.c.params, jobs.c.result).where(
        *_of(jobs.c.member_id, guild_id, member_id)
    )
    for row in connection.execute(own):
        photos |= blob_names_in(json.dumps(row.params)) | ({row.photo} if row.photo else set())
        made = blob_names_in(json.dumps(row.result))
        if row.kind == JobKind.TEACH:
            photos |= made
        else:
            pictures |= made
    return photos, pictures - photos


def forget_member(connection: Connection, guild_id: int, member_id: int) -> set[str]:
    """Delete what a member did in a guild; return blobs that may be needed no more.

    Labels and whatever else others rely on stay, and no longer say who it was. Photos of the member go, also where a
    face in them has a name: that keeps its embedding. One that somebody else sent, too, stays for them.
    """
    photos, pictures = files_of(connection, guild_id, member_id)
    others = select(jobs.c.photo).where(jobs.c.guild_id == guild_id, jobs.c.member_id != member_id)
    gone = photos - set(connection.execute(others.where(jobs.c.photo.in_(photos))).scalars())
    _forget_jobs(connection, guild_id, member_id)
    in_photos = faces.c.guild_id == guild_id, faces.c.photo.in_(gone)
    shown = list(connection.execute(select(faces.c.id).where(*in_photos)).scalars())
    pictures |= forget_face_answers(connection, guild_id, shown)  # others' answers, into which these were drawn
    connection.execute(update(faces).where(*in_photos).values(photo=None))
    _forget_cards(connection, guild_id, member_id)
    by_member = update(labels).where(labels.c.guild_id == guild_id, labels.c.said_by == member_id)
    connection.execute(by_member.values(channel_id=0, message_id=None))
    for column in AUTHORS.values():
        changed = update(column.table).where(*_of(column, guild_id, member_id))
        connection.execute(changed.values({column.name: NOBODY}))
    _forget_in_json(connection, guild_id, member_id)
    return photos | pictures


def _forget_jobs(connection: Connection, guild_id: int, member_id: int) -> None:
    """Delete a member's jobs with the faces that nobody labelled; trainings go on, and are nobody's."""
    own = _of(jobs.c.member_id, guild_id, member_id)
    silent = update(jobs).where(jobs.c.guild_id == guild_id, jobs.c.member_id == member_id)
    connection.execute(silent.where(jobs.c.kind.in_(BACKGROUND_KINDS)).values(member_id=NOBODY))
    ids = list(connection.execute(select(jobs.c.id).where(*own)).scalars())
    labelled = select(labels.c.id).where(labels.c.face_id == faces.c.id)
    found = delete(faces).where(faces.c.job_id.in_(ids), faces.c.person_id.is_(None))
    connection.execute(found.where(~labelled.exists()))
    delete_jobs(connection, ids)


def _forget_cards(connection: Connection, guild_id: int, member_id: int) -> None:
    cards = list(
        connection.execute(select(labelling_cards.c.id).where(*_of(OWNED["cards"], guild_id, member_id))).scalars()
    )
    settled = update(labelling_faces).where(labelling_faces.c.settled_by.in_(cards))
    connection.execute(settled.values(settled_by=None))
    for table in (labelling_votes, labelling_cards, labelling_voters):
        connection.execute(delete(table).where(table.c.guild_id == guild_id, table.c.member_id == member_id))


def _forget_in_json(connection: Connection, guild_id: int, member_id: int) -> None:
    """Remove a member's id from others' answers, which say who named a face, and from data sets that were removed."""
    answers = select(jobs.c.id, jobs.c.result).where(jobs.c.guild_id == guild_id, jobs.c.kind == JobKind.CLASSIFY)
    for job_id, result in connection.execute(answers).all():
        found = (result or {}).get("faces", [])
        if any(face.get("confirmed_by") == member_id for face in found):
            named = [
                {**face, "confirmed_by": NOBODY} if face.get("confirmed_by") == member_id else face for face in found
            ]
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(result={**result, "faces": named}))
    for row in connection.execute(select(datasets).where(datasets.c.guild_id == guild_id)).all():
        if row.manifest.get("removed_by") == member_id:
            changed = update(datasets).where(datasets.c.id == row.id)
            connection.execute(changed.values(manifest={**row.manifest, "removed_by": NOBODY}))


def _of(column: Column[Any], guild_id: int, member_id: int) -> tuple[Any, ...]:
    """Return the conditions of a guild's rows of a member; jobs without those that belong to trainings."""
    table = column.table
    in_guild = table.c.id == guild_id if table is guilds else table.c.guild_id == guild_id
    conditions = (in_guild, column == member_id)
    return (*conditions, jobs.c.kind.not_in(BACKGROUND_KINDS)) if table is jobs else conditions
