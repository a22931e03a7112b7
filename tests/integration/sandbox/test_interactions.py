"""A real discord.py client and a member, through every kind of interaction."""

from __future__ import annotations

from functools import partial

import pytest

from sandbox.clock import ManualClock
from sandbox.driver import Driver, DriverError, Member, NoResponseError
from sandbox.types import Json
from tests.integration.sandbox.sample_bot import PIXEL, Bot

pytestmark = pytest.mark.usefixtures("bot")


def says(text: str, message: Json) -> bool:
    return bool(message["content"] == text)


async def test_a_photo_comes_back_with_the_deferred_answer_and_a_follow_up(driver: Driver, aiko: Member) -> None:
    invocation = await aiko.command("classify", photo=("me.png", PIXEL), note="hello")

    answer = await invocation.answer()
    follow_up = await invocation.wait_for(lambda message: message["content"] == "done")

    assert answer["content"] == f"{len(PIXEL)} bytes"
    assert answer["embeds"][0]["title"] == "me.png 1x1 hello"
    assert await driver.download(answer["embeds"][0]["image"]["url"]) == PIXEL
    assert answer["attachments"] == []  # the embed shows it
    assert await driver.download(follow_up["attachments"][0]["url"]) == PIXEL
    assert [message["id"] for message in invocation.messages] == [answer["id"], follow_up["id"]]


async def test_options_of_every_type_arrive(aiko: Member, ben: Member) -> None:
    channels = {channel: channel for channel in ("1290000000000000012",)}

    invocation = await aiko.command(
        "options", whole=3, real=1.5, flag=True, who=ben, where=channels["1290000000000000012"]
    )

    assert (await invocation.answer())["content"] == "3 1.5 True Ben general"


async def test_an_ephemeral_answer_is_seen_by_its_member_alone(aiko: Member, ben: Member) -> None:
    answer = await (await aiko.command("options", whole=1, real=2, flag=False, who=aiko)).answer()
    public = await (await aiko.command("count")).answer()
    await ben.wait_for(lambda message: message["id"] == public["id"])

    assert answer["id"] in [message["id"] for message in aiko.messages()]
    assert answer["id"] not in [message["id"] for message in ben.messages()]


@pytest.mark.parametrize("private", [False, True])
async def test_a_picture_in_an_answer_is_replaced_by_a_button(driver: Driver, ben: Member, private: bool) -> None:
    answer = await (await ben.command("picture", private=private)).answer()
    first = await driver.download(answer["attachments"][0]["url"])

    invocation = await ben.click(answer, "Again")
    replaced = await invocation.answer()
    await ben.wait_for_event("MESSAGE_DELETE")

    assert bool(answer["flags"] & 64) is private
    assert (first, await driver.download(replaced["attachments"][0]["url"])) == (PIXEL, PIXEL + b"2")
    assert replaced["components"] == []
    follow_up = [frame["d"].get("content") for frame in invocation.frames if frame["d"].get("id") != answer["id"]]
    assert [text for text in follow_up if text] == ["q.png", "edited"]
    assert [message["id"] for message in invocation.messages] == [answer["id"]]


async def test_a_dynamic_button_counts_in_its_custom_id(aiko: Member, ben: Member) -> None:
    message = await (await aiko.command("count")).answer()
    message = await (await aiko.click(message, "Count 0")).answer()
    message = await (await ben.click(message, "counter:")).answer()

    assert message["content"] == "Pressed 2 times"
    assert message["components"][0]["components"][0]["custom_id"] == "counter:2"


async def test_a_select_is_answered(aiko: Member) -> None:
    panel = await (await aiko.command("panel")).answer()

    answer = await (await aiko.select(panel, "panel:who", ["Bob"])).answer()

    assert answer["content"] == "You chose bob"


async def test_a_user_select_resolves_the_member(aiko: Member, ben: Member) -> None:
    panel = await (await aiko.command("panel")).answer()

    answer = await (await aiko.select(panel, "panel:member", ben.id)).answer()

    assert answer["content"] == "You chose Ben"


async def test_a_button_opens_a_form_and_the_form_edits_the_message(aiko: Member) -> None:
    panel = await (await aiko.command("panel")).answer()
    modal = await (await aiko.click(panel, "Name")).modal()

    answer = await (await aiko.submit(modal, {"Name": "Ada", "Kind": "person"})).answer()

    assert answer["id"] == panel["id"]
    assert answer["content"] == "Ada (person)"


async def test_a_command_opens_a_form(aiko: Member) -> None:
    modal = await (await aiko.command("name")).modal()

    answer = await (await aiko.submit(modal, {"Name": "Bob", "Kind": "Pet"})).answer()

    assert answer["content"] == "Bob (Pet)"
    assert answer["interaction_metadata"]["triggering_interaction_metadata"]["name"] == "name"


