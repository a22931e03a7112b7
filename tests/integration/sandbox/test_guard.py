"""Who may talk to the sandbox."""

from __future__ import annotations

import aiohttp
import pytest

from sandbox.documents import MAX_DEPTH
from sandbox.driver import Member
from sandbox.server import Sandbox
from sandbox.types import Json
from tests.integration.sandbox.raw_bot import RawBot
from tests.integration.sandbox.sample_bot import PIXEL

DEEP = '{"a":' * 9_000 + "1" + "}" * 9_000  # Python gives up at a ninth of it; the gateway takes 64 KiB
FOLLOWED = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Origin": "null"}, {"Host": "192.0.2.1:80"}],
)
async def test_pages_of_other_origins_are_kept_out(sandbox: Sandbox, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.get(f"{sandbox.url}/member/state?as=aiko") as response:
            assert response.status == 403
        async with session.post(f"{sandbox.url}/member/faults", json={"kind": "disconnect"}) as response:
            assert response.status == 403


async def test_the_sandboxs_own_page_is_let_in(sandbox: Sandbox) -> None:
    local = sandbox.url.replace("127.0.0.1", "localhost")
    url = f"{local}/member/state?as=aiko"
    async with aiohttp.ClientSession(headers={"Origin": local}) as session, session.get(url) as response:
        assert response.status == 200


async def test_uploads_can_neither_run_in_the_browser_nor_climb_out(sandbox: Sandbox) -> None:
    page = aiohttp.FormData(quote_fields=False)
    page.add_field(
        "payload_json", '{"as": "ben", "channel_id": "1290000000000000011"}', content_type="application/json"
    )
    page.add_field("files[0]", b"<script>", filename="../../p\u00e4ge.html")
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{sandbox.url}/member/messages", data=page) as response:
            (attachment,) = (await response.json())["attachments"]
        async with session.get(attachment["url"]) as response:
            headers = response.headers

    assert attachment["filename"] == "_.._p_ge.html"
    assert headers["Content-Security-Policy"].startswith("sandbox")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("more", [{}, FOLLOWED, {"Sec-Fetch-Mode": "no-cors"}])
async def test_a_post_that_another_page_caused_is_refused_without_an_origin(
    sandbox: Sandbox, site: str, more: dict[str, str]
) -> None:
    fault = {"kind": "disconnect"}
    async with aiohttp.ClientSession(headers={"Sec-Fetch-Site": site} | more) as session:
        for address in (f"{sandbox.url}/member/faults", f"{sandbox.api_url}/channels/1/messages"):
            async with session.post(address, json=fault) as response:
                assert response.status == 403


@pytest.mark.parametrize(
    ("path", "more", "status"),
    [
        ("/", FOLLOWED, 200),  # a link that somebody follows
        ("/", {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ("/member/state?as=aiko", {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
        ("/gateway", {"Sec-Fetch-Mode": "websocket", "Sec-Fetch-Dest": "websocket"}, 403),
        ("/member/events?as=aiko", {"Sec-Fetch-Mode": "websocket", "Sec-Fetch-Dest": "websocket"}, 403),
    ],
)
async def test_what_another_page_may_read_is_a_link_and_no_more(
    sandbox: Sandbox, path: str, more: dict[str, str], status: int
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"} | more
    async with aiohttp.ClientSession(headers=headers) as session, session.get(sandbox.url + path) as response:
        assert response.status == status


async def test_pictures_are_shown_where_the_chat_was_opened_by_another_name(sandbox: Sandbox, aiko: Member) -> None:
    address = (await aiko.send(files=[("a.png", PIXEL)]))["attachments"][0]["url"]
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}

    async with aiohttp.ClientSession(headers=headers) as session, session.get(address) as response:
        assert response.status == 200


@pytest.mark.parametrize("site", ["same-origin", "none"])
async def test_the_pages_own_requests_and_typed_addresses_are_answered(sandbox: Sandbox, site: str) -> None:
    url = f"{sandbox.url}/member/state?as=aiko"
    async with aiohttp.ClientSession(headers={"Sec-Fetch-Site": site}) as session, session.get(url) as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["/member/messages", "/member/interactions", "/member/faults"])
async def test_deeply_nested_json_of_a_member_is_a_bad_request(sandbox: Sandbox, path: str) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(sandbox.url + path, data=DEEP, headers={"Content-Type": "application/json"}) as plain:
            assert plain.status == 400
        form = aiohttp.FormData(quote_fields=False)
        form.add_field("payload_json", DEEP, content_type="application/json")
        async with session.post(sandbox.url + path, data=form) as multipart:
            assert multipart.status == 400


async def test_components_nested_as_deep_as_python_can_read_are_a_bad_request(raw: RawBot) -> None:
    component: Json = {"type": 10, "content": "x"}
    for _ in range(MAX_DEPTH):
        component = {"type": 17, "components": [component]}

    answer = await raw.post({"flags": 1 << 15, "components": [component]})

    assert (answer.status, answer.code) == (400, 50109)


async def test_deeply_nested_json_ends_a_gateway_connection_with_its_own_code(sandbox: Sandbox) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(sandbox.gateway_url) as socket:
        await socket.receive()
        await socket.send_str(DEEP)
        closed = await socket.receive()

    assert (closed.type, closed.data) == (aiohttp.WSMsgType.CLOSE, 4002)
