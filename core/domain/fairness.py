"""Who may run next, and how long that takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JobKind

OPERATOR_GUILD = 0  # the CLI: whoever has a shell on the host needs no share


@dataclass(frozen=True, slots=True)
class FairShare:
    """What one member and one guild may have under way.

    Two a member: one is under way while its owner looks at the other. Six a guild: three busy members. Ten and a
    hundred waiting: at a second a job nobody waits for longer than a few minutes behind the own guild.
    """

    per_member: int = 2
    per_guild: int = 6
    waiting_per_member: int = 10
    waiting_per_guild: int = 100


@dataclass(frozen=True, slots=True)
class Claimant:
    """As much of a job as fairness looks at."""

    job_id: int
    guild_id: int
    member_id: int


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """Jobs ahead in the same queue, and seconds until the answer; None: nothing was measured yet."""

    ahead: int
    estimate_s: float | None


def eligible(waiting: Iterable[Claimant], active: Iterable[Claimant], share: FairShare) -> list[int]:
    """Ids of the waiting jobs that may be dispatched now.

    Args:
        waiting: in the order in which they came, most urgent first.
        active: dispatched or running.
        share: what a member and a guild may have active.
    """
    guilds, members = Counter[int](), Counter[tuple[int, int]]()
    for job in active:
        guilds[job.guild_id] += 1
        members[job.guild_id, job.member_id] += 1
    chosen: list[int] = []
    for job in waiting:
        member = (job.guild_id, job.member_id)
        within = guilds[job.guild_id] < share.per_guild and members[member] < share.per_member
        if within or job.guild_id == OPERATOR_GUILD:
            chosen.append(job.job_id)
            guilds[job.guild_id] += 1
            members[member] += 1
    return chosen


def check_queue_limits(guild_id: int, of_member: int, of_guild: int, share: FairShare) -> None:
    """Raise QUEUE_FULL where a member or a guild has as many jobs waiting as it may."""
    if guild_id == OPERATOR_GUILD:
        return
    if of_member >= share.waiting_per_member:
        raise OmokageError(ErrorCode.QUEUE_FULL, waiting=of_member)
    if of_guild >= share.waiting_per_guild:
        raise OmokageError(ErrorCode.QUEUE_FULL, waiting=of_guild)


def estimate(
    kind: JobKind, queued: Mapping[JobKind, int], running: Mapping[JobKind, int], typical: Mapping[JobKind, float]
) -> float | None:
    """Seconds until a job of `kind` is finished.

    Args:
        kind: of the job itself.
        queued: jobs ahead that nobody has begun, by kind.
        running: jobs under way, by kind; on average each is half done. Their number is that of the busy slots.
        typical: median seconds of recently finished jobs, by kind.
    """
    own = typical.get(kind)
    if own is None:
        return None
    work = sum(typical.get(other, own) * count for other, count in queued.items())
    work += sum(typical.get(other, own) * count / 2 for other, count in running.items())
    return own + work / max(1, sum(running.values()))
