"""Who may talk to the sandbox."""

from __future__ import annotations

import aiohttp
import pytest

from sandbox.server import Sandbox


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
