"""A page in the Chromium of this machine; the test is skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, sync_playwright

# Beside the sandbox switch, which root needs: no connections of Chromium's own to the outside.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def binary() -> str:
    """Where Chromium is."""
    result = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if result is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    return result


@contextmanager
def chromium_page(url: str, width: int = 1280, height: int = 900) -> Iterator[Page]:
    """Open `url`; whatever the page's scripts complain about fails the test."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(url)
        yield page
        browser.close()
    assert not complaints
