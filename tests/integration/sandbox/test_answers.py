"""Discord's rules for answering an interaction."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.clock import ManualClock
from sandbox.driver import DriverError, Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.sandbox.raw_bot import RawBot

MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
HI: Json = {"content": "hi"}
EPHEMERAL = 64


@pytest.fixture
async def interaction(raw: RawBot, aiko: Member) -> Json:
    await aiko.wait_for_bot("go")
    await aiko.command("go")
    return await raw.next()


async def test_an_interaction_says_who_where_and_with_which_permissions(interaction: Json) -> None:
    assert interaction["member"]["user"]["username"] == "aiko"
    assert int(interaction["member"]["permissions"]) & 1 << 5  # manage guild
    assert not int(interaction["app_permissions"]) & 1 << 13  # manage messages
    assert (interaction["locale"], interaction["guild_locale"]) == ("en-US", "en-US")
    assert interaction["channel"]["id"] == interaction["channel_id"] == fixtures.PHOTOS_ID
    assert interaction["authorizing_integration_owners"] == {"0": fixtures.GUILD_ID}
    assert interaction["attachment_size_limit"] == 10 * 1024 * 1024
    assert (interaction["version"], interaction["context"], interaction["entitlements"]) == (1, 0, [])


async def test_a_second_answer_is_refused(raw: RawBot, interaction: Json) -> None:
    first = await raw.respond(interaction, MESSAGE, HI)
    second = await raw.respond(interaction, MESSAGE, HI)

    assert first.status == 200
    assert (second.status, second.code) == (400, 40060)


async def test_an_answer_after_three_seconds_finds_nothing(
    raw: RawBot, interaction: Json, aiko: Member, clock: ManualClock
) -> None:
    clock.advance(3.01)
    failed = await aiko.wait_for_event("INTERACTION_FAILED")
    late = await raw.respond(interaction, MESSAGE, HI)

    assert failed["message"] == "The application did not respond"
    assert (late.status, late.code) == (404, 10062)


async def test_a_wrong_token_finds_nothing(raw: RawBot, interaction: Json) -> None:
    answer = await raw.respond(interaction | {"token": "wrong"}, MESSAGE, HI)

    assert (answer.status, answer.code) == (404, 10062)


async def test_a_refused_answer_may_be_tried_again(raw: RawBot, interaction: Json) -> None:
    refused = await raw.respond(interaction, MESSAGE, {"content": "x" * 2001})
    again = await raw.respond(interaction, MESSAGE, HI)

    assert refused.error_at("data", "content") == "BASE_TYPE_MAX_LENGTH"
    assert again.status == 200


@pytest.mark.parametrize("kind", [1, DEFER_UPDATE, UPDATE, CHOICES, 12])
async def test_a_command_takes_no_answer_meant_for_something_else(raw: RawBot, interaction: Json, kind: int) -> None:
    answer = await raw.respond(interaction, kind, HI)

    assert (answer.status, answer.error_at("type")) == (400, "BASE_TYPE_CHOICES")


async def test_without_an_answer_the_webhook_is_unknown(raw: RawBot, interaction: Json) -> None:
    answer = await raw.webhook("POST", interaction, body=HI)

    assert (answer.status, answer.code) == (404, 10015)


async def test_the_token_dies_after_a_quarter_of_an_hour(raw: RawBot, interaction: Json, clock: ManualClock) -> None:
    await raw.respond(interaction, MESSAGE, HI)
    clock.advance(899)
    alive = await raw.webhook("PATCH", interaction, "/messages/@original", HI)
    clock.advance(2)
    dead = [await raw.webhook(*request) for request in _uses(interaction)]

    assert alive.status == 200
    assert {(answer.status, answer.code) for answer in dead} == {(401, 50027)}


async def test_thinking_ends_with_the_token(raw: RawBot, interaction: Json, aiko: Member, clock: ManualClock) -> None:
    await raw.respond(interaction, DEFER)
    clock.advance(901)

    failed = await aiko.wait_for_event("INTERACTION_FAILED")

    assert failed["id"] == interaction["id"]


def _uses(interaction: Json) -> list[tuple[str, Json, str, object]]:
    original = "/messages/@original"
    return [
        ("POST", interaction, "", HI),
        ("GET", interaction, original, None),
        ("PATCH", interaction, original, HI),
        ("DELETE", interaction, original, None),
    ]


async def test_the_first_follow_up_takes_the_deferred_answers_place(raw: RawBot, interaction: Json) -> None:
    deferred = await raw.respond(interaction, DEFER)
    first = await raw.webhook("POST", interaction, body=HI | {"flags": EPHEMERAL})
    second = await raw.webhook("POST", interaction, body=HI | {"flags": EPHEMERAL})

    assert isinstance(deferred.body, dict)
    assert isinstance(first.body, dict)
    assert isinstance(second.body, dict)
    assert deferred.body["interaction"]["response_message_loading"]
    assert first.body["id"] == deferred.body["interaction"]["response_message_id"]
    assert not first.body["flags"] & (EPHEMERAL | 128)
    assert second.body["id"] != first.body["id"]
    assert second.body["flags"] & EPHEMERAL
    assert second.body["interaction_metadata"]["original_response_message_id"] == first.body["id"]


async def test_after_the_original_is_deleted_a_follow_up_may_be_ephemeral(
    raw: RawBot, interaction: Json, ben: Member
) -> None:
    await raw.respond(interaction, DEFER)
    await raw.webhook("DELETE", interaction, "/messages/@original")
    follow_up = await raw.webhook("POST", interaction, body=HI | {"flags": EPHEMERAL})
    original = await raw.webhook("GET", interaction, "/messages/@original")

    assert isinstance(follow_up.body, dict)
    assert follow_up.body["flags"] & EPHEMERAL
    assert (original.status, original.code) == (404, 10008)
    assert ben.messages() == []


async def test_an_ephemeral_answer_exists_for_its_token_alone(raw: RawBot, interaction: Json) -> None:
    answer = await raw.respond(interaction, MESSAGE, HI | {"flags": EPHEMERAL})
    assert isinstance(answer.body, dict)
    path = f"/messages/{answer.body['resource']['message']['id']}"

    by_channel = await raw.call("GET", f"/channels/{fixtures.PHOTOS_ID}{path}")
    history = await raw.call("GET", f"/channels/{fixtures.PHOTOS_ID}/messages")
    by_token = await raw.webhook("PATCH", interaction, path, {"content": "changed"})

    assert (by_channel.status, by_channel.code) == (404, 10008)
    assert history.body == []
    assert by_token.status == 200


async def test_a_message_of_another_interaction_is_out_of_reach(raw: RawBot, interaction: Json, aiko: Member) -> None:
    answer = await raw.respond(interaction, MESSAGE, HI)
    await aiko.command("go")
    other = await raw.next()
    await raw.respond(other, MESSAGE, HI)
    assert isinstance(answer.body, dict)

    stolen = await raw.webhook("PATCH", other, f"/messages/{answer.body['resource']['message']['id']}", HI)

    assert (stolen.status, stolen.code) == (404, 10008)


async def test_autocomplete_takes_at_most_25_choices_of_the_right_kind(raw: RawBot, aiko: Member) -> None:
    await aiko.wait_for_bot("go")
    typed = asyncio.create_task(aiko.autocomplete("go", "word", "w"))
    interaction = await raw.next()
    choices = [{"name": str(n), "value": str(n)} for n in range(26)]

    too_many = await raw.respond(interaction, CHOICES, {"choices": choices})
    wrong = await raw.respond(interaction, CHOICES, {"choices": [{"name": "n", "value": 1}]})
    right = await raw.respond(interaction, CHOICES, {"choices": choices[:25]})

    assert interaction["data"]["options"] == [{"name": "word", "type": 3, "value": "w", "focused": True}]
    assert too_many.error_at("data", "choices") == "BASE_TYPE_MAX_LENGTH"
    assert wrong.error_at("data", "choices", 0, "value") == "BASE_TYPE_BAD_TYPE"
    assert right.status == 200
    assert await typed == choices[:25]


async def test_autocomplete_without_an_answer_fails_after_three_seconds(
    raw: RawBot, aiko: Member, clock: ManualClock
) -> None:
    await aiko.wait_for_bot("go")
    typed = asyncio.create_task(aiko.autocomplete("go", "word", "w"))
    await raw.next()
    clock.advance(3.01)

    with pytest.raises(DriverError, match="failed"):
        await typed


async def test_a_form_that_breaks_a_limit_is_not_opened(raw: RawBot, interaction: Json) -> None:
    field = {"type": 4, "custom_id": "a", "style": 1, "label": "x" * 46}
    modal = {"title": "x" * 46, "custom_id": "m", "components": [{"type": 1, "components": [field]}]}

    answer = await raw.respond(interaction, MODAL, modal)

    assert answer.error_at("data", "title") == "BASE_TYPE_BAD_LENGTH"
    assert answer.error_at("data", "components", 0, "components", 0, "label") == "BASE_TYPE_BAD_LENGTH"
