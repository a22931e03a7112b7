"""What the web chat relies on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from sandbox.config import RateLimits, SandboxConfig
from sandbox.driver import Driver, DriverError, Member
from sandbox.server import Sandbox
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.sandbox.sample_bot import PIXEL, Bot


@pytest.fixture
def config(config: SandboxConfig, tmp_path: Path) -> SandboxConfig:
    (tmp_path / "fixtures.png").write_bytes(PIXEL)
    (tmp_path / "index.json").write_text(json.dumps([{"filename": "fixtures.png", "description": "The cast"}]))
    return SandboxConfig(clock=config.clock, rate_limits=RateLimits.none(), starter_dir=tmp_path)


class Web:
    """Requests as the web chat makes them."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self._url, self._session = sandbox.url, session

    async def get(self, path: str) -> tuple[int, Json]:
        async with self._session.get(self._url + path) as response:
            return response.status, await response.json()

    async def post(self, path: str, body: Json) -> tuple[int, Json]:
        async with self._session.post(self._url + path, json=body) as response:
            return response.status, await response.json()

    async def interact(self, kind: int, data: Json, **more: object) -> tuple[int, Json]:
        asked = {"as": fixtures.BEN_ID, "channel_id": fixtures.PHOTOS_ID, "type": kind, "data": data} | more
        return await self.post("/member/interactions", asked)


@pytest.fixture
async def web(sandbox: Sandbox) -> AsyncIterator[Web]:
    async with aiohttp.ClientSession() as session:
        yield Web(sandbox, session)


@pytest.mark.usefixtures("bot")
async def test_a_screen_starts_with_everything_it_shows(web: Web, aiko: Member) -> None:
    sent = await aiko.send("hello")

    status, state = await web.get(f"/member/state?as={fixtures.CHIE_ID}")

    assert status == 200
    assert [user["username"] for user in state["users"]] == ["omokage", "aiko", "ben", "chie", "dai", "emi"]
    assert (state["me"]["id"], state["me"]["locale"]) == (fixtures.CHIE_ID, "ja")
    assert state["bot"]["online"]
    assert [channel["name"] for channel in state["guild"]["channels"]] == ["photos", "general"]
    assert state["messages"] == {fixtures.PHOTOS_ID: [sent], fixtures.GENERAL_ID: []}
    assert "classify" in [command["name"] for command in state["commands"]]
    assert "train" not in [command["name"] for command in state["commands"]]
    assert state["starter"] == [
        {"filename": "fixtures.png", "url": "/starter/fixtures.png", "description": "The cast", "width": 1, "height": 1}
    ]


async def test_a_starter_picture_is_sent_used_and_served(bot: Bot, driver: Driver, sandbox: Sandbox, web: Web) -> None:
    ben = await driver.member("ben")
    status, message = await web.post(
        "/member/messages", {"as": "ben", "channel_id": fixtures.PHOTOS_ID, "content": "", "starter": ["fixtures.png"]}
    )
    answer = await (await ben.command("classify", photo="starter:fixtures.png")).answer()

    assert bot.is_ready()
    assert status == 200
    assert message["attachments"][0]["filename"] == "fixtures.png"
    assert answer["content"] == f"{len(PIXEL)} bytes"
    assert await driver.download(f"{sandbox.url}/starter/fixtures.png") == PIXEL


@pytest.mark.usefixtures("bot")
async def test_the_nonce_and_the_outcome_come_as_events(web: Web, ben: Member) -> None:
    status, started = await web.interact(2, {"name": "name", "type": 1}, nonce="n-1")
    opened = await ben.wait_for_event("MODAL_OPEN")
    acknowledged = await ben.wait_for_event("INTERACTION_ACK")

    assert status == 200
    assert (opened["interaction_id"], opened["nonce"]) == (started["id"], "n-1")
    assert opened["modal"]["title"] == "This is ..."
    assert [component["type"] for component in opened["modal"]["components"]] == [1, 18]
    assert (acknowledged["id"], acknowledged["nonce"], acknowledged["type"]) == (started["id"], "n-1", 9)


@pytest.mark.usefixtures("bot")
async def test_a_form_is_submitted_once_by_whoever_opened_it(aiko: Member, ben: Member) -> None:
    modal = await (await aiko.command("name")).modal()
    values = {"Name": "Ada", "Kind": "Pet"}

    with pytest.raises(DriverError, match="closed"):
        await ben.submit(modal, values)
    await (await aiko.submit(modal, values)).answer()
    with pytest.raises(DriverError, match="closed"):
        await aiko.submit(modal, values)


@pytest.mark.usefixtures("bot")
async def test_what_somebody_else_sees_cannot_be_used(aiko: Member, ben: Member) -> None:
    private = await (await aiko.command("picture", private=True)).answer()

    with pytest.raises(DriverError, match="gone"):
        await ben.click(private, "Again")
    with pytest.raises(DriverError, match="gone"):
        await ben.menu("Who is this?", private)


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (2, {"name": "nothing", "type": 1}, "no command nothing"),
        (2, {"name": "classify", "type": 1}, "required: photo"),
        (2, {"name": "Card", "type": 2, "target_id": "1"}, "no such member"),
        (2, {"name": "Who is this?", "type": 3, "target_id": "1"}, "gone"),
        (3, {"message_id": "1", "custom_id": "x"}, "gone"),
        (4, {"name": "find", "type": 1, "options": [{"name": "person", "value": "a"}]}, "focus"),
        (
            4,
            {"name": "classify", "type": 1, "options": [{"name": "note", "value": "a", "focused": True}]},
            "autocomplete",
        ),
        (5, {"custom_id": "x", "interaction_id": "1", "components": []}, "closed"),
        (9, {}, "no such kind"),
    ],
)
@pytest.mark.usefixtures("bot")
async def test_the_impossible_is_refused_in_words(web: Web, kind: int, data: Json, words: str) -> None:
    status, answer = await web.interact(kind, data)

    assert status == 400
    assert words in answer["message"]


@pytest.mark.usefixtures("bot")
async def test_a_select_takes_only_what_it_offers(aiko: Member) -> None:
    panel = await (await aiko.command("panel")).answer()

    with pytest.raises(DriverError, match="not one of the options"):
        await aiko.select(panel, "panel:who", "carol")
    with pytest.raises(DriverError, match="Choose 1"):
        await aiko.select(panel, "panel:who", ["ada", "bob"])


@pytest.mark.parametrize(
    "asked",
    [
        {"as": "nobody", "channel_id": fixtures.PHOTOS_ID, "content": "x"},
        {"as": fixtures.BOT_ID, "channel_id": fixtures.PHOTOS_ID, "content": "x"},
        {"as": "ben", "channel_id": "1", "content": "x"},
        {"as": "ben", "channel_id": fixtures.PHOTOS_ID, "content": ""},
        {"as": "ben", "channel_id": fixtures.PHOTOS_ID, "content": "x" * 2001},
    ],
)
async def test_a_message_that_cannot_be_sent_is_refused(web: Web, asked: Json) -> None:
    status, answer = await web.post("/member/messages", asked)

    assert status == 400
    assert answer["message"]


async def test_an_unknown_language_is_refused(web: Web) -> None:
    status, answer = await web.interact(2, {"name": "x", "type": 1}, locale="tlh")

    assert (status, answer["message"]) == (400, "There is no language tlh.")


async def test_the_web_chat_is_served(sandbox: Sandbox, driver: Driver) -> None:
    if not (Path(__file__).parents[3] / "sandbox" / "web" / "index.html").is_file():
        pytest.skip("the web chat is not here")

    assert b"<html" in (await driver.download(sandbox.url + "/")).lower()
