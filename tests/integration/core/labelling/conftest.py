"""A guild in which no gold face is shown, and somebody who is known there."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.domain.people import Person
from core.services.jobs.service import JobService
from core.services.labelling.service import LabellingService
from core.services.labelling.voters import VoterService
from core.services.people.service import PeopleService
from core.storage.blobs import Blobs
from core.storage.database import Database
from tests.integration.core.builders import Clock
from tests.integration.core.labelling.builders import Guild, NoGold


@pytest.fixture
def guild(database: Database, people: PeopleService, jobs: JobService, clock: Clock) -> Guild:
    return Guild(
        database, people, LabellingService(database, clock, NoGold(1)), clock, jobs, VoterService(database, clock)
    )


@pytest.fixture
def haru(guild: Guild) -> Person:
    return guild.person("Haru")


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))
