"""Members say who somebody is."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.faces import Candidate
from core.domain.people import FaceRef, LabellingPolicy, NewFace
from sandbox.driver import Member
from sandbox.types import Json
from sandbox.world import cast
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO
from tests.integration.bot.worker import FakeWorker, embedding, face

GUILD = int(cast.GUILD_ID)


async def classified(member: Member) -> Json:
    return await (await member.command("classify", photo=PHOTO)).wait_for(lambda message: bool(message["embeds"]))


def lines(message: Json) -> list[str]:
    return str(message["embeds"][0]["description"]).splitlines()


def labels(message: Json) -> list[list[str]]:
    return [[one.get("label", one.get("placeholder")) for one in row["components"]] for row in message["components"]]


def enrolled(services: Services, *names: str) -> list[Candidate]:
    """People who are known already, with falling probabilities."""
    people = [
        services.people.enrol(GUILD, name, NewFace(1, face(1).box, 0.9, (), embedding(50 + n), "test"), source="cli:x")
        for n, name in enumerate(names)
    ]
    return [Candidate(person.id, person.name, 0.8 / (2**n)) for n, person in enumerate(people)]


async def test_a_new_name_is_typed_and_the_answer_is_redrawn(bot: OmokageBot, services: Services, aiko: Member) -> None:
    answer = await classified(aiko)
    assert labels(answer) == [["1 This is …"], ["2 This is …"]]

    form = await (await aiko.click(answer, "2 This is …")).modal()  # nobody is known: no list to choose from
    assert form["title"] == "Who is face 2?"
    named = await (await aiko.submit(form, {"Name": "  Hanako "})).answer()

    assert named["id"] == answer["id"]
    assert lines(named) == ["**1** · unknown", f"**2** · **Hanako** ✓ said by <@{aiko.id}>"]
    assert labels(named) == [["1 This is …"], ["2 Change …"]]
    assert named["embeds"][0]["image"]["url"] == answer["embeds"][0]["image"]["url"]
    assert [(person.name, person.pictures) for person in services.people.list(GUILD)] == [("Hanako", 1)]


async def test_a_known_person_is_chosen_from_the_list(bot: OmokageBot, services: Services, aiko: Member) -> None:
    enrolled(services, "Hanako", "Taro")
    answer = await classified(aiko)

    asked = await (await aiko.click(answer, "1 This is …")).answer()
    options = asked["components"][0]["components"][0]["options"]
    thanked = await (await aiko.select(asked, 0, "Taro")).answer()
    redrawn = await aiko.wait_for(lambda m: m["id"] == answer["id"] and "Taro" in m["embeds"][0]["description"])

    assert asked["flags"] & EPHEMERAL
    assert [option["label"] for option in options] == ["Hanako", "Taro", "Another or a new name …"]
    assert thanked["content"] == "Thank you. Face 1 is now **Taro**; I know this person from 2 pictures."
    assert thanked["components"] == []
    assert lines(redrawn)[0] == f"**1** · **Taro** ✓ said by <@{aiko.id}>"


async def test_another_name_is_typed_from_the_list(bot: OmokageBot, services: Services, aiko: Member) -> None:
    enrolled(services, "Hanako")
    answer = await classified(aiko)

    asked = await (await aiko.click(answer, "1 This is …")).answer()
    form = await (await aiko.select(asked, 0, "Another or a new name …")).modal()
    await (await aiko.submit(form, {"Name": "Jiro"})).answer()
    redrawn = await aiko.wait_for(lambda m: m["id"] == answer["id"] and "Jiro" in m["embeds"][0]["description"])

    assert labels(redrawn)[0] == ["1 Change …"]
    assert {person.name for person in services.people.list(GUILD)} == {"Hanako", "Jiro"}


async def test_a_name_is_confirmed_corrected_and_denied(
    bot: OmokageBot, services: Services, worker: FakeWorker, aiko: Member
) -> None:
    hanako, taro, jiro, mina = enrolled(services, "Hanako", "Taro", "Jiro", "Mina")

    worker.see = lambda _: [face(1, hanako, jiro, named=True), face(2, taro, mina, named=True)]
    answer = await classified(aiko)
    assert labels(answer)[0] == ["1 ✓ Hanako", "1 Someone else …", "1 ✗ Not Hanako"]

    confirmed = await (await aiko.click(answer, "1 ✓ Hanako")).answer()
    denied = await (await aiko.click(confirmed, "2 ✗ Not Taro")).answer()
    other = await (await aiko.click(denied, "1 Change …")).answer()
    await (await aiko.select(other, 0, "Jiro")).answer()
    changed = await aiko.wait_for(lambda m: m["id"] == answer["id"] and "**Jiro**" in m["embeds"][0]["description"])

    assert lines(confirmed)[0] == f"**1** · **Hanako** ✓ said by <@{aiko.id}>"
    assert lines(denied)[1] == "**2** · unknown · perhaps Mina 10%"
    assert lines(changed)[0] == f"**1** · **Jiro** ✓ said by <@{aiko.id}>"
    assert [link.person_id for link in services.people.cannot_links(GUILD)] == [taro.person_id]


async def test_who_may_name_faces_is_for_moderators_to_decide(
    bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    answer = await classified(ben)

    refused = await (await ben.click(answer, "1 This is …")).answer()
    await (await aiko.command("settings labelling", who="everyone")).answer()
    form = await (await ben.click(answer, "1 This is …")).modal()

    assert refused["flags"] & EPHEMERAL
    assert "only moderators may name faces" in refused["content"]
    assert form["title"] == "Who is face 1?"
    assert services.guilds.settings(GUILD).labelling is LabellingPolicy.EVERYONE


async def test_where_nobody_may_name_faces_there_are_no_buttons(bot: OmokageBot, aiko: Member) -> None:
    await (await aiko.command("settings labelling", who="off")).answer()

    assert (await classified(aiko))["components"] == []


@pytest.mark.parametrize(
    ("typed", "says"),
    [("@everyone", "mention"), ("\ue000", "cannot be shown"), ("unknown", "what I call a face that I do not know")],
)
async def test_a_name_that_is_none_is_refused(bot: OmokageBot, aiko: Member, typed: str, says: str) -> None:
    answer = await classified(aiko)
    form = await (await aiko.click(answer, "1 This is …")).modal()

    refused = await (await aiko.submit(form, {"Name": typed})).answer()

    assert refused["flags"] & EPHEMERAL
    assert says in refused["content"]


async def test_a_crowd_is_named_through_a_select_of_faces(
    bot: OmokageBot, services: Services, worker: FakeWorker, aiko: Member
) -> None:
    (hanako,) = enrolled(services, "Hanako")
    worker.see = lambda _: [face(1, hanako, named=True), *(face(number) for number in range(2, 32))]
    answer = await classified(aiko)
    assert labels(answer) == [["Faces 1 to 25 …"], ["Faces 26 to 31 …"]]

    asked = await (await aiko.select(answer, 0, "1 · Hanako")).answer()
    assert labels(asked) == [["1 ✓ Hanako", "1 Someone else …", "1 ✗ Not Hanako"]]
    thanked = await (await aiko.click(asked, "1 ✗ Not Hanako")).answer()
    redrawn = await aiko.wait_for(lambda m: m["id"] == answer["id"] and "**1** · unknown" in lines(m)[0])

    assert asked["flags"] & EPHEMERAL
    assert thanked["content"] == "Noted: face 1 is not **Hanako**."
    assert len(lines(redrawn)) == 31


async def test_the_label_says_who_said_it_where_and_how(bot: OmokageBot, services: Services, aiko: Member) -> None:
    answer = await classified(aiko)
    form = await (await aiko.click(answer, "1 This is …")).modal()
    await (await aiko.submit(form, {"Name": "Hanako"})).answer()

    with services.database.read() as connection:
        row = connection.exec_driver_sql("SELECT said_by, channel_id, message_id, source FROM labels").one()
    job_id = services.jobs.list(GUILD, None)[0].id

    assert tuple(row) == (int(aiko.id), int(cast.PHOTOS_ID), int(answer["id"]), "this-is")
    assert services.people.faces_of(job_id)[0].ref == FaceRef(job_id, 1)
