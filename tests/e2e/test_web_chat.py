"""The sandbox's web chat, as a person uses it: every kind of option, component and answer, in two languages."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

from sandbox.config import RateLimits, SandboxConfig
from sandbox.server import Sandbox
from tests.e2e.chat_bot import ChatBot
from tests.e2e.chromium import ARGUMENTS, binary

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
# They share a browser, and so an event loop; each has a sandbox, a bot and a browser context of its own.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox(tmp_path: Path) -> AsyncIterator[Sandbox]:
    starter = tmp_path / "starter"
    starter.mkdir()
    (starter / "haru.jpg").write_bytes(picture())
    async with Sandbox(SandboxConfig(starter_dir=starter, rate_limits=RateLimits.none())) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def bot(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ChatBot]:
    monkeypatch.setattr(Route, "BASE", sandbox.api_url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
    client = ChatBot()
    running = asyncio.create_task(client.start("sandbox"))
    await asyncio.wait_for(client.ready.wait(), 10)
    yield client
    await client.close()
    await running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One for the file: a start takes two seconds of a core."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=binary(), args=ARGUMENTS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(sandbox: Sandbox, bot: ChatBot, browser: Browser) -> AsyncIterator[Page]:
    """Aiko's screen; what its scripts complain about fails the test."""
    complaints: list[str] = []
    opened = await browser.new_page(viewport=DESKTOP)  # in a context of its own, without cookies or storage
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    await opened.goto(f"{sandbox.url}/?as=aiko")
    await expect(opened.get_by_test_id("composer")).to_be_visible()
    yield opened
    for context in browser.contexts:
        await context.close()
    assert not complaints


def picture(colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (240, 160), colour).save(buffer, "JPEG")
    return buffer.getvalue()


async def choose(page: Page, command: str) -> Locator:
    """Type a command's name and take it; the form of its options."""
    composer = page.get_by_test_id("composer")
    await composer.fill(f"/{command}")
    await page.locator(f'[data-command="{command}"]').click()
    return page.get_by_test_id("command-form")


def last(page: Page) -> Locator:
    return page.get_by_test_id("message").last


def option(page: Page, name: str) -> Locator:
    return page.locator(f'[data-option="{name}"]')


async def test_a_slash_shows_the_commands_and_typing_narrows_them(page: Page):
    await page.get_by_test_id("composer").fill("/")
    commands = page.get_by_test_id("command-list").locator("[data-command]")
    assert await commands.count() > 5
    await page.get_by_test_id("composer").fill("/train")
    await expect(commands).to_have_count(1)
    await expect(commands).to_contain_text("/train status")


