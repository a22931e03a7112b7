"""Sizes, counts and rates that Discord allows."""

from __future__ import annotations

import io
import time

import discord
import pytest

from sandbox.clock import ManualClock
from sandbox.config import Rate, RateLimits, SandboxConfig
from sandbox.driver import Driver, DriverError, Member
from sandbox.server import Sandbox
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.sandbox.raw_bot import RawBot
from tests.integration.sandbox.sample_bot import PIXEL, Bot

MIB = 1024 * 1024


def button(custom_id: str, label: str = "b") -> Json:
    return {"type": 2, "style": 1, "label": label, "custom_id": custom_id}


def row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def select(options: int) -> Json:
    return {"type": 3, "custom_id": "s", "options": [{"label": str(n), "value": str(n)} for n in range(options)]}


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "nonce": "n" * 26}, ("nonce",), "BASE_TYPE_MAX_LENGTH"),
        ({"components": [row(button(str(n))) for n in range(6)]}, ("components",), "BASE_TYPE_MAX_LENGTH"),
        (
            {"components": [row(*(button(str(n)) for n in range(6)))]},
            ("components", 0, "components"),
            "BASE_TYPE_BAD_LENGTH",
        ),
        ({"components": [row(button("a"), button("a"))]}, ("components",), "COMPONENT_CUSTOM_ID_DUPLICATED"),
        (
            {"components": [row(button("x" * 101))]},
            ("components", 0, "components", 0, "custom_id"),
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"components": [row(button("a", "x" * 81))]},
            ("components", 0, "components", 0, "label"),
            "BASE_TYPE_MAX_LENGTH",
        ),
        ({"components": [row(select(26))]}, ("components", 0, "components", 0, "options"), "BASE_TYPE_BAD_LENGTH"),
        (
            {"components": [row(select(2), button("a"))]},
            ("components", 0, "components"),
            "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
        ),
        ({"components": [button("a")]}, ("components", 0, "type"), "BASE_TYPE_CHOICES"),
        ({"embeds": [{"title": "x" * 257}]}, ("embeds", 0, "title"), "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"title": "x"}] * 11}, ("embeds",), "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 3001}] * 2}, ("embeds",), "MAX_EMBED_SIZE_EXCEEDED"),
        (
            {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
            ("embeds", 0, "fields", 0, "value"),
            "BASE_TYPE_BAD_LENGTH",
        ),
        ({"embeds": [{"image": {"url": "ftp://x"}}]}, ("embeds", 0, "image", "url"), "URL_TYPE_INVALID_SCHEME"),
        ({"content": "x", "flags": 1 << 15}, ("content",), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
    ],
)
async def test_a_message_that_breaks_a_limit_is_refused(
    raw: RawBot, body: Json, path: tuple[str | int, ...], code: str
) -> None:
    answer = await raw.post(body)

    assert (answer.status, answer.code) == (400, 50035)
    assert answer.error_at(*path) == code


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000, "nonce": "n" * 25},
        {"components": [row(*(button(f"{r}-{n}", "x" * 80) for n in range(5))) for r in range(5)]},
        {"components": [row(select(25))]},
        {"embeds": [{"description": "x" * 3000}] * 2},
        {"embeds": [{"title": "x" * 256, "fields": [{"name": "n", "value": "v"}] * 25}]},
    ],
)
async def test_a_message_just_within_a_limit_is_posted(raw: RawBot, body: Json) -> None:
    assert (await raw.post(body)).status == 200


async def test_an_empty_message_is_refused(raw: RawBot) -> None:
    answer = await raw.post({"content": ""})

    assert (answer.status, answer.code) == (400, 50006)


async def test_files_have_at_most_ten_mebibytes(raw: RawBot) -> None:
    fits = await raw.post({}, [("a.bin", bytes(10 * MIB))])
    too_large = await raw.post({}, [("a.bin", bytes(10 * MIB + 1))])

    assert fits.status == 200
    assert (too_large.status, too_large.code) == (413, 40005)


async def test_a_request_has_at_most_25_mebibytes(raw: RawBot) -> None:
    answer = await raw.post({}, [(f"{n}.bin", bytes(9 * MIB)) for n in range(3)])

    assert (answer.status, answer.code) == (413, 40005)


async def test_a_message_has_at_most_ten_files(raw: RawBot) -> None:
    ten = await raw.post({}, [(f"{n}.png", PIXEL) for n in range(10)])
    eleven = await raw.post({}, [(f"{n}.png", PIXEL) for n in range(11)])

    assert ten.status == 200
    assert (eleven.status, eleven.error_at("attachments")) == (400, "BASE_TYPE_MAX_LENGTH")


async def test_a_member_cannot_send_a_file_that_is_too_large(aiko: Member) -> None:
    with pytest.raises(DriverError, match="too large"):
        await aiko.send("big", files=[("a.bin", bytes(10 * MIB + 1))])


