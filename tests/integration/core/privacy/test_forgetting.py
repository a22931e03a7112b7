"""A person is forgotten in rows of labelling, jobs and texts, on both kinds of database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from core.domain.errors import ErrorCode
from core.domain.jobs import JobKind, JobRequest, JobState, Origin
from core.domain.people import FaceRef, Person
from core.domain.storage_limits import StorageLimits
from core.services.jobs.service import JobService
from core.services.labelling.service import LabellingService
from core.services.labelling.voters import VoterService
from core.services.people.service import PeopleService
from core.services.privacy.forgetting import PersonForgetter
from core.services.privacy.jobs import ForgettingJobs
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.labelling_tables import labelling_cards, labelling_faces, labelling_votes
from core.storage.tables import jobs as jobs_table
from core.storage.training_tables import metadata, promotions
from tests.integration.core.builders import CHANNEL, GUILD, MEMBER, Clock, classify_result, new_face, request
from tests.integration.core.labelling.builders import AIKO, Guild, NoGold, likely
from tests.integration.core.people.test_editor import refusal

NAME = "Yukihime"


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def forgetter(database: Database, jobs: JobService, blobs: Blobs, clock: Clock, tmp_path: Path) -> PersonForgetter:
    retention = RetentionService(database, blobs, StorageLimits())
    return PersonForgetter(database, retention, ForgettingJobs(database, jobs.dispatcher, clock), tmp_path, clock)


@pytest.fixture
def guild(database: Database, people: PeopleService, jobs: JobService, clock: Clock) -> Guild:
    return Guild(
        database, people, LabellingService(database, clock, NoGold()), clock, jobs, VoterService(database, clock)
    )


def rows(database: Database, table: Any) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)))


def test_cards_and_votes_lose_the_person_and_their_faces(guild: Guild, forgetter: PersonForgetter) -> None:
    # Given grids of two people, one answered and one open, and a face that may show either
    other, gone = guild.person("Anna"), guild.person(NAME)
    of_gone, of_other = guild.post(2), guild.post(3)
    guild.labelling.add_faces(GUILD, {**likely(of_gone, gone, 0.99), **likely(of_other, other, 0.8)})
    doubtful = guild.post(1)
    guild.labelling.add_faces(GUILD, {doubtful[0]: {gone.id: 0.3, other.id: 0.4, 0: 0.3}})
    for _ in range(2):
        guild.labelling.answer_grid(guild.ref(AIKO), frozenset())
    assert guild.card(AIKO).card.names  # a name card with both, which stays open
    voted = {(vote.face_id, vote.person_id) for vote in rows(guild.database, labelling_votes)}
    assert {person for _, person in voted} == {gone.id, other.id}
    # When one of them is forgotten
    forgotten = forgetter.forget(GUILD, NAME, by=MEMBER)
    # Then votes and cards about that person are gone, and those about the other stay
    assert {vote.person_id for vote in rows(guild.database, labelling_votes)} == {other.id}
    assert forgotten.receipt.counts["votes"] == 2
    cards = rows(guild.database, labelling_cards)
    assert {card.person_id for card in cards} == {other.id}
    assert gone.id not in {person for card in cards for person in card.names}
    pairs = [pair for face in rows(guild.database, labelling_faces) for pair in (*face.probabilities, *face.posterior)]
    assert {person for person, _ in pairs} == {other.id, 0}
    shown = guild.card(AIKO)
    assert gone.id not in shown.card.names


def asked(jobs: JobService, job_id: int, kind: JobKind, params: Any, result: Any = None) -> int:
    origin = Origin(GUILD, CHANNEL, MEMBER, "en", 1, "")
    jobs.receive(JobRequest(job_id, kind, origin, params))
    jobs.submit(job_id)
    assert jobs.leases.claim(job_id, "worker")
    if result is not None:
        assert jobs.leases.finish(job_id, "worker", result)
    return job_id


def test_jobs_that_have_to_do_with_the_person_go_with_their_files(
    guild: Guild, forgetter: PersonForgetter, jobs: JobService, blobs: Blobs
) -> None:
    gone = guild.person(NAME)
    drawn, other = blobs.put(b"drawn"), blobs.put(b"other")
    aimed = asked(jobs, 900, JobKind.OPTIMIZE, {"target": NAME.upper(), "start": None}, {"picture": drawn})
    by_id = asked(jobs, 901, JobKind.OPTIMIZE, {"target": "?", "person_id": gone.id}, {})
    photo = asked(jobs, 902, JobKind.AGE, {"photo": str(guild.job_ids[-1]).rjust(64, "0")}, {})
    kept = asked(jobs, 903, JobKind.OPTIMIZE, {"target": "Anna", "person_id": gone.id + 1}, {"picture": other})
    forgotten = forgetter.forget(GUILD, NAME, by=MEMBER)
    for job_id in (aimed, by_id, photo):
        assert refusal(jobs.get, job_id) is ErrorCode.UNKNOWN_JOB
    assert jobs.get(kept).result == {"picture": other}
    assert (blobs.exists(drawn), blobs.exists(other)) == (False, True)
    assert forgotten.receipt.counts["jobs"] == 3


def test_a_job_that_runs_meanwhile_begins_anew(guild: Guild, forgetter: PersonForgetter, jobs: JobService) -> None:
    guild.person(NAME)
    jobs.receive(request(700))
    jobs.submit(700, "ef" * 32)
    assert jobs.leases.claim(700, "worker")
    forgetter.forget(GUILD, NAME, by=MEMBER)
    assert not jobs.leases.finish(700, "worker", classify_result(()).to_json(), [new_face()])
    assert jobs.get(700).state is JobState.DISPATCHED


def test_names_in_sources_reasons_and_file_names_go(
    guild: Guild, forgetter: PersonForgetter, people: PeopleService, database: Database, clock: Clock
) -> None:
    guild.person(NAME)
    people.enrol(GUILD, "Anna", new_face(value=5.0), source=f"cli:Anna and {NAME}.jpg")
    promotion = {"guild_id": GUILD, "kind": "recogniser", "said_by": 1, "created_at": clock.now}
    with database.write() as connection:
        connection.execute(insert(promotions).values({**promotion, "reason": f"knows {NAME.lower()} better"}))
        connection.execute(insert(promotions).values({**promotion, "reason": "is better"}))
        changed = jobs_table.update().where(jobs_table.c.id == guild.job_ids[0])
        connection.execute(changed.values(params={"filename": f"{NAME}.jpg", "size": 3}))
    forgetter.forget(GUILD, NAME, by=MEMBER)
    text = json.dumps([[str(row) for row in rows(database, table)] for table in metadata.sorted_tables])
    assert NAME.casefold() not in text.casefold()
    assert [row.reason for row in rows(database, promotions)] == ["", "is better"]


def test_whom_a_face_is_not_is_forgotten_and_the_face_stays(guild: Guild, forgetter: PersonForgetter) -> None:
    gone: Person = guild.person(NAME)
    guild.post(1)
    where: dict[str, Any] = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "not"}
    guild.people.reject(FaceRef(guild.job_ids[-1], 1), GUILD, gone.id, **where)
    forgetter.forget(GUILD, NAME, by=MEMBER)
    assert guild.people.gallery.cannot_links(GUILD) == []
    assert len(guild.people.faces_of(guild.job_ids[-1])) == 1
