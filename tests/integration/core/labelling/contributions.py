"""Photos that members contribute, and embeddings that a guild's recogniser tells apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import select

from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.people import Consent
from core.domain.teaching import TeachRequest, TeachResult
from core.storage.tables import faces, people
from tests.integration.core.builders import CHANNEL, GUILD, new_face, request
from tests.integration.core.labelling.builders import AIKO, Guild


def point(person: int, noise: float = 0.05, seed: int = 0) -> bytes:
    """Return an embedding; those of different people are 0.75 apart (squared), as faces of two people are."""
    values = np.zeros(256, np.float32)
    values[person] = math.sqrt(0.75 / 2)
    direction = np.random.default_rng(seed).normal(size=256)
    return (values + noise * direction / np.linalg.norm(direction)).astype("<f4").tobytes()


def store_faces(guild: Guild, job_request: JobRequest, embeddings: Sequence[bytes], result: object = None) -> list[int]:
    """Let a worker find faces with these embeddings, and answer with `result`; return their ids."""
    job_id = job_request.id
    guild.job_ids.append(job_id)
    guild.jobs.receive(job_request)
    guild.jobs.submit(job_id, f"{job_id:064x}")
    assert guild.jobs.leases.claim(job_id, "worker")
    found = [
        replace(new_face(number, x=30.0 * number), embedding=embedding)
        for number, embedding in enumerate(embeddings, 1)
    ]
    assert guild.jobs.leases.finish(job_id, "worker", result or {}, found)  # type: ignore[arg-type]
    with guild.database.read() as connection:
        return list(connection.execute(select(faces.c.id).where(faces.c.job_id == job_id)).scalars())


def contribute(
    guild: Guild,
    *embeddings: bytes,
    name: str | None = None,
    is_self: bool = False,
    alone: Sequence[int] = (1,),
    member: int = AIKO,
    guild_id: int = GUILD,
) -> list[int]:
    """Contribute a photo with these faces, of which `alone` were alone; return their ids."""
    origin = Origin(guild_id, CHANNEL, member, "ja", 1, "token")
    asked = TeachRequest(("ab" * 32,), name, is_self)
    job_request = JobRequest(100 + len(guild.job_ids), JobKind.TEACH, origin, asked.to_json())
    result = TeachResult(1, ("ab" * 32,) * len(embeddings), tuple(alone), {})
    return store_faces(guild, job_request, embeddings, result.to_json())


def post_in_chat(guild: Guild, *embeddings: bytes, guild_id: int = GUILD) -> list[int]:
    """Post a photo for `/classify` with these faces; return their ids."""
    return store_faces(guild, request(100 + len(guild.job_ids), guild_id), embeddings)


def consent_of(guild: Guild, name: str) -> Consent | None:
    """Return why a person's faces may be learnt from the chat."""
    with guild.database.read() as connection:
        return connection.execute(select(people.c.consent).where(people.c.name == name)).scalar()