async def test_broken_json_and_unknown_routes_are_answered_as_discord_does(raw: RawBot, sandbox: Sandbox) -> None:
    unknown = await raw.call("GET", "/nowhere")
    async with raw.session.post(
        f"{sandbox.api_url}/channels/{fixtures.PHOTOS_ID}/messages", data="{", headers={"Authorization": "Bot sandbox"}
    ) as response:
        broken = await response.json()
    async with raw.session.get(f"{sandbox.api_url}/users/@me") as response:
        stranger = (response.status, await response.json())
    sandbox.requests.clear()  # Discord's description has no such route

    assert (unknown.status, unknown.code) == (404, 0)
    assert broken["code"] == 50109
    assert stranger == (401, {"message": "401: Unauthorized", "code": 0})


class TestRates:
    @pytest.fixture
    def config(self, clock: ManualClock) -> SandboxConfig:
        limits = RateLimits(message_create=Rate(2, 0.4), webhook=Rate(2, 0.4), old_message_edit=Rate(2, 60.0))
        return SandboxConfig(clock=clock, rate_limits=limits)

    async def test_an_empty_bucket_is_answered_by_429_with_the_time_to_wait(self, raw: RawBot) -> None:
        answers = [await raw.post({"content": str(number)}) for number in range(3)]

        assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
        assert [answer.status for answer in answers] == [200, 200, 429]
        limited = answers[2]
        assert isinstance(limited.body, dict)
        assert limited.body["message"] == "You are being rate limited."
        assert 0 < limited.body["retry_after"] <= 0.4
        assert not limited.body["global"]
        assert limited.headers["Via"]
        assert limited.headers["Retry-After"] == "1"
        assert 0 < float(limited.headers["X-RateLimit-Reset-After"]) <= 0.4
        assert abs(float(limited.headers["X-RateLimit-Reset"]) - time.time()) < 5
        assert limited.headers["X-RateLimit-Bucket"] == answers[0].headers["X-RateLimit-Bucket"]

    async def test_a_real_client_waits_and_loses_nothing(self, bot: Bot, aiko: Member, sandbox: Sandbox) -> None:
        channel = bot.get_channel(int(fixtures.PHOTOS_ID))
        assert isinstance(channel, discord.TextChannel)

        for number in range(5):
            await channel.send(str(number))

        await aiko.wait_for(lambda message: message["content"] == "4")
        assert [message["content"] for message in aiko.messages()] == ["0", "1", "2", "3", "4"]
        assert all(record.status == 200 for record in sandbox.requests.matching("POST", "/messages"))

    async def test_progress_edits_beyond_the_rate_arrive_all_the_same(self, bot: Bot, aiko: Member) -> None:
        invocation = await aiko.command("progress")

        await invocation.wait_for(lambda message: message["content"] == "100 %")

    async def test_edits_of_old_messages_are_few(self, raw: RawBot, clock: ManualClock) -> None:
        posted = await raw.post({"content": "old"})
        assert isinstance(posted.body, dict)
        path = f"/channels/{fixtures.PHOTOS_ID}/messages/{posted.body['id']}"
        young = [await raw.call("PATCH", path, {"content": str(number)}) for number in range(3)]
        clock.advance(3601)
        old = [await raw.call("PATCH", path, {"content": str(number)}) for number in range(3)]

        assert [answer.status for answer in young + old] == [200] * 5 + [429]
        assert old[2].code == 30046
        assert "Via" in old[2].headers

    async def test_the_whole_bot_has_a_limit(self, raw: RawBot) -> None:
        answers = [await raw.call("GET", "/users/@me") for _ in range(55)]

        limited = next(answer for answer in answers if answer.status == 429)
        assert isinstance(limited.body, dict)
        assert limited.body["global"]
        assert limited.headers["X-RateLimit-Global"] == "true"


@pytest.mark.usefixtures("bot")
async def test_a_forced_429_is_retried_by_a_real_client(driver: Driver, aiko: Member, sandbox: Sandbox) -> None:
    await driver.fault("rate_limit", method="PATCH", path="/webhooks/", retry_after=0.05, count=2)

    answer = await (await aiko.command("classify", photo=("a.png", PIXEL))).answer()

    assert answer["content"] == f"{len(PIXEL)} bytes"
    assert [record.status for record in sandbox.requests.matching("PATCH", "/webhooks/")] == [429, 429, 200]


async def test_a_server_error_is_retried_by_a_real_client(bot: Bot, driver: Driver) -> None:
    channel = bot.get_channel(int(fixtures.PHOTOS_ID))
    assert isinstance(channel, discord.TextChannel)
    await driver.fault("server_error", method="POST", path="/messages", status=502)

    sent = await channel.send("after all", file=discord.File(io.BytesIO(PIXEL), "a.png"))

    assert sent.attachments[0].size == len(PIXEL)


async def test_an_unknown_fault_is_refused(driver: Driver) -> None:
    with pytest.raises(DriverError, match="no fault"):
        await driver.fault("earthquake")


async def test_the_log_of_requests_can_be_read_by_the_driver(raw: RawBot, driver: Driver) -> None:
    await raw.post({"content": "logged"}, [("a.png", PIXEL)])

    last = (await driver.requests())[-1]

    assert (last["method"], last["status"]) == ("POST", 200)
    assert last["path"] == f"/channels/{fixtures.PHOTOS_ID}/messages"
    assert last["payload"] == {"content": "logged"}
    assert last["files"] == [["a.png", len(PIXEL)]]
