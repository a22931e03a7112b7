"""Remove a person's traces from rows that are not the person's own. The caller holds the lock of the guild's people."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from core.domain.jobs import BACKGROUND_KINDS, JobKind, JobState
from core.domain.privacy import mentions
from core.storage.blob_references import blob_names_in
from core.storage.jobs.lease_rows import NO_LEASE
from core.storage.labelling_tables import labelling_cards, labelling_faces, labelling_votes
from core.storage.tables import faces, jobs, labels, outbox, person_aliases
from core.storage.training_tables import datasets, promotions, versions

_FORGOTTEN_SOURCE = "forgotten"  # `source` of a label, in the place of one that had the name in it


@dataclass(frozen=True, slots=True)
class Traces:
    """How a person is found in rows: `names` folded, `photos` sha256, and ids of data sets and model versions."""

    person_id: int
    names: tuple[str, ...]
    photos: frozenset[str]
    dataset_ids: frozenset[int]
    version_ids: frozenset[int]


def names_of(connection: Connection, guild_id: int, person_id: int, name: str) -> tuple[str, ...]:
    """Return the folded names that a person has and had: data sets and models keep the name of their time."""
    aliases = select(person_aliases.c.alias).where(person_aliases.c.person_id == person_id)
    names = {name, *connection.execute(aliases).scalars()}
    for (manifest,) in connection.execute(select(datasets.c.manifest).where(datasets.c.guild_id == guild_id)):
        names |= {class_name for class_name, owner, _ in manifest["classes"] if owner == person_id}
    for (card,) in connection.execute(select(versions.c.card).where(versions.c.guild_id == guild_id)):
        names |= {class_name for class_name, owner in card["classes"] if owner == person_id}
    return tuple(sorted({name.casefold() for name in names}))


def count_labels(connection: Connection, face_ids: Collection[int], person_id: int) -> int:
    """Count the labels of these faces and of the person."""
    of_them = labels.c.face_id.in_(list(face_ids)) | (labels.c.person_id == person_id)
    return connection.execute(select(func.count()).select_from(labels).where(of_them)).scalar_one()


def forget_in_cards(connection: Connection, guild_id: int, person_id: int, face_ids: Collection[int]) -> int:
    """Take a person and their faces out of labelling cards and votes; return how many votes are deleted.

    Cards about the person, and open ones that mention them, are deleted; others lose the face or the name.
    """
    gone = set(face_ids)
    of_guild = labelling_votes.c.guild_id == guild_id
    about = labelling_votes.c.face_id.in_(list(gone)) | (labelling_votes.c.person_id == person_id)
    votes = connection.execute(delete(labelling_votes).where(of_guild, about)).rowcount
    shown = update(labelling_votes).where(of_guild, labelling_votes.c.shows == person_id)
    connection.execute(shown.values(shows=None))
    for card in connection.execute(select(labelling_cards).where(labelling_cards.c.guild_id == guild_id)).all():
        faces_left = [id_ for id_ in card.face_ids if id_ not in gone]
        names = [id_ for id_ in card.names if id_ != person_id]
        gold = [[id_, owner] for id_, owner in card.gold if id_ not in gone and owner != person_id]
        if (faces_left, names, gold) == (card.face_ids, card.names, card.gold) and card.person_id != person_id:
            continue
        same = labelling_cards.c.id == card.id
        if card.answered_at is None or card.person_id == person_id or not faces_left:
            of_card = labelling_votes.c.card_id == card.id
            votes += connection.execute(delete(labelling_votes).where(of_card)).rowcount
            connection.execute(delete(labelling_cards).where(same))
        else:
            left = {"face_ids": faces_left, "names": names, "gold": gold}
            connection.execute(update(labelling_cards).where(same).values(left))
    connection.execute(delete(labelling_faces).where(labelling_faces.c.face_id.in_(list(gone))))
    for row in connection.execute(select(labelling_faces).where(labelling_faces.c.guild_id == guild_id)).all():
        kept = [[pair for pair in pairs if pair[0] != person_id] for pairs in (row.probabilities, row.posterior)]
        if kept != [row.probabilities, row.posterior] or row.settled == person_id:
            values: dict[str, Any] = {"probabilities": kept[0], "posterior": kept[1]}
            if row.settled == person_id:
                values |= {"settled": None, "settled_by": None}
            connection.execute(update(labelling_faces).where(labelling_faces.c.face_id == row.face_id).values(values))
    return int(votes)


def forget_in_jobs(connection: Connection, guild_id: int, traces: Traces) -> tuple[int, set[str]]:
    """Delete the guild's jobs that have to do with a person, but for answers of `/classify`, which lose a file's name.

    Jobs have to do with a person by a photo, by a name or id in request or answer, or by a data set or model that is
    withdrawn. A worker that has one of them loses it.

    Returns:
        How many jobs were deleted, and the blobs that they needed.
    """
    columns = jobs.c.id, jobs.c.kind, jobs.c.photo, jobs.c.params, jobs.c.result, jobs.c.failure_details
    gone: list[int] = []
    blobs: set[str] = set()
    for row in connection.execute(select(*columns).where(jobs.c.guild_id == guild_id)).all():
        if row.kind == JobKind.CLASSIFY:
            _forget_file_name(connection, row.id, row.params, traces.names)
            continue
        content = [row.params, row.result, row.failure_details]
        names = blob_names_in(json.dumps(content)) | ({row.photo} if row.photo else set())
        if names & traces.photos or _is_about(content, traces):
            gone.append(row.id)
            blobs |= names
    delete_jobs(connection, gone)
    return len(gone), blobs


def delete_jobs(connection: Connection, job_ids: Sequence[int]) -> None:
    """Delete jobs with their outbox rows, in whatever state; faces that they found no longer say which job it was."""
    ids = list(job_ids)
    connection.execute(update(faces).where(faces.c.job_id.in_(ids)).values(job_id=None))
    connection.execute(delete(outbox).where(outbox.c.job_id.in_(ids)))
    connection.execute(delete(jobs).where(jobs.c.id.in_(ids)))


def begin_running_jobs_anew(connection: Connection, guild_id: int) -> None:
    """Let jobs that a worker is at wait again: what they have read by now may still name the person."""
    running = jobs.c.guild_id == guild_id, jobs.c.state == JobState.RUNNING, jobs.c.cancel_requested.is_(False)
    of_members = update(jobs).where(*running, jobs.c.kind.not_in(BACKGROUND_KINDS))
    connection.execute(of_members.values({**NO_LEASE, "state": JobState.WAITING, "attempts": 0}))


def forget_in_texts(connection: Connection, guild_id: int, names: Sequence[str]) -> None:
    """Remove what has one of the names in it from the sources of labels and the reasons of promotions."""
    for column, text in ((labels.c.source, _FORGOTTEN_SOURCE), (promotions.c.reason, "")):
        table = column.table
        rows = connection.execute(select(table.c.id, column.label("text")).where(table.c.guild_id == guild_id)).all()
        ids = [row.id for row in rows if mentions(row.text, names)]
        connection.execute(update(table).where(table.c.id.in_(ids)).values({column.name: text}))


def _forget_file_name(connection: Connection, job_id: int, params: Mapping[str, Any], names: Sequence[str]) -> None:
    if mentions(str(params.get("filename", "")), names):
        changed = update(jobs).where(jobs.c.id == job_id)
        connection.execute(changed.values(params={**params, "filename": ""}))


def _is_about(value: Any, traces: Traces) -> bool:
    """Return whether JSON has a name of the person as a text, or an id of the person, a data set or a model."""
    if isinstance(value, str):
        return value.casefold() in traces.names
    if isinstance(value, Mapping):
        ids = {"person_id": {traces.person_id}, "dataset_id": traces.dataset_ids, "version_id": traces.version_ids}
        has_id = any(isinstance(value.get(key), int) and value[key] in gone for key, gone in ids.items())
        return has_id or any(_is_about(entry, traces) for entry in value.values())
    return isinstance(value, Sequence) and any(_is_about(entry, traces) for entry in value)
