"""Queries for the figures of an installation: how much there is, whoever's it is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from core.domain.jobs import PENDING, JobState
from core.storage.labelling_tables import labelling_votes
from core.storage.tables import jobs, labels


def oldest_waiting(connection: Connection) -> dict[str, datetime]:
    """Return when the oldest job that no worker has claimed was accepted, by queue; queues without one are left out."""
    unclaimed = jobs.c.state.in_(PENDING | {JobState.DISPATCHED})
    oldest = select(jobs.c.queue, func.min(jobs.c.created_at)).where(unclaimed).group_by(jobs.c.queue)
    return {row[0]: row[1] for row in connection.execute(oldest)}


def count_labels(connection: Connection) -> dict[str, int]:
    """Return the number of labels by where they come from: "name", given to a face; "vote", given on a card."""
    named, votes = (connection.scalar(select(func.count()).select_from(table)) for table in (labels, labelling_votes))
    return {"name": int(named or 0), "vote": int(votes or 0)}
