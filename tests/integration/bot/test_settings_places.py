"""/settings labellers, channels and gallery: the roles and the channels that a guild has chosen."""

from __future__ import annotations

import discord
import pytest

from bot.client import OmokageBot
from bot.features.settings.commands import settings as settings_group
from core.bootstrap import Services
from core.domain.guilds import GuildSettings
from core.domain.jobs import JobKind
from core.domain.learning import LearnOutcome, LearnResult
from sandbox.driver import Member
from sandbox.types import Json
from sandbox.world import fixtures
from tests.integration.bot.fakes.teacher import FakeTeaching
from tests.integration.bot.fakes.worker import OWNER, FakeWorker
from tests.integration.bot.test_classify import EPHEMERAL, PHOTO
from tests.integration.bot.test_settings_panel import fields

GUILD = int(fixtures.GUILD_ID)
LABELLERS = int(fixtures.LABELLER_ROLE_ID)
PHOTOS, GENERAL = int(fixtures.PHOTOS_ID), int(fixtures.GENERAL_ID)
DELETED = 1290000000000000099
NOTHING_CHOSEN = ["None", "All", "In the channel of the round"]
END_OF_ROUND = "There is no face to ask you about. Contribute photos with `/teach`, or come back when others have."


@pytest.fixture
def teaching(services: Services, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> FakeTeaching:
    """Rounds without a face to ask about, after each of which something is learnt."""
    monkeypatch.setattr("core.services.labelling.jobs.LEARN_FROM", 0)
    monkeypatch.setattr("core.services.labelling.jobs.FEWEST_PEOPLE", 0)
    result = LearnResult(LearnOutcome.PROMOTED, "Labels", 40, 2, 20)
    worker.others[JobKind.LEARN] = lambda job: services.jobs.leases.finish(job.id, OWNER, result.to_json())
    return FakeTeaching(services, worker)


async def label(member: Member) -> str:
    """Begin a round, and return what the member is told."""
    answer: Json = await (await member.command("label start")).wait_for(lambda message: bool(message["content"]))
    assert answer["flags"] & EPHEMERAL
    return str(answer["content"])


async def announced(member: Member) -> Json:
    """The message about what was learnt, wherever it was posted."""
    return await member.wait_for(lambda m: bool(m["embeds"]) and "Learnt" in m["embeds"][0].get("title", ""))


def chosen(panel: Json) -> list[str]:
    """What a panel says about roles and channels."""
    names = ("Roles that may name faces, too", "Channels in which I answer", "Where I announce what I learnt")
    return [fields(panel)[name] for name in names]


async def say(member: Member, command: str, /, **options: object) -> str:
    """Use a command whose answer only the member sees, and return its text."""
    answer: Json = await (await member.command(command, options)).answer()
    assert answer["flags"] & EPHEMERAL
    return str(answer["content"])


@pytest.fixture
def shown_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that administrators have opened to everybody in Discord's settings."""
    monkeypatch.setattr(settings_group, "default_permissions", None)


@pytest.mark.usefixtures("shown_to_all")
@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("settings labellers", {"role": fixtures.LABELLER_ROLE_ID}),
        ("settings channels", {"channel": fixtures.GENERAL_ID}),
        ("settings gallery", {"channel": fixtures.GENERAL_ID}),
    ],
)
async def test_only_moderators_choose(
    bot: OmokageBot, services: Services, emi: Member, command: str, options: dict[str, str]
) -> None:
    text = await say(emi, command, **options)
    assert text.startswith("Only moderators may do that.")
    assert services.guilds.settings(GUILD) == GuildSettings()


async def test_members_with_a_listed_role_may_name_faces_and_nobody_else(
    bot: OmokageBot, teaching: FakeTeaching, aiko: Member, ben: Member, emi: Member
) -> None:
    assert (await label(emi)).startswith("In this server only moderators may name faces.")

    text = await say(aiko, "settings labellers", role=fixtures.LABELLER_ROLE_ID)
    assert text.startswith(f"From now on members with the role <@&{LABELLERS}> may name faces")
    assert await label(emi) == END_OF_ROUND
    assert (await label(ben)).startswith(
        f"In this server only moderators and members with one of these roles may name faces: <@&{LABELLERS}>."
    )

    await say(aiko, "settings labelling", who="off")
    assert (await label(emi)).startswith("Naming faces is switched off in this server.")
    await say(aiko, "settings labelling", who="moderators")
    await say(aiko, "settings labellers", role=fixtures.LABELLER_ROLE_ID, allowed=False)
    assert (await label(emi)).startswith("In this server only moderators may name faces.")


async def test_what_another_guild_chose_counts_only_there(
    bot: OmokageBot, services: Services, aiko: Member, emi: Member
) -> None:
    services.guilds.allow_role(GUILD + 1, 1, LABELLERS, allowed=True)
    services.guilds.allow_channel(GUILD + 1, 1, GENERAL, allowed=True)
    services.guilds.set_gallery(GUILD + 1, 1, GENERAL)

    assert (await label(emi)).startswith("In this server only moderators may name faces.")
    answer = await (await emi.command("classify", photo=PHOTO)).wait_for(lambda message: bool(message["embeds"]))
    assert answer["channel_id"] == fixtures.PHOTOS_ID
    assert chosen(await (await aiko.command("settings show")).answer()) == NOTHING_CHOSEN


