"""Members say who somebody is."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.faces import Candidate
from core.domain.people import FaceRef, LabellingPolicy, NewFace
from core.settings import Settings
from sandbox.driver import Member
from sandbox.driver.invocation import Invocation
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.conftest import kill, serving
from tests.integration.bot.fakes.worker import FakeWorker, embedding, face
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO

GUILD = int(fixtures.GUILD_ID)
BOTH = "Name these faces (1, 2) …"


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
    assert labels(answer) == [["1 This is …"], ["2 This is …"], [BOTH]]

    form = await (await aiko.click(answer, "2 This is …")).modal()  # nobody is known: no list to choose from
    assert form["title"] == "Who is face 2?"
    named = await (await aiko.submit(form, {"Name": "  Hanako "})).answer()

    assert named["id"] == answer["id"]
    assert lines(named) == ["**1** · unknown", f"**2** · **Hanako** ✓ said by <@{aiko.id}>"]
    assert labels(named) == [["1 This is …"], ["2 Change …"]]
    assert named["embeds"][0]["image"]["url"] == answer["embeds"][0]["image"]["url"]
    assert [(person.name, person.pictures) for person in services.people.list(GUILD)] == [("Hanako", 1)]


async def test_a_known_person_is_chosen_in_the_form(bot: OmokageBot, services: Services, aiko: Member) -> None:
    enrolled(services, "Hanako", "Taro")
    answer = await classified(aiko)

    form = await (await aiko.click(answer, "1 This is …")).modal()
    options = form["components"][0]["component"]["options"]
    redrawn = await (await aiko.submit(form, {"Somebody I know": "Taro"})).answer()

    assert [option["label"] for option in options] == ["Hanako", "Taro"]
    assert redrawn["id"] == answer["id"]
    assert lines(redrawn)[0] == f"**1** · **Taro** ✓ said by <@{aiko.id}>"
    assert labels(redrawn) == [["1 Change …"], ["2 This is …"]]
    assert {(person.name, person.pictures) for person in services.people.list(GUILD)} == {("Hanako", 1), ("Taro", 2)}


async def test_another_name_is_typed_below_the_list(bot: OmokageBot, services: Services, aiko: Member) -> None:
    enrolled(services, "Hanako")
    answer = await classified(aiko)

    form = await (await aiko.click(answer, "1 This is …")).modal()
    redrawn = await (await aiko.submit(form, {"Or another name": "Jiro"})).answer()

    assert labels(redrawn)[0] == ["1 Change …"]
    assert {person.name for person in services.people.list(GUILD)} == {"Hanako", "Jiro"}


async def test_a_typed_name_counts_more_than_a_choice_and_the_member_is_told(
    bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrolled(services, "Hanako", "Taro")
    answer = await classified(aiko)

    form = await (await aiko.click(answer, "1 This is …")).modal()
    submitted = await aiko.submit(form, {"Somebody I know": "Taro", "Or another name": "Jiro"})
    told = await submitted.wait_for(lambda message: bool(message["flags"] & EPHEMERAL))
    redrawn = await aiko.wait_for(lambda m: m["id"] == answer["id"] and "Jiro" in m["embeds"][0]["description"])

    assert told["content"].startswith("You chose **Taro** and typed **Jiro**.")
    assert lines(redrawn)[0] == f"**1** · **Jiro** ✓ said by <@{aiko.id}>"


async def test_the_name_that_was_chosen_may_be_typed_as_well(bot: OmokageBot, services: Services, aiko: Member) -> None:
    enrolled(services, "Hanako", "Taro")
    form = await (await aiko.click(await classified(aiko), "1 This is …")).modal()

    submitted = await aiko.submit(form, {"Somebody I know": "Taro", "Or another name": "taro"})
    await submitted.answer()

    assert len(submitted.messages) == 1  # the answer; nothing is to be explained


async def test_a_form_that_says_nobody_changes_nothing_and_says_so(
    bot: OmokageBot, services: Services, aiko: Member
) -> None:
    enrolled(services, "Hanako")
    form = await (await aiko.click(await classified(aiko), "1 This is …")).modal()

    answer = await (await aiko.submit(form, {"Or another name": "   "})).answer()

    assert answer["flags"] & EPHEMERAL
    assert "so face 1 stays as it was" in answer["content"]
    assert [(person.name, person.pictures) for person in services.people.list(GUILD)] == [("Hanako", 1)]


async def test_several_unknown_faces_are_named_in_one_form(
    bot: OmokageBot, services: Services, worker: FakeWorker, aiko: Member
) -> None:
    hanako, taro = enrolled(services, "Hanako", "Taro")
    worker.see = lambda _: [face(1, hanako, named=True), face(2, taro), *(face(number) for number in range(3, 9))]
    answer = await classified(aiko)
    assert labels(answer)[-1] == ["Name these faces (2, 3, 4, 5, 6) …"]

    form = await (await aiko.click(answer, -1)).modal()
    hints = [label["component"]["placeholder"] for label in form["components"]]
    named = await (await aiko.submit(form, {"Face 2": "taro", "Face 4": "Jiro", "Face 6": "Mina"})).answer()

    assert form["title"] == "Who are these people?"
    assert hints == ["Perhaps Taro? Or leave it empty", *["A name, or leave it empty"] * 4]
    assert named["id"] == answer["id"]
    assert [line for line in lines(named) if "said by" in line] == [
        f"**{number}** · **{name}** ✓ said by <@{aiko.id}>" for number, name in ((2, "Taro"), (4, "Jiro"), (6, "Mina"))
    ]
    assert labels(named)[-1] == ["Name these faces (3, 5, 7, 8) …"]


async def test_a_name_that_is_refused_does_not_cost_the_others(
    bot: OmokageBot, services: Services, aiko: Member
) -> None:
    form = await (await aiko.click(await classified(aiko), BOTH)).modal()

    submitted = await aiko.submit(form, {"Face 1": "@everyone", "Face 2": "Jiro"})
    told = await submitted.wait_for(lambda message: bool(message["flags"] & EPHEMERAL))

    assert told["content"].startswith("**1** · The name must not contain a mention")
    assert [person.name for person in services.people.list(GUILD)] == ["Jiro"]


@pytest.mark.parametrize("values", [{}, {"Face 1": "@here", "Face 2": "\ue000"}])
async def test_a_form_for_several_faces_without_a_usable_name_says_so(
    bot: OmokageBot, services: Services, aiko: Member, values: Json
) -> None:
    form = await (await aiko.click(await classified(aiko), BOTH)).modal()

    answer = await (await aiko.submit(form, values)).answer()

    assert answer["flags"] & EPHEMERAL
    assert answer["content"].count("**") == 2 * len(values)
    assert services.people.list(GUILD) == []


async def test_only_those_who_may_name_faces_name_several(bot: OmokageBot, ben: Member) -> None:
    refused = await (await ben.click(await classified(ben), BOTH)).answer()

    assert "only moderators may name faces" in refused["content"]


async def test_a_button_for_several_faces_looks_up_which_those_are(
    bot: OmokageBot, services: Services, aiko: Member
) -> None:
    answer = await classified(aiko)
    form = await (await aiko.click(answer, BOTH)).modal()
    await (await aiko.submit(form, {"Face 1": "Hanako", "Face 2": "Jiro"})).answer()

    told = await (await press_old(bot, aiko, f"faces-name:{services.jobs.newest(GUILD, None)[0].id}")).answer()

    assert told["content"] == "Every face in this photo has a name by now. Thank you!"


async def test_forms_that_were_open_when_the_bot_was_killed_are_still_taken(
    services: Services, settings: Settings, worker: FakeWorker, aiko: Member
) -> None:
    enrolled(services, "Hanako")
    async with serving(services, settings, worker) as first:
        answer = await classified(aiko)
        one = await (await aiko.click(answer, "1 This is …")).modal()
        several = await (await aiko.click(answer, BOTH)).modal()
        await kill(first)

    async with serving(services, settings, worker):
        await (await aiko.submit(one, {"Somebody I know": "Hanako"})).answer()
        named = await (await aiko.submit(several, {"Face 2": "Jiro"})).answer()

    assert [line.split(" ✓")[0] for line in lines(named)] == ["**1** · **Hanako**", "**2** · **Jiro**"]


async def test_a_list_that_an_earlier_version_posted_still_names(
    bot: OmokageBot, services: Services, aiko: Member
) -> None:
    hanako, _taro = enrolled(services, "Hanako", "Taro")
    answer = await classified(aiko)
    place = f"{services.jobs.newest(GUILD, None)[0].id}:2:{answer['id']}"
    options = [("Hanako", str(hanako.person_id)), ("Another or a new name …", "new")]
    prompt = await old_message(bot, discord.ui.Select(custom_id=f"person:{place}", options=options_of(options)))

    form = await (await aiko.select(prompt, 0, "Another or a new name …")).modal()
    thanked = await (await aiko.select(prompt, 0, "Hanako")).answer()

    assert form["title"] == "Who is face 2?"
    assert thanked["content"] == "Thank you. Face 2 is now **Hanako**; I know this person from 2 pictures."
    await aiko.wait_for(lambda m: m["id"] == answer["id"] and "Hanako" in m["embeds"][0]["description"])


def options_of(pairs: list[tuple[str, str]]) -> list[discord.SelectOption]:
    return [discord.SelectOption(label=label, value=value) for label, value in pairs]


async def old_message(bot: OmokageBot, item: discord.ui.Item[Any]) -> Json:
    """A message as an earlier version of the bot left it, in the channel."""
    channel = bot.get_partial_messageable(int(fixtures.PHOTOS_ID), guild_id=GUILD)
    sent = await channel.send("Who is face 2?", view=discord.ui.View(timeout=None).add_item(item))
    return {
        "id": str(sent.id),
        "channel_id": fixtures.PHOTOS_ID,
        "components": [row.to_dict() for row in sent.components],
    }


async def press_old(bot: OmokageBot, member: Member, custom_id: str) -> Invocation:
    message = await old_message(bot, discord.ui.Button(label="Old", custom_id=custom_id))
    return await member.click(message, 0)


async def test_a_name_is_confirmed_corrected_and_denied(
    bot: OmokageBot, services: Services, worker: FakeWorker, aiko: Member
) -> None:
    hanako, taro, jiro, mina = enrolled(services, "Hanako", "Taro", "Jiro", "Mina")

    worker.see = lambda _: [face(1, hanako, jiro, named=True), face(2, taro, mina, named=True)]
    answer = await classified(aiko)
    assert labels(answer)[0] == ["1 ✓ Hanako", "1 Someone else …", "1 ✗ Not Hanako", "1 Why?"]

    confirmed = await (await aiko.click(answer, "1 ✓ Hanako")).answer()
    denied = await (await aiko.click(confirmed, "2 ✗ Not Taro")).answer()
    form = await (await aiko.click(denied, "1 Change …")).modal()
    changed = await (await aiko.submit(form, {"Somebody I know": "Jiro"})).answer()

    assert lines(confirmed)[0] == f"**1** · **Hanako** ✓ said by <@{aiko.id}>"
    assert lines(denied)[1] == "**2** · unknown · perhaps Mina 10%"
    assert lines(changed)[0] == f"**1** · **Jiro** ✓ said by <@{aiko.id}>"
    assert [link.person_id for link in services.people.gallery.cannot_links(GUILD)] == [taro.person_id]


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
    assert labels(answer)[:2] == [["Faces 1 to 25 …"], ["Faces 26 to 31 …"]]

    asked = await (await aiko.select(answer, 0, "1 · Hanako")).answer()
    assert labels(asked) == [["1 ✓ Hanako", "1 Someone else …", "1 ✗ Not Hanako", "1 Why?"]]
    thanked = await (await aiko.click(asked, "1 ✗ Not Hanako")).answer()
    redrawn = await aiko.wait_for(lambda m: m["id"] == answer["id"] and "**1** · unknown" in lines(m)[0])

    assert asked["flags"] & EPHEMERAL
    assert thanked["content"] == "Noted: face 1 is not **Hanako**."
    assert len(lines(redrawn)) == 31


async def test_an_unknown_face_of_a_crowd_is_named_in_two_steps(
    bot: OmokageBot, worker: FakeWorker, aiko: Member
) -> None:
    worker.see = lambda _: [face(number) for number in range(1, 9)]
    answer = await classified(aiko)

    form = await (await aiko.select(answer, 0, "7 · unknown")).modal()
    named = await (await aiko.submit(form, {"Name": "Hanako"})).answer()

    assert named["id"] == answer["id"]
    assert lines(named)[6] == f"**7** · **Hanako** ✓ said by <@{aiko.id}>"


async def test_the_label_says_who_said_it_where_and_how(bot: OmokageBot, services: Services, aiko: Member) -> None:
    answer = await classified(aiko)
    form = await (await aiko.click(answer, "1 This is …")).modal()
    await (await aiko.submit(form, {"Name": "Hanako"})).answer()

    with services.database.read() as connection:
        row = connection.exec_driver_sql("SELECT said_by, channel_id, message_id, source FROM labels").one()
    job_id = services.jobs.newest(GUILD, None)[0].id

    assert tuple(row) == (int(aiko.id), int(fixtures.PHOTOS_ID), int(answer["id"]), "this-is")
    assert services.people.faces_of(job_id)[0].ref == FaceRef(job_id, 1)
