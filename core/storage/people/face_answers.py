"""Answers that show a person's stored faces: explanations of a name, and numbered sheets. They follow the person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, null, select, update

from core.domain.jobs import JobKind
from core.storage.tables import jobs

# Their results have `person_id`, `face_ids` and `picture`.
_KINDS = (JobKind.WHY, JobKind.SHEET)


def move_face_answers(connection: Connection, guild_id: int, old: int, new: int, name: str) -> None:
    """Give the answers about one person to another, who is called `name`."""
    for job_id, result in _face_answers(connection, guild_id):
        if result["person_id"] == old:
            changed = {**result, "person_id": new} | ({"name": name} if "name" in result else {})
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(result=changed))


def forget_face_answers(
    connection: Connection, guild_id: int, face_ids: Collection[int], person_id: int | None = None
) -> set[str]:
    """Remove the answers that show one of these faces, those about a person, and files with all people of the guild.

    Returns:
        The names of the blobs of their pictures and files.
    """
    pictures = _forget_exports(connection, guild_id)
    for job_id, result in _face_answers(connection, guild_id):
        if result["person_id"] == person_id or not set(face_ids).isdisjoint(result["face_ids"]):
            pictures.add(str(result["picture"]))
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(result=null()))
    return pictures


def _forget_exports(connection: Connection, guild_id: int) -> set[str]:
    """Remove the results of exports whose file is still there, and return these files."""
    exports = select(jobs.c.id, jobs.c.result).where(jobs.c.guild_id == guild_id, jobs.c.kind == JobKind.EXPORT)
    results = connection.execute(exports).all()
    files = {row.id: str(row.result["file"]) for row in results if row.result and row.result["file"]}
    connection.execute(update(jobs).where(jobs.c.id.in_(files)).values(result=null()))
    return set(files.values())


def _face_answers(connection: Connection, guild_id: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield job id and result of the guild's answers of this kind."""
    answers = select(jobs.c.id, jobs.c.result).where(jobs.c.guild_id == guild_id, jobs.c.kind.in_(_KINDS))
    for job_id, result in connection.execute(answers).all():
        if result:
            yield job_id, result
