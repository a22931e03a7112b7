"""Threads in the sandbox's web chat: listed below their channel, opened, followed, closed and gone."""

from __future__ import annotations

import os
from pathlib import Path

import discord
import pytest
from playwright.async_api import Locator, Page, expect

from sandbox.driver import Driver
from sandbox.server import Sandbox
from sandbox.world import fixtures
from tests.e2e import test_web_chat
from tests.e2e.chat_bot import ChatBot

# The fixtures of the other tests of the web chat, and the places of its screens.
sandbox, bot, browser, page = test_web_chat.sandbox, test_web_chat.bot, test_web_chat.browser, test_web_chat.page
DESKTOP, PHONE = test_web_chat.DESKTOP, test_web_chat.PHONE
LONG = "What I learn from this server's labels, with figures of all folds and everybody's gains"
pytestmark = pytest.mark.asyncio(loop_scope="module")


def photos(bot: ChatBot) -> discord.TextChannel:
    channel = bot.get_channel(int(fixtures.PHOTOS_ID))
    assert isinstance(channel, discord.TextChannel)
    return channel


async def begin(bot: ChatBot, name: str = "What I learn") -> discord.Thread:
    """A message with a thread, in which there is one more message."""
    message = await photos(bot).send("Learnt first", embed=discord.Embed(title="20 new labels"))
    thread = await message.create_thread(name=name)
    await thread.send("Learnt second")
    return thread


def listed(page: Page) -> Locator:
    return page.get_by_test_id("sidebar").get_by_test_id("thread")


def messages(page: Page) -> Locator:
    return page.get_by_test_id("message")


async def screenshot(page: Page, name: str) -> None:
    """Keep a picture of the screen for a person to look at, where a folder for that is named."""
    if folder := os.environ.get("OMOKAGE_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png")


async def test_a_thread_is_listed_below_its_channel_and_opens(page: Page, bot: ChatBot):
    thread = await begin(bot)
    await expect(listed(page)).to_have_text(["What I learn(New messages)"])
    await expect(messages(page).last.get_by_test_id("open-thread")).to_contain_text("Messages: 1")

    await listed(page).click()
    await expect(messages(page)).to_have_count(2)
    await expect(messages(page).first).to_contain_text("20 new labels")
    await expect(messages(page).last).to_contain_text("Learnt second")
    await expect(page.locator("h1")).to_contain_text("#photos")
    await expect(listed(page)).to_have_text(["What I learn"])

    await page.get_by_test_id("composer").fill("thanks")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("thanks")
    assert [message.content async for message in thread.history(limit=1)] == [""]  # hidden from the bot, and there

    await page.get_by_test_id("parent-channel").click()
    await expect(page.locator("h1")).to_have_text("photosAttach a photo and ask who is in it")
    await messages(page).last.get_by_test_id("open-thread").click()
    await expect(messages(page)).to_have_count(3)


async def test_a_link_leads_to_the_thread(page: Page, bot: ChatBot):
    thread = await begin(bot)
    general = bot.get_channel(int(fixtures.GENERAL_ID))
    assert isinstance(general, discord.TextChannel)
    await general.send(f"It is in <#{thread.id}>")
    await page.locator('[data-channel="general"]').click()
    await messages(page).last.get_by_role("button", name="What I learn").click()
    await expect(messages(page).last).to_contain_text("Learnt second")


async def test_a_thread_without_a_message_is_told_of(page: Page, bot: ChatBot):
    await photos(bot).create_thread(name="Talk", type=discord.ChannelType.public_thread)
    await expect(messages(page).last).to_contain_text("omokage has begun a thread: Talk")
    await messages(page).last.get_by_test_id("open-thread").click()
    await expect(page.get_by_test_id("welcome")).to_have_text("Thread: Talk")


async def test_an_archived_a_locked_and_a_deleted_thread(page: Page, bot: ChatBot, sandbox: Sandbox):
    thread = await begin(bot)
    async with Driver(sandbox.url) as driver:
        aiko = await driver.member("aiko")
        await listed(page).click()
        await aiko.change_thread(str(thread.id), archived=True, locked=True)
        await expect(page.locator("h1 .condition")).to_have_text("archived, locked")
        await page.get_by_test_id("parent-channel").click()
        await expect(listed(page)).to_have_count(0)
        await expect(page.get_by_test_id("open-thread")).to_contain_text("archived")
        await page.get_by_test_id("open-thread").click()
        await expect(messages(page).last).to_contain_text("Learnt second")
        await aiko.delete_thread(str(thread.id))
    await expect(page.locator("h1")).to_contain_text("photos")
    await expect(page.get_by_test_id("open-thread")).to_have_count(0)


async def test_what_is_refused_in_a_locked_thread_is_said(page: Page, bot: ChatBot, sandbox: Sandbox):
    thread = await begin(bot)
    async with Driver(sandbox.url) as driver:
        aiko = await driver.member("aiko")
        await aiko.change_thread(str(thread.id), locked=True)
    await page.goto(f"{sandbox.url}/?as=ben")
    await listed(page).click()
    await page.get_by_test_id("composer").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("composer-problem")).to_have_text("Thread is archived")


@pytest.mark.parametrize(("size", "member"), [(DESKTOP, "aiko"), (PHONE, "chie")], ids=["desktop", "phone"])
async def test_a_long_name_fits(page: Page, bot: ChatBot, sandbox: Sandbox, size: dict[str, int], member: str):
    await begin(bot, LONG)
    await page.set_viewport_size(size)
    await page.goto(f"{sandbox.url}/?as={member}")
    await expect(page.get_by_test_id("open-thread")).to_be_visible()
    await screenshot(page, f"thread-channel-{size['width']}")
    if size is PHONE:
        await page.locator(".toggle").click()
        await expect(listed(page)).to_be_visible()
        await page.wait_for_timeout(300)  # the sidebar slides in
        await screenshot(page, "thread-sidebar-390")
    await listed(page).click()
    await expect(messages(page)).to_have_count(2)
    await page.wait_for_timeout(300)
    await screenshot(page, f"thread-open-{size['width']}")
    assert await page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    await expect(page.get_by_test_id("parent-channel")).to_be_in_viewport(ratio=1)