async def test_photos_are_answered_in_the_listed_channels_only(
    bot: OmokageBot, services: Services, aiko: Member, ben: Member, chie: Member
) -> None:
    text = await say(aiko, "settings channels", channel=fixtures.GENERAL_ID)
    assert text.startswith(f"<#{GENERAL}> is on the list")

    for member in (ben, aiko):  # moderators, too
        refused = await say(member, "classify", photo=PHOTO)
        assert refused.startswith(f"In this server I answer in these channels: <#{GENERAL}>.")
    assert f"<#{GENERAL}>" in await say(chie, "classify", photo=PHOTO)
    assert services.jobs.newest(GUILD, None) == []
    there = await ben.command("classify", channel="general", photo=PHOTO)
    await there.wait_for(lambda message: bool(message["embeds"]))
    for command in ("help", "settings show", "people list"):  # what only the member sees
        assert "I answer in these channels" not in (await (await aiko.command(command)).answer())["content"]

    await say(aiko, "settings channels", channel=fixtures.GENERAL_ID, allowed=False)
    here = await ben.command("classify", photo=PHOTO)
    await here.wait_for(lambda message: bool(message["embeds"]))


async def test_deleted_roles_and_channels_do_no_harm(
    bot: OmokageBot, services: Services, teaching: FakeTeaching, aiko: Member, ben: Member
) -> None:
    services.guilds.allow_role(GUILD, 1, DELETED, allowed=True)
    services.guilds.allow_channel(GUILD, 1, DELETED, allowed=True)
    services.guilds.set_gallery(GUILD, 1, DELETED)

    answer = await (await ben.command("classify", photo=PHOTO)).wait_for(lambda message: bool(message["embeds"]))
    assert answer["channel_id"] == fixtures.PHOTOS_ID
    assert chosen(await (await aiko.command("settings show")).answer()) == NOTHING_CHOSEN
    assert await label(aiko) == END_OF_ROUND
    assert (await announced(aiko))["channel_id"] == fixtures.PHOTOS_ID
    await say(aiko, "settings labellers", role=fixtures.LABELLER_ROLE_ID)
    await say(aiko, "settings channels", channel=fixtures.GENERAL_ID)
    after = services.guilds.settings(GUILD)
    assert (after.labeller_roles, after.answer_channels) == ((LABELLERS,), (GENERAL,))


async def test_what_was_learnt_is_announced_in_the_gallery(
    bot: OmokageBot, services: Services, teaching: FakeTeaching, aiko: Member
) -> None:
    text = await say(aiko, "settings gallery", channel=fixtures.GENERAL_ID)
    assert text.startswith(f"From now on I announce in <#{GENERAL}>")
    assert await label(aiko) == END_OF_ROUND
    assert (await announced(aiko))["channel_id"] == fixtures.GENERAL_ID

    assert (await say(aiko, "settings gallery")).startswith("From now on I announce what I learnt by myself in the")
    assert services.guilds.settings(GUILD).gallery_channel is None


async def test_what_was_learnt_is_announced_where_the_guild_wants_answers(
    bot: OmokageBot, teaching: FakeTeaching, aiko: Member
) -> None:
    await say(aiko, "settings channels", channel=fixtures.GENERAL_ID)
    assert await label(aiko) == END_OF_ROUND  # a round is the member's alone, so every channel will do
    assert (await announced(aiko))["channel_id"] == fixtures.GENERAL_ID


async def test_a_gallery_in_which_the_bot_may_not_post_is_refused(
    bot: OmokageBot, services: Services, aiko: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = discord.Permissions(view_channel=True)
    monkeypatch.setattr(discord.TextChannel, "permissions_for", lambda *_: silent)
    assert (await say(aiko, "settings gallery", channel=fixtures.GENERAL_ID)).startswith("I may not post in that")
    assert services.guilds.settings(GUILD).gallery_channel is None


async def test_the_panel_links_to_roles_and_channels(bot: OmokageBot, services: Services, aiko: Member) -> None:
    for role_id in (LABELLERS, GUILD):
        services.guilds.allow_role(GUILD, 1, role_id, allowed=True)
    for channel_id in (PHOTOS, GENERAL):
        services.guilds.allow_channel(GUILD, 1, channel_id, allowed=True)
    services.guilds.set_gallery(GUILD, 1, GENERAL)

    panel = await (await aiko.command("settings show")).answer()
    assert chosen(panel) == [f"<@&{LABELLERS}>, @everyone", f"<#{PHOTOS}>, <#{GENERAL}>", f"<#{GENERAL}>"]
    assert panel["mention_roles"] == []
    assert not panel["mention_everyone"]
