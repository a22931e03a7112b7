"""Answers to why jobs as rows: they show a person's pictures, so they follow the person."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, null, select, update

from core.domain.jobs import JobKind
from core.storage.tables import jobs


def move_why_answers(connection: Connection, guild_id: int, old: int, new: int, name: str) -> None:
    """Give the explanations of one person's name to another, who is called `name`."""
    for job_id, result in _why_answers(connection, guild_id):
        if result["person_id"] == old:
            changed = {**result, "person_id": new, "name": name}
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(result=changed))


def forget_why_answers(connection: Connection, guild_id: int, person_id: int, face_ids: Collection[int]) -> set[str]:
    """Remove the explanations of a person's name, and those that show one of these faces.

    Returns:
        The names of the blobs of their pictures.
    """
    pictures = set()
    for job_id, result in _why_answers(connection, guild_id):
        if result["person_id"] == person_id or not set(face_ids).isdisjoint(result["face_ids"]):
            pictures.add(str(result["picture"]))
            connection.execute(update(jobs).where(jobs.c.id == job_id).values(result=null()))
    return pictures


def _why_answers(connection: Connection, guild_id: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield job id and result of the guild's explanations."""
    answers = select(jobs.c.id, jobs.c.result).where(jobs.c.guild_id == guild_id, jobs.c.kind == JobKind.WHY)
    for job_id, result in connection.execute(answers).all():
        if result:
            yield job_id, result
