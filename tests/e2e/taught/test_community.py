"""Five members teach the bot two people: photos, votes, a disagreement, a better answer, why, and none of it again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks.helpers.running_product import Running
from core.bootstrap import Services, build
from core.domain.labelling.cards import ShownCard
from core.settings import Settings
from core.storage.tables import faces, metadata
from sandbox.driver import Driver, Member
from sandbox.types import Json
from sandbox.world.fixtures import GUILD_ID
from tests.e2e.product import PATIENCE_S, call_off_checks, jpeg, keep, said

GUILD = int(GUILD_ID)
MINA, OTIS = 2, 3  # of the starter people
NAMES = {MINA: "Mina", OTIS: "Otis"}
TAUGHT = range(1, 11)  # seeds of the portraits that are contributed
LOOK_S = 0.9  # that a member looks at a grid: whoever is faster again and again is muted
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def services(product: Running) -> Iterator[Services]:
    with closing(build(Settings.from_env({"OMOKAGE_DATA": str(product.data)}), lambda *_: None)) as opened:
        yield opened


@dataclass
class Community:
    """Members, and whom the faces of each contribution show."""

    services: Services
    members: dict[str, Member]
    truth: dict[int, str] = field(default_factory=dict)  # names by the ids of jobs

    async def teach(self, member: str, person: int, seeds: range, name: str = "") -> Json:
        """Contribute portraits of somebody; return the answer."""
        form = await (await self.members[member].command("teach")).modal()
        photos = [(f"{person}-{seed}.jpg", jpeg(person, seed)) for seed in seeds]
        values = {"Photos": photos, "Who is in them?": name, "Do those in the photos agree?": ["agreed"]}
        sent = await self.members[member].submit(form, {key: value for key, value in values.items() if value})
        answer = await sent.wait_for(lambda m: "kept" in said(m), PATIENCE_S)
        job_id = int(answer["embeds"][0]["footer"]["text"].split()[-1])
        self.truth[job_id] = NAMES[person]
        return answer

    async def label(self, member: str, *, stubborn: bool = False) -> int:
        """Answer cards until none is left or the round is over; return how many. `stubborn`: strike right faces."""
        who = self.members[member]
        shown = await (await who.command("label start")).answer(PATIENCE_S)
        count = 0
        while (card := self.services.labelling.shown_card(GUILD, int(who.id))) is not None and _is_card(shown):
            clicked = await self._answer(who, shown, card, stubborn=stubborn)
            shown = await clicked.wait_for(lambda m: m["content"] != "", PATIENCE_S)
            count += 1
        return count

    async def _answer(self, who: Member, shown: Json, card: ShownCard, *, stubborn: bool) -> object:
        names = [self._name_of(face_id) for face_id in card.card.faces]
        if card.card.person is None:
            known = self.services.people.names(GUILD)
            offered = [known[id_] for id_ in card.card.names]
            if names[0] in offered:
                return await who.click(shown, names[0])
            form = await (await who.click(shown, "✏️ Another name …")).modal()
            return await who.submit(form, {"Name": names[0]})
        await asyncio.sleep(LOOK_S)
        asked = self.services.people.names(GUILD)[card.card.person]
        wrong = [str(number) for number, name in enumerate(names, 1) if (name != asked) is not stubborn]
        if wrong:
            return await who.select(shown, 0, wrong)
        return await who.click(shown, "✅ All right")

    def _name_of(self, face_id: int) -> str:
        with self.services.database.read() as connection:
            job_id = connection.execute(select(faces.c.job_id).where(faces.c.id == face_id)).scalar_one()
        return self.truth[job_id]


def _is_card(shown: Json) -> bool:
    return bool(shown["attachments"])


async def classify(member: Member, person: int, seed: int) -> Json:
    asked = await member.command("classify", photo=("photo.jpg", jpeg(person, seed)))
    return await asked.wait_for(lambda m: bool(m["embeds"]) and "job" in str(m["embeds"][0].get("footer")), PATIENCE_S)


def traces(services: Services, data: Path, name: str, blobs: set[str]) -> list[str]:
    """List where a name is left in the database or a log, and which of these blobs are still stored."""
    with services.database.read() as connection:
        found = [
            f"{table.name}: {row}"
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            if name.casefold() in str(row).casefold()
        ]
    logs = [str(log) for log in (data / "logs").glob("*.log") if name in log.read_text("utf-8", "replace")]
    return [*found, *logs, *(blob for blob in blobs if services.blobs.exists(blob))]


async def test_a_community_teaches_two_people_and_forgets_one(product: Running, services: Services) -> None:
    async with Driver(product.url) as driver:
        members = {name: await driver.member(name, "en-US") for name in ("aiko", "ben", "chie", "dai", "emi")}
        aiko, ben = members["aiko"], members["ben"]
        await aiko.wait_for_bot("teach", timeout=PATIENCE_S)
        await (await aiko.command("settings labelling", who="everyone")).answer()
        community = Community(services, members)
        before = await classify(ben, MINA, 20)
        assert "Mina" not in said(before)

        # Teach: one member says who it is, others leave that open
        await community.teach("aiko", MINA, range(1, 4), "Mina")
        await community.teach("ben", OTIS, range(1, 4), "Otis")
        await community.teach("chie", MINA, range(4, 11))
        await community.teach("dai", OTIS, range(4, 11))
        assert services.people.list(GUILD) == []

        # Vote, and disagree: Emi strikes right faces and leaves wrong ones
        for round_ in range(8):
            if round_ and not services.labelling.state(GUILD).open:
                break
            for name in members:
                await community.label(name, stubborn=name == "emi")
        await keep(product, "label-done")
        state = services.labelling.state(GUILD)
        assert (state.open, state.settled) == (0, 20)
        assert {person.name: person.pictures for person in services.people.list(GUILD)} == {"Mina": 10, "Otis": 10}

        # Retrain, for everybody to see, in one thread: of twenty labels it has learnt by itself already
        call_off_checks(product)
        asked = await ben.command("label learn")
        learnt = await ben.wait_for(lambda m: "🎓" in said(m) and asked.id in str(m["embeds"]), PATIENCE_S)
        await keep(product, "label-learnt")
        assert "20 faces of 2 people" in said(learnt)
        thread = await members["emi"].wait_for_event("THREAD_CREATE", timeout=PATIENCE_S)
        assert thread["id"] in {learnt["id"], learnt["channel_id"]}
        assert services.guilds.learning_thread(GUILD) == int(thread["id"])
        assert len(members["emi"].threads) == 1
        call_off_checks(product)

        # A better answer, and why
        after = await classify(ben, MINA, 20)
        assert "Mina" in said(after)
        why = await (await ben.click(after, "1 Why?")).wait_for(lambda m: bool(m["embeds"]), PATIENCE_S)
        await keep(product, "why")
        assert "Mina" in said(why)

        # Forgotten, without a trace
        with services.database.read() as connection:
            (mina,) = [person for person in services.people.list(GUILD) if person.name == "Mina"]
            crops = set(connection.execute(select(faces.c.photo).where(faces.c.person_id == mina.id)).scalars())
        assert len(crops) == 10
        question = await (await aiko.command("privacy forget-person", name="Mina")).answer()
        await (await aiko.click(question, 0)).wait_for(lambda m: "Mina" in m["content"] or m["embeds"], PATIENCE_S)
        async with asyncio.timeout(60):
            while any(one.finished_at is None for one in services.forgetter.receipts(GUILD)):  # noqa: ASYNC110 - a row
                await asyncio.sleep(0.2)
        again = await classify(ben, MINA, 20)
        assert "Mina" not in said(again)
        assert traces(services, product.data, "Mina", crops) == []