async def test_every_kind_of_field_is_filled_in(aiko: Member) -> None:
    modal = await (await aiko.command("everything")).modal()
    values = {"Photo": [("a.png", PIXEL)], "Size": "M", "Wishes": ["A", "C"], "Sure": True}

    answer = await (await aiko.submit(modal, values)).answer()

    assert answer["content"] == f"['a.png:{len(PIXEL)}'] M ['A', 'C'] True"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Size": "M"}, "Photo: choose 1 to 2"),
        ({"Photo": [("a.png", PIXEL)]}, "Size: this is required"),
        ({"Photo": [("a.png", PIXEL)], "Size": "XL"}, "not one of the options"),
        ({"Photo": [("a.png", PIXEL)], "Size": "M", "Wishes": ["A", "B", "C"]}, "Wishes: choose"),
        ({"Photo": [("a.png", PIXEL)], "Size": "M", "Wishes": ["Z"]}, "not one of the options"),
        ({"Photo": [("a.png", PIXEL)], "Size": "M", "Colour": "red"}, "no 'Colour'"),
    ],
)
async def test_a_form_that_is_filled_in_wrongly_is_refused(aiko: Member, values: Json, words: str) -> None:
    modal = await (await aiko.command("everything")).modal()

    with pytest.raises(DriverError, match=words):
        await aiko.submit(modal, values)


async def test_a_form_with_a_missing_field_is_refused(aiko: Member) -> None:
    modal = await (await aiko.command("name")).modal()

    with pytest.raises(DriverError, match="required"):
        await aiko.submit(modal, {"Kind": "Pet"})


async def test_a_deferred_update_edits_the_message_and_follows_up_in_private(aiko: Member, ben: Member) -> None:
    panel = await (await aiko.command("panel")).answer()

    invocation = await ben.click(panel, "Later")
    edited = await invocation.answer()
    more = await invocation.wait_for(lambda message: message["content"] == "And more")

    assert edited["id"] == panel["id"]
    assert edited["content"] == "Later is now"
    assert more["flags"] & 64
    assert more["id"] not in [message["id"] for message in aiko.messages()]


async def test_a_disabled_button_cannot_be_pressed(aiko: Member) -> None:
    panel = await (await aiko.command("panel")).answer()

    with pytest.raises(DriverError, match="disabled"):
        await aiko.click(panel, "Never")


async def test_autocomplete_offers_choices_for_what_was_typed(aiko: Member) -> None:
    choices = await aiko.autocomplete("find", "person", "a")

    assert choices == [{"name": "Ada", "value": "ada"}, {"name": "Alan", "value": "alan"}]


async def test_the_locale_of_a_member_reaches_the_bot(driver: Driver) -> None:
    chie = await driver.member("chie")

    assert (await (await chie.command("find", person="x")).answer())["content"] == "x ja"


async def test_a_message_menu_shows_the_message_in_full(aiko: Member, ben: Member) -> None:
    message = await aiko.send("look", files=[("us.png", PIXEL)])

    answer = await (await ben.menu("Who is this?", message)).answer()

    assert answer["content"] == "Aiko: look us.png"
    assert answer["type"] == 23


async def test_a_user_menu_resolves_the_member(aiko: Member, ben: Member) -> None:
    assert (await (await aiko.menu("Card", ben)).answer())["content"] == "Card of Ben"


async def test_a_sub_command_for_moderators_is_not_offered_to_others(aiko: Member, ben: Member) -> None:
    assert (await (await aiko.command("train status", run=7)).answer())["content"] == "run 7"
    with pytest.raises(DriverError, match="no command"):
        await ben.command("train status")


async def test_progress_edits_arrive_one_by_one(aiko: Member) -> None:
    invocation = await aiko.command("progress")
    for text in ("0 %", "50 %", "100 %"):
        await invocation.wait_for(partial(says, text))

    kinds = [frame["t"] for frame in invocation.frames]
    assert kinds == ["MESSAGE_CREATE", "INTERACTION_ACK", "MESSAGE_UPDATE", "MESSAGE_UPDATE", "MESSAGE_UPDATE"]
    assert invocation.frames[0]["d"]["flags"] & 128


async def test_a_bot_that_says_nothing_did_not_respond(aiko: Member, clock: ManualClock) -> None:
    invocation = await aiko.command("silent")
    clock.advance(3.1)

    with pytest.raises(NoResponseError):
        await invocation.answer()
    assert invocation.failed


async def test_the_bot_does_not_see_the_content_of_messages_without_the_intent(aiko: Member, bot: Bot) -> None:
    await aiko.send("secret")
    await (await aiko.command("count")).answer()

    assert [message.content for message in bot.seen if message.author.name == "aiko"] == [""]
