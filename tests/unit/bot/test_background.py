"""Work that must go on."""

from __future__ import annotations

import asyncio

import pytest

from bot import background
from bot.background import Background


async def test_what_fails_is_started_again_and_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "_FIRST_PAUSE_S", 0.01)
    runs, third = 0, asyncio.Event()

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise OSError("away")
        third.set()
        await asyncio.Event().wait()

    tasks = Background()
    tasks.start("relay", work)
    async with asyncio.timeout(5):
        await third.wait()

    assert tasks.running() == {"relay": True}
    assert caplog.text.count("relay failed") == 2
    await tasks.stop()
    assert tasks.running() == {"relay": False}
