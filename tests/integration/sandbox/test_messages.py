"""Channel messages as a bot posts, edits, finds and deletes them."""

from __future__ import annotations

import io

import discord
import pytest

from sandbox.clock import ManualClock
from sandbox.driver import Driver, Member
from sandbox.world import fixtures
from tests.integration.sandbox.sample_bot import PIXEL, Bot


@pytest.fixture
def photos(bot: Bot) -> discord.TextChannel:
    channel = bot.get_channel(int(fixtures.PHOTOS_ID))
    assert isinstance(channel, discord.TextChannel)
    return channel


def picture(name: str = "a.png") -> discord.File:
    return discord.File(io.BytesIO(PIXEL), name)


async def test_one_nonce_posts_one_message(photos: discord.TextChannel, aiko: Member, clock: ManualClock) -> None:
    first = await photos.send("once", nonce="job-1")
    again = await photos.send("twice", nonce="job-1")
    other = await photos.send("other", nonce="job-2")
    clock.advance(301)
    later = await photos.send("later", nonce="job-1")

    assert again.id == first.id
    assert again.content == "once"
    assert len({first.id, other.id, later.id}) == 3
    await aiko.wait_for(lambda message: message["id"] == str(later.id))
    assert [message["content"] for message in aiko.messages()] == ["once", "other", "later"]


async def test_a_message_is_edited_with_files_and_found_again(photos: discord.TextChannel, driver: Driver) -> None:
    message = await photos.send("first", files=[picture("keep.png"), picture("drop.png")])

    kept = next(attachment for attachment in message.attachments if attachment.filename == "keep.png")
    edited = await message.edit(content="second", attachments=[kept, picture("new.png")])
    fetched = await photos.fetch_message(message.id)

    assert [attachment.filename for attachment in fetched.attachments] == ["keep.png", "new.png"]
    assert fetched.content == "second"
    assert fetched.edited_at == edited.edited_at is not None
    assert await driver.download(fetched.attachments[1].url) == PIXEL


async def test_a_picture_in_an_embed_survives_an_edit_of_the_text(photos: discord.TextChannel) -> None:
    embed = discord.Embed(title="t").set_image(url="attachment://a.png").set_thumbnail(url="attachment://a.png")
    message = await photos.send(embed=embed, file=picture())

    edited = await message.edit(content="text")

    assert edited.embeds[0].image.url == message.embeds[0].image.url
    assert edited.embeds[0].image.width == 1
    assert not edited.attachments


async def test_history_comes_newest_first_and_can_be_cut(photos: discord.TextChannel) -> None:
    sent = [await photos.send(str(number)) for number in range(7)]

    async def texts(**window: object) -> list[str]:
        return [message.content async for message in photos.history(**window)]  # type: ignore[arg-type]

    assert await texts(limit=3) == ["6", "5", "4"]
    assert await texts(before=sent[2]) == ["1", "0"]
    assert await texts(after=sent[4]) == ["5", "6"]
    assert await texts(around=sent[3], limit=3) == ["4", "3", "2"]


async def test_a_reply_shows_what_it_answers(photos: discord.TextChannel, aiko: Member) -> None:
    question = await aiko.send("question")

    answer = await (await photos.fetch_message(int(question["id"]))).reply("answer")

    assert answer.type is discord.MessageType.reply
    assert answer.reference is not None
    assert answer.reference.message_id == int(question["id"])


async def test_a_deleted_message_is_gone(photos: discord.TextChannel, aiko: Member, driver: Driver) -> None:
    message = await photos.send("gone soon", file=picture())
    url = message.attachments[0].url

    await message.delete()
    await aiko.wait_for_event("MESSAGE_DELETE", lambda data: data["id"] == str(message.id))

    assert aiko.messages() == []
    with pytest.raises(discord.NotFound) as refusal:
        await photos.fetch_message(message.id)
    assert refusal.value.code == 10008
    with pytest.raises(Exception, match="404"):
        await driver.download(url)


async def test_only_own_messages_can_be_edited_and_deleted(photos: discord.TextChannel, aiko: Member) -> None:
    theirs = await photos.fetch_message(int((await aiko.send("mine"))["id"]))

    with pytest.raises(discord.Forbidden) as edit:
        await theirs.edit(content="yours")
    with pytest.raises(discord.Forbidden) as delete:
        await theirs.delete()

    assert (edit.value.code, delete.value.code) == (50005, 50013)


async def test_mentions_are_those_that_the_bot_allows(photos: discord.TextChannel) -> None:
    text = f"<@{fixtures.AIKO_ID}> and <@{fixtures.BEN_ID}>"
    allowed = discord.AllowedMentions(users=[discord.Object(int(fixtures.BEN_ID))], everyone=False, roles=False)

    loud = await photos.send(text)
    quiet = await photos.send(text, allowed_mentions=allowed)

    assert [user.name for user in loud.mentions] == ["aiko", "ben"]
    assert [user.name for user in quiet.mentions] == ["ben"]


async def test_typing_is_seen_by_members(photos: discord.TextChannel, aiko: Member) -> None:
    async with photos.typing():
        assert (await aiko.wait_for_event("TYPING_START"))["user_id"] == fixtures.BOT_ID


async def test_layout_components_arrive_with_their_pictures(photos: discord.TextChannel) -> None:
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.Container(discord.ui.TextDisplay("Hello"), discord.ui.Separator()))
    view.add_item(discord.ui.MediaGallery(discord.MediaGalleryItem("attachment://a.png")))
    view.add_item(discord.ui.File("attachment://b.png"))
    view.add_item(discord.ui.Section("Text", accessory=discord.ui.Thumbnail("https://example.org/c.png")))

    message = await photos.send(view=view, files=[picture(), picture("b.png")])

    gallery = message.components[1]
    assert isinstance(gallery, discord.MediaGalleryComponent)
    assert gallery.items[0].media.url.startswith("http://127.0.0.1")
    assert not message.attachments


async def test_the_guild_is_described(bot: Bot) -> None:
    guild = bot.guilds[0]
    aiko = await guild.fetch_member(int(fixtures.AIKO_ID))
    fetched = await bot.fetch_guild(guild.id)

    assert guild.name == fetched.name == "Omokage try-out"
    assert [channel.name for channel in guild.text_channels] == ["photos", "general"]
    assert aiko.guild_permissions.manage_guild
    assert not guild.me.guild_permissions.manage_messages
    assert {role.name for role in await guild.fetch_roles()} == {"@everyone", "Moderator", "Labeller", "Omokage"}
    assert (await bot.application_info()).owner.name == "aiko"
    assert (await bot.fetch_user(int(fixtures.BEN_ID))).display_name == "Ben"
    assert [channel.name for channel in await guild.fetch_channels()] == ["photos", "general"]
