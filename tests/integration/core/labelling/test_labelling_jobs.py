"""The jobs that labelling asks a worker for: none twice, and training only when enough is new."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import insert

from core.domain.data.datasets import LABELS
from core.domain.jobs import JobKind, JobState
from core.domain.learning import LEARN_FROM
from core.domain.people import FaceRef
from core.services.labelling.jobs import LabellingJobs
from core.storage.training_tables import datasets
from tests.integration.core.builders import CHANNEL, GUILD, Broker
from tests.integration.core.labelling.builders import OTHER, Guild


@pytest.fixture
def requests(guild: Guild) -> LabellingJobs:
    return LabellingJobs(guild.database, guild.jobs.dispatcher, guild.clock)


def end(guild: Guild, job_id: int, result: Mapping[str, int]) -> None:
    assert guild.jobs.leases.claim(job_id, "worker")
    assert guild.jobs.leases.finish(job_id, "worker", result, ())


def name_faces(guild: Guild, count: int, guild_id: int = GUILD) -> None:
    guild.post(count, guild_id)
    where = {"by": 1, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}
    for number in range(1, count + 1):
        guild.people.name_face(FaceRef(guild.job_ids[-1], number), guild_id, f"Person {number % 2}", **where)  # type: ignore[arg-type]


def store_dataset(guild: Guild, guild_id: int = GUILD, name: str = LABELS, version: int = 1) -> None:
    values = {"guild_id": guild_id, "name": name, "version": version, "hash": "ab" * 32, "pictures": 2}
    values |= {"manifest": {"classes": [], "shards": [], "without_face": 0, "findings": {}}}
    values |= {"created_by": 1, "created_at": guild.clock.now}
    with guild.database.write() as connection:
        connection.execute(insert(datasets).values(values))


def test_a_guild_has_one_unfinished_collect_job(guild: Guild, requests: LabellingJobs, broker: Broker) -> None:
    first = requests.collect(GUILD)
    assert requests.collect(GUILD) == first
    assert requests.collect(OTHER) != first
    assert broker.take().count(first) == 1
    job = guild.jobs.get(first)
    assert (job.kind, job.state, job.origin.guild_id) == (JobKind.COLLECT, JobState.DISPATCHED, GUILD)
    assert not requests.has_ended(first)

    end(guild, first, {"new": 0})
    assert requests.has_ended(first)
    assert requests.collect(GUILD) != first


def test_each_card_is_drawn_once_at_a_time(requests: LabellingJobs) -> None:
    first, second = requests.draw(GUILD, 1), requests.draw(GUILD, 2)
    assert first != second
    assert (requests.draw(GUILD, 1), requests.draw(GUILD, 2)) == (first, second)


def test_training_is_asked_for_when_enough_faces_are_named(guild: Guild, requests: LabellingJobs) -> None:
    name_faces(guild, LEARN_FROM - 1)
    name_faces(guild, LEARN_FROM, OTHER)
    assert requests.learn_if_due(GUILD, CHANNEL, 1, "ja") is None
    name_faces(guild, 1)

    job_id = requests.learn_if_due(GUILD, CHANNEL, 1, "ja")

    assert job_id is not None
    job = guild.jobs.get(job_id)
    assert (job.kind, job.origin.channel_id, job.origin.locale, job.origin.guild_id) == (
        JobKind.LEARN,
        CHANNEL,
        "ja",
        GUILD,
    )
    assert requests.learn_if_due(GUILD, CHANNEL, 1, "ja") is None  # it is under way


def test_only_faces_that_were_named_since_the_last_training_count(guild: Guild, requests: LabellingJobs) -> None:
    name_faces(guild, LEARN_FROM)
    guild.clock.advance(1)
    store_dataset(guild)
    store_dataset(guild, OTHER)
    guild.clock.advance(1)
    assert requests.learn_if_due(GUILD, CHANNEL, 1, "ja") is None
    name_faces(guild, LEARN_FROM - 1)
    store_dataset(guild, name="holiday")  # of another name, made by hand
    assert requests.learn_if_due(GUILD, CHANNEL, 1, "ja") is None
    name_faces(guild, 1)
    assert requests.learn_if_due(GUILD, CHANNEL, 1, "ja") is not None


def test_a_face_that_is_named_once_more_is_not_new(guild: Guild, requests: LabellingJobs) -> None:
    name_faces(guild, LEARN_FROM)
    guild.clock.advance(1)
    store_dataset(guild)
    guild.clock.advance(1)
    where = {"by": 2, "channel_id": CHANNEL, "message_id": None, "source": "this-is"}
    for number in range(1, LEARN_FROM + 1):
        guild.people.name_face(FaceRef(guild.job_ids[-1], number), GUILD, f"Person {number % 2}", **where)  # type: ignore[arg-type]
    assert requests.learn_if_due(GUILD, CHANNEL, 1, "ja") is None
