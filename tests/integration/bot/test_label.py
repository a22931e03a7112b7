"""Members answer cards: one after the other in one message, that only the member sees."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.labelling.consensus import SOMEBODY_ELSE
from core.domain.people import LabellingPolicy, NewFace, Person
from core.domain.teaching import TeachRequest
from core.storage.labelling_tables import labelling_votes
from sandbox.driver import Invocation, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.teacher import FakeTeaching
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face, jpeg, until
from tests.integration.bot.test_classify import EPHEMERAL
from tests.integration.core.labelling.builders import NoGold

GUILD = int(fixtures.GUILD_ID)
ALL, NO_PERSON, SKIP, UNDO = "✅ All right", "🚫 Not a person", "⏭️ Skip", "↩️ Undo"


@pytest.fixture
def mina(services: Services) -> Person:
    new = NewFace(1, face(1).box, 0.9, (), embedding(1), "test")
    return services.people.enrol(GUILD, "Mi_na", new, source="cli:x")


@pytest.fixture
def teaching(services: Services, worker: FakeWorker, mina: Person) -> FakeTeaching:
    """A guild with eleven contributed faces, which are likely Mina's."""
    services.guilds.update(GUILD, 1, LabellingPolicy.EVERYONE)
    services.labelling._random = NoGold(1)  # a gold face would be a twelfth
    fake = FakeTeaching(services, worker)
    fake.likely = lambda _face_id: {mina.id: 0.6, SOMEBODY_ELSE: 0.4}
    contribute(services, 11)
    return fake


def contribute(services: Services, count: int, job_id: int = 500) -> None:
    photos = tuple(services.blobs.put(jpeg(50, 30 + number)) for number in range(count))
    origin = Origin(GUILD, 0, 99, "en", 1, "")
    services.jobs.receive(JobRequest(job_id, JobKind.TEACH, origin, TeachRequest(photos).to_json()))
    services.jobs.submit(job_id)


async def started(member: Member) -> Json:
    return await (await member.command("label start")).wait_for(lambda m: bool(m["content"]))


async def next_card(pressed: Invocation, before: Json) -> Json:
    return await pressed.wait_for(lambda m: m["content"] != "" and m["attachments"] != before["attachments"])


def buttons(message: Json) -> list[str]:
    return [one["label"] for row in message["components"] for one in row["components"] if "label" in one]


async def test_a_grid_asks_about_nine_faces_and_the_answer_is_the_next_card(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member
) -> None:
    card = await started(ben)
    assert card["flags"] & EPHEMERAL
    assert card["content"].splitlines() == [
        "**Are all of these Mi\\_na?** Choose the numbers of those who are somebody else.",
        "0 of 20 faces",
    ]
    (select,) = card["components"][0]["components"]
    assert (select["placeholder"], len(select["options"])) == ("These are NOT Mi_na …", 9)
    assert buttons(card) == [ALL, NO_PERSON, SKIP, UNDO]
    assert [file["filename"] for file in card["attachments"]] == ["card.jpg"]

    following = await next_card(await ben.select(card, 0, ["2", "9"]), card)
    assert "9 of 20 faces" in following["content"]
    assert following["id"] == card["id"]
    assert len(teaching.drawn) >= 2  # the next card was drawn ahead
    with services.database.read() as connection:
        votes = connection.execute(labelling_votes.select()).all()
    assert sorted(vote.agrees for vote in votes) == [False] * 2 + [True] * 7


async def test_the_next_card_was_drawn_ahead(teaching: FakeTeaching, bot: OmokageBot, ben: Member) -> None:
    card = await started(ben)
    await until(lambda: len(teaching.drawn) == 2)
    following = await next_card(await ben.click(card, ALL), card)
    assert following["attachments"]
    assert teaching.drawn == sorted(set(teaching.drawn))  # each once