async def test_a_file_becomes_a_picture_in_the_answer(page: Page, bot: ChatBot):
    await choose(page, "classify")
    file = {"name": "party.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    await page.get_by_test_id("file-input").set_input_files(file)
    await page.get_by_test_id("send").click()
    await expect(last(page)).to_have_attribute("data-loading", "")
    bot.step.release()
    await expect(last(page)).to_contain_text(f"party.jpg has {len(picture())} bytes")
    image = last(page).locator(".embed img").last
    await expect(image).to_be_visible()
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 240


async def test_a_ready_made_picture_is_one_click(page: Page, bot: ChatBot):
    await choose(page, "classify")
    await page.get_by_test_id("starter-picture").click()
    await page.get_by_test_id("send").click()
    bot.step.release()
    await expect(last(page)).to_contain_text("haru.jpg has")


async def test_what_is_missing_or_wrong_is_said_before_anything_is_sent(page: Page):
    await choose(page, "find")
    await page.get_by_test_id("send").click()
    await expect(option(page, "person")).to_contain_text("required")
    await option(page, "person").get_by_role("combobox").fill("haru")
    await option(page, "count").get_by_role("textbox").fill("65")
    await page.get_by_test_id("send").click()
    await expect(option(page, "count")).to_contain_text("64")
    await expect(page.get_by_test_id("message")).to_have_count(0)


async def test_autocomplete_offers_what_the_bot_knows(page: Page):
    await choose(page, "find")
    await option(page, "person").get_by_role("combobox").fill("ro")
    await page.get_by_test_id("suggestions").get_by_text("Rosa (person)").click()
    await option(page, "count").get_by_role("textbox").fill("3")
    await page.get_by_test_id("send").click()
    await expect(last(page)).to_contain_text("rosa 3 None False None")


async def test_buttons_and_selects_answer(page: Page):
    await choose(page, "panel")
    await page.get_by_test_id("send").click()
    await last(page).get_by_text("Somebody").click()
    await page.get_by_role("option", name="Mina").click()
    await expect(last(page)).to_contain_text("You chose mina")
    await expect(last(page)).to_contain_text("Only you can see this")
    await page.get_by_role("button", name="Right").click()
    await expect(page.get_by_text("Thank you, noted")).to_be_visible()


async def test_a_button_that_nobody_answers_says_so(page: Page):
    await choose(page, "panel")
    await page.get_by_test_id("send").click()
    await page.get_by_role("button", name="Broken").click()
    await expect(last(page)).to_contain_text("did not respond", timeout=6000)


async def test_a_form_is_checked_filled_in_and_sent(page: Page):
    await choose(page, "form")
    await page.get_by_test_id("send").click()
    modal = page.get_by_test_id("modal")
    await modal.get_by_role("textbox", name="Name").fill("Haru")
    await modal.get_by_role("button", name="Submit").click()
    await expect(modal).to_contain_text("required")
    await modal.locator(".select").click()
    await page.get_by_role("option", name="Person").click()
    await modal.get_by_role("textbox", name="Notes").fill("with a hat")
    await modal.get_by_role("button", name="Submit").click()
    await expect(modal).to_have_count(0)
    await expect(last(page)).to_contain_text("Haru (person, None) with a hat")


async def test_a_choice_in_a_form_that_is_not_required_can_be_taken_back(page: Page):
    await choose(page, "who")
    await page.get_by_test_id("send").click()
    modal = page.get_by_test_id("modal")
    chooser = modal.locator('[data-custom-id="who"]')
    clear = modal.get_by_role("button", name="Clear the choice")
    await expect(clear).to_be_hidden()
    await chooser.click()
    await page.get_by_role("option", name="Mina").click()
    await expect(chooser).to_contain_text("Mina")
    await clear.click()
    await expect(chooser).to_contain_text("Choose a person")
    await expect(chooser).to_be_focused()
    await modal.get_by_role("textbox").fill("Rosa")
    await modal.get_by_role("button", name="Submit").click()
    await expect(last(page)).to_contain_text("chosen [], typed 'Rosa'")


async def test_a_form_with_nothing_required_is_sent_as_it_is(page: Page):
    await choose(page, "who")
    await page.get_by_test_id("send").click()
    modal = page.get_by_test_id("modal")
    await modal.locator('[data-custom-id="who"]').press("ArrowDown")
    await page.keyboard.press("Enter")
    await modal.get_by_role("button", name="Submit").click()
    await expect(last(page)).to_contain_text("chosen ['haru'], typed ''")


async def test_a_message_is_forwarded_and_shows_what_it_passes_on(page: Page):
    file = {"name": "cat.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    await page.get_by_test_id("message-files").set_input_files(file)
    await page.get_by_test_id("composer").fill("look")
    await page.get_by_test_id("composer").press("Enter")
    await expect(last(page)).to_contain_text("look")
    await last(page).get_by_test_id("content").click(button="right")
    await page.get_by_role("menuitem", name="Forward").click()
    await page.get_by_role("menuitem", name="#photos").click()
    forwarded = last(page).get_by_test_id("forwarded")
    await expect(forwarded).to_contain_text("Forwarded")
    await expect(forwarded).to_contain_text("look")
    await expect(forwarded).to_contain_text("from #photos")
    image = forwarded.locator("img")
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 240
    await forwarded.click(button="right", position={"x": 30, "y": 8})
    await page.get_by_role("menuitem", name="Ask").click()
    await expect(last(page)).to_contain_text("Looked at cat.jpg")


async def test_edits_are_seen_live_and_keep_the_picture(page: Page, bot: ChatBot):
    await choose(page, "progress")
    await page.get_by_test_id("send").click()
    await expect(last(page)).to_contain_text("step 0")
    shown = await last(page).locator(".attachments img").element_handle()
    for step in (1, 2, 3):
        bot.step.release()
        await expect(last(page)).to_contain_text(f"step {step}")
    assert await shown.evaluate("image => image.isConnected"), "the picture was drawn anew, which flickers"


async def test_a_reader_who_has_gone_up_is_not_taken_away(page: Page, bot: ChatBot):
    await choose(page, "lines")
    await page.get_by_test_id("send").click()
    await expect(last(page)).to_contain_text("line 59")
    scroller = page.locator(".scroller")
    await scroller.evaluate("element => element.scrollTo(0, 0)")
    await page.wait_for_timeout(100)
    bot.step.release()
    pill = page.get_by_test_id("new-messages")
    await expect(pill).to_be_visible()
    assert await scroller.evaluate("element => element.scrollTop") == 0
    await pill.click()
    await expect(page.get_by_text("one more")).to_be_in_viewport()


async def test_ephemeral_answers_are_for_one_and_can_be_dismissed(page: Page, sandbox: Sandbox):
    other = await page.context.browser.new_page()
    await other.goto(f"{sandbox.url}/?as=ben")
    await choose(page, "whisper")
    await page.get_by_test_id("send").click()
    await expect(last(page)).to_contain_text("Between us")
    await expect(other.get_by_text("Between us")).to_have_count(0)
    await last(page).get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_text("Between us")).to_have_count(0)


async def test_a_message_s_menu_has_the_message_commands(page: Page):
    file = {"name": "cat.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    await page.get_by_test_id("message-files").set_input_files(file)
    await page.get_by_test_id("composer").fill("look")
    await page.get_by_test_id("composer").press("Enter")
    await expect(last(page)).to_contain_text("look")
    await last(page).get_by_test_id("content").click(button="right")
    await page.get_by_role("menuitem", name="Ask").click()
    await expect(last(page)).to_contain_text("Looked at cat.jpg")


async def test_a_japanese_member_reads_japanese(page: Page, sandbox: Sandbox):
    await page.goto(f"{sandbox.url}/?as=chie")
    await page.get_by_test_id("composer").fill("/判")
    await expect(page.locator('[data-command="classify"]')).to_contain_text("写真に写っている人を当てます")


async def test_what_others_write_is_never_markup(page: Page):
    await choose(page, "echo")
    await option(page, "text").get_by_role("textbox").fill("<img src=x onerror=alert(1)> **bold** `a_b`")
    await page.get_by_test_id("send").click()
    await expect(last(page).locator("strong", has_text="bold")).to_be_visible()
    await expect(last(page)).to_contain_text("<img src=x onerror=alert(1)>")
    assert await last(page).locator("img[src='x']").count() == 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_nothing_sticks_out_of_the_screen(page: Page, bot: ChatBot, size: dict[str, int]):
    await page.set_viewport_size(size)
    for command in ("card", "panel"):
        await choose(page, command)
        await page.get_by_test_id("send").click()
        await expect(last(page).get_by_test_id("components")).to_be_visible()
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


async def test_it_says_when_the_bot_is_away(page: Page, bot: ChatBot):
    await bot.close()
    await expect(page.get_by_test_id("banner")).to_be_visible()
