"""A member asks what is kept, takes it along, and is forgotten, on both kinds of database."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, insert, select, update

from core.domain.labelling.cards import CardRef
from core.domain.people import FaceRef
from core.domain.privacy import ReceiptKind
from core.domain.storage_limits import StorageLimits
from core.services.jobs.service import JobService
from core.services.labelling.service import LabellingService
from core.services.people.service import PeopleService
from core.services.privacy.members import ROWS_FILE, MemberData
from core.services.retention import RetentionService
from core.storage.blobs import Blobs
from core.storage.database import Database
from core.storage.privacy.member_rows import AUTHORS, OWNED
from core.storage.tables import jobs as jobs_table
from core.storage.training_tables import datasets, metadata, promotions
from tests.integration.core.builders import CHANNEL, GUILD, Clock, classify_result, new_face, request
from tests.integration.core.labelling.builders import NoGold, likely

AIKO, BEN = 909_030_555, 909_041_777  # long enough to be told from other numbers
OTHER = GUILD + 1
_AUTHOR_NAMES = ("member_id", "said_by", "created_by", "updated_by", "asked_by")


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "blobs"))


@pytest.fixture
def members(database: Database, blobs: Blobs, clock: Clock) -> MemberData:
    return MemberData(database, blobs, RetentionService(database, blobs, StorageLimits()), clock)


class Chat:
    """Members who post photos, name faces and answer cards."""

    def __init__(self, database: Database, jobs: JobService, people: PeopleService, blobs: Blobs, clock: Clock) -> None:
        self.database, self.jobs, self.people, self.blobs = database, jobs, people, blobs
        self.labelling = LabellingService(database, clock, NoGold())

    def post(self, job_id: int, member: int, *, guild: int = GUILD, photo: bytes = b"", faces: int = 1) -> str:
        stored = self.blobs.put(photo or f"photo {job_id}".encode())
        self.jobs.receive(request(job_id, guild, member))
        self.jobs.submit(job_id, stored)
        assert self.jobs.leases.claim(job_id, "worker")
        picture = self.blobs.put(f"answer {job_id}".encode())
        found = [new_face(number, float(job_id * 10 + number), 30.0 * number) for number in range(1, faces + 1)]
        result: dict[str, Any] = {**classify_result(*[() for _ in found]).to_json(), "picture": picture}
        assert self.jobs.leases.finish(job_id, "worker", result, found)
        return stored

    def name(self, job_id: int, number: int, name: str, by: int, guild: int = GUILD) -> int:
        where: dict[str, Any] = {"by": by, "channel_id": CHANNEL, "message_id": 77, "source": "this-is"}
        return self.people.name_face(FaceRef(job_id, number), guild, name, **where).id

    def furnish(self, member: int, guild: int = GUILD, first: int = 1) -> None:
        """Let a member leave something in every table that says who it was, but for trainings and receipts."""
        self.post(first, member, guild=guild, faces=4)
        self.name(first, 1, f"Anna {first}", member, guild)
        anna = self.people.list(guild)[0]
        ids = [face.ref for face in self.people.faces_of(first)]
        assert len(ids) == 4
        with self.database.read() as connection:
            table = metadata.tables["faces"]
            rows = connection.execute(select(table.c.id).where(table.c.job_id == first, table.c.person_id.is_(None)))
            faces = list(rows.scalars())
        self.labelling.add_faces(guild, likely(faces, anna))
        card = self.labelling.next_card(guild, member)
        assert card is not None
        self.labelling.answer_grid(CardRef(guild, member, card.id), frozenset())
        values = {"guild_id": guild, "name": "album", "version": first, "hash": "ab" * 32, "pictures": 1}
        values |= {"manifest": {"classes": [], "shards": [], "removed_by": member}, "created_by": member}
        now = self.labelling._clock()
        with self.database.write() as connection:
            connection.execute(insert(datasets).values({**values, "created_at": now}))
            promotion = {"guild_id": guild, "kind": "recogniser", "reason": "", "said_by": member, "created_at": now}
            connection.execute(insert(promotions).values(promotion))


@pytest.fixture
def chat(database: Database, jobs: JobService, people: PeopleService, blobs: Blobs, clock: Clock) -> Chat:
    return Chat(database, jobs, people, blobs, clock)


def columns_with(database: Database, number: int) -> set[str]:
    """Return the columns in which a number stands, alone or within text or JSON."""
    with database.read() as connection:
        return {
            str(column)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            for column in table.c
            if str(number) in json.dumps(row._mapping[column], default=str)
        }


def test_nothing_says_who_it_was_any_more(chat: Chat, members: MemberData, database: Database) -> None:
    # Given a member who did everything, and answers of others that say so
    chat.furnish(AIKO)
    chat.post(5, BEN)
    with database.write() as connection:
        answer = chat.jobs.get(5).result
        assert answer is not None
        face: Any = answer["faces"][0]  # type: ignore[index, call-overload]
        changed = {**answer, "faces": [{**face, "confirmed_by": AIKO}]}
        connection.execute(update(jobs_table).where(jobs_table.c.id == 5).values(result=changed))
    assert columns_with(database, AIKO) == {
        "jobs.member_id", "jobs.result", "labels.said_by", "people.created_by", "labelling_cards.member_id",
        "labelling_votes.member_id", "labelling_voters.member_id", "datasets.created_by", "datasets.manifest",
        "promotions.said_by",
    }  # fmt: skip
    # When the member is forgotten
    receipt = members.forget(GUILD, AIKO)
    # Then no table knows the id, and what was said about others still holds
    assert columns_with(database, AIKO) == set()
    assert (receipt.kind, receipt.asked_by, receipt.is_finished) == (ReceiptKind.MEMBER, 0, True)
    assert (receipt.counts["jobs"], receipt.counts["people"], receipt.counts["photos"]) == (1, 1, 1)
    assert [person.name for person in chat.people.list(GUILD)] == ["Anna 1"]
    assert len(chat.people.gallery.enrolled(GUILD).embeddings) == chat.people.list(GUILD)[0].pictures > 0
    assert chat.jobs.get(5).result is not None
    assert not any(members.counts(GUILD, AIKO).values())


def test_photos_of_the_member_go_but_those_that_somebody_else_sent_stay(
    chat: Chat, members: MemberData, blobs: Blobs
) -> None:
    own, both = chat.post(1, AIKO), chat.post(2, AIKO, photo=b"both")
    chat.post(3, BEN, photo=b"both")
    chat.name(1, 1, "Anna", BEN)
    members.forget(GUILD, AIKO)
    assert (blobs.exists(own), blobs.exists(both)) == (False, True)
    assert len(chat.people.gallery.enrolled(GUILD).embeddings) == 1  # without its photo


def test_a_guild_does_not_touch_what_the_member_did_elsewhere(
    chat: Chat, members: MemberData, database: Database
) -> None:
    chat.furnish(AIKO, OTHER, first=7)
    before = members.counts(OTHER, AIKO)
    assert members.counts(GUILD, AIKO)["jobs"] == 0
    members.forget(GUILD, AIKO)
    assert members.counts(OTHER, AIKO) == before
    assert "jobs.member_id" in columns_with(database, AIKO)


def test_a_job_that_runs_is_dropped(chat: Chat, members: MemberData, blobs: Blobs) -> None:
    chat.jobs.receive(request(1, GUILD, AIKO))
    chat.jobs.submit(1, blobs.put(b"photo"))
    assert chat.jobs.leases.claim(1, "worker")
    members.forget(GUILD, AIKO)
    assert not chat.jobs.leases.finish(1, "worker", classify_result(()).to_json(), [new_face()])


def test_an_export_has_the_own_rows_and_files_and_nobody_elses(chat: Chat, members: MemberData) -> None:
    chat.furnish(AIKO)
    chat.post(5, BEN)
    export = members.export(GUILD, AIKO, 1_000_000)
    archive = zipfile.ZipFile(io.BytesIO(export.data))
    rows = json.loads(archive.read(ROWS_FILE))
    assert export.left_out == 0
    assert [row["id"] for row in rows["jobs"]] == [1]
    assert {row["member_id"] for row in rows["votes"]} == {AIKO}
    assert "interaction_token" not in rows["jobs"][0]
    assert str(BEN) not in archive.read(ROWS_FILE).decode()
    files = [archive.read(name) for name in archive.namelist()]
    assert {b"photo 1", b"answer 1"} <= set(files)
    assert b"photo 5" not in files


def test_what_does_not_fit_is_counted_and_the_rows_come_alone(chat: Chat, members: MemberData) -> None:
    chat.post(1, AIKO, photo=bytes(range(256)) * 100)
    export = members.export(GUILD, AIKO, 10_000)
    assert export.left_out == 2
    assert zipfile.ZipFile(io.BytesIO(export.data)).namelist() == [ROWS_FILE]


def test_every_column_that_says_who_it_was_is_known() -> None:
    """A new table with such a column must be forgotten, too."""
    known = {str(column) for column in (*AUTHORS.values(), *OWNED.values())}
    in_tables = {
        str(column)
        for table in metadata.tables.values()
        for column in table.c
        if column.name in _AUTHOR_NAMES and isinstance(column.type, BigInteger)
    }
    assert in_tables == known