async def test_faces_that_show_no_person_are_left_out_before_the_answer(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, aiko: Member
) -> None:
    card = await started(aiko)
    choosing = await (await aiko.click(card, NO_PERSON)).wait_for(lambda m: buttons(m) == ["Back"])
    left = await (await aiko.select(choosing, 0, ["3"])).wait_for(lambda m: "No person: 3" in m["content"])
    assert len(left["components"][0]["components"][0]["options"]) == 8
    await next_card(await aiko.click(left, ALL), card)
    assert services.labelling.state(GUILD).settled == 1  # a moderator's word is enough


async def test_skip_and_undo(teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member) -> None:
    card = await started(ben)
    nothing = await (await ben.click(card, UNDO)).answer()
    assert nothing["content"].startswith("You have not answered a card yet")
    following = await next_card(await ben.click(card, ALL), card)
    undone = await (await ben.click(following, UNDO)).wait_for(lambda m: "0 of 20" in m["content"])
    assert len(undone["components"][0]["components"][0]["options"]) == 9
    await next_card(await ben.click(undone, SKIP), undone)
    assert services.labelling.faces_answered(GUILD, int(ben.id), services.jobs.get(500).created_at) == 0


async def test_a_name_card_offers_people_and_takes_another_name(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, mina: Person, ben: Member
) -> None:
    teaching.likely = lambda _face_id: {mina.id: 0.3, SOMEBODY_ELSE: 0.7}
    card = await started(ben)
    assert card["content"].startswith("**Who is this?**")
    assert buttons(card) == ["Mi_na", "Nobody of these", "✏️ Another name …", NO_PERSON, SKIP, UNDO]
    form = await (await ben.click(card, "✏️ Another name …")).modal()
    sent = await ben.submit(form, {"Name": "Otis"})
    following = await next_card(sent, card)
    third = await next_card(await ben.click(following, "Mi_na"), following)
    assert "Otis" in buttons(third)  # the card before was drawn ahead
    typed = await ben.command("label who", name="otis")
    await typed.wait_for(lambda m: bool(m["content"]))
    assert [person.name for person in services.people.list(GUILD)] == ["Mi_na", "Otis"]
    assert [person.pictures for person in services.people.list(GUILD)] == [
        1,
        0,
    ]  # by that member alone nobody is settled


async def test_a_card_that_is_shown_twice_is_answered_once(
    teaching: FakeTeaching, bot: OmokageBot, ben: Member
) -> None:
    card, same = await started(ben), await started(ben)
    await next_card(await ben.click(card, ALL), card)
    again = await (await ben.click(same, ALL)).answer()
    assert again["content"].startswith("This card is answered already")


async def test_who_may_not_label_is_refused_at_each_click(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member
) -> None:
    card = await started(ben)
    services.guilds.update(GUILD, 1, LabellingPolicy.MODERATORS)
    bot.guild_settings.forget(GUILD)
    for action in (ALL, SKIP, NO_PERSON):
        refused = await (await ben.click(card, action)).answer()
        assert "moderators" in refused["content"]
    assert "moderators" in (await (await ben.command("label start")).answer())["content"]


async def test_where_nothing_is_left_the_round_ends(
    teaching: FakeTeaching, bot: OmokageBot, services: Services, ben: Member
) -> None:
    card = await started(ben)
    following = await next_card(await ben.click(card, ALL), card)
    ended = await (await ben.click(following, ALL)).wait_for(lambda m: "Nothing is left" in m["content"])
    assert ended["content"].startswith("🎉 11 faces answered.")
    assert ended["attachments"] == []
    told = await (await ben.command("label me")).answer()
    assert told["flags"] & EPHEMERAL
    assert told["content"].startswith("You have answered")


async def test_a_worker_that_is_away_is_told_of_and_the_card_waits(  # noqa: PLR0917 - fixtures
    teaching: FakeTeaching,
    bot: OmokageBot,
    worker: FakeWorker,
    ben: Member,
    aiko: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.features.label.card._PATIENCE_S", 0.2)
    monkeypatch.setattr("bot.features.label.card._AT_ONCE_S", 0.1)
    await started(ben)
    worker.pause()
    away = await (await aiko.command("label start")).wait_for(lambda m: "does not answer" in m["content"])
    worker.resume()
    assert away["flags"] & EPHEMERAL
    assert (await started(aiko))["attachments"]
