"""The texts about jobs."""

from __future__ import annotations

from collections.abc import Sequence

import discord
from discord.utils import format_dt

from bot.ui.i18n import Words, clip
from core.domain.fairness import QueuePosition
from core.domain.jobs import Job
from core.domain.objections import ObjectingPeople

COLOUR = 0x4477AA
_CHOICE = 100  # Discord's limit for the name of a choice


def jobs_embed(
    words: Words, jobs: Sequence[Job], positions: dict[int, QueuePosition], *, everyone: bool
) -> discord.Embed:
    """List jobs, newest first."""
    title = words.say("jobs-title", everyone="yes" if everyone else "no")
    lines = [job_entry(words, job, positions.get(job.id), everyone=everyone) for job in jobs]
    return discord.Embed(colour=COLOUR, title=title, description="\n".join(lines))


def job_entry(words: Words, job: Job, position: QueuePosition | None, *, everyone: bool) -> str:
    """Write number, state with position and estimate, and time of a job."""
    values = {"job": str(job.id), "state": state_text(words, job, position), "when": format_dt(job.created_at, "R")}
    if everyone:
        return words.say("jobs-line-member", member=str(job.origin.member_id), **values)
    return words.say("jobs-line", **values)


def state_text(words: Words, job: Job, position: QueuePosition | None = None) -> str:
    """Write the state; of an unfinished job with its position in the queue and the estimate."""
    parts = [words.say("job-state", state=job.state.value)]
    if position is not None:
        parts.append(words.say("job-place", ahead=position.ahead))
        if position.estimate_s is not None:
            parts.append(words.say("job-eta", seconds=max(1, round(position.estimate_s))))
    return ", ".join(parts)


def job_label(words: Words, job: Job, objecting: ObjectingPeople) -> str:
    """Label a job for autocompletion, by its file or its title; by its kind where these name somebody who objected."""
    file = str(job.params.get("filename") or job.params.get("title", ""))
    file = job.kind.value if objecting.are_named_in(file) else clip(file, 50)
    return clip(words.say("jobs-choice", state=state_text(words, job), file=file, job=str(job.id)), _CHOICE)
