"""What a member gets who may not: of another guild, without permissions, or with forged ids."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.catalogue import ITEMS
from bot.client import OmokageBot
from bot.intake.lookup import MAX_ID
from bot.reference import commands_for_moderators
from core.bootstrap import Services
from core.domain.training.runs import RunKind
from sandbox.clock import ManualClock
from sandbox.config import RateLimits, SandboxConfig
from sandbox.driver import Invocation, Member
from sandbox.server import Sandbox
from sandbox.world import fixtures
from sandbox.world.commands import CommandRegistry
from tests.integration.bot import every_control
from tests.integration.bot.full_guild import SECRET, FullGuild, every_row, rows_of
from tests.integration.bot.test_classify import EPHEMERAL

OTHER_GUILD = 4_242_424_242
OWNER_ID = int(fixtures.AIKO_ID)
HUGE = "9999999999999999999"
OWN_TABLES = {"jobs", "outbox", "faces", "guild_blobs"}  # in which every member leaves rows by asking for something
EVERYBODYS = {"1", "+smile"}  # values of selects: a face, a trait
# Commands whose answer everybody sees, and those that open a form which leads to such an answer. All others work in
# every channel: what they answer only the member sees.
ANSWERS_SEEN_BY_ALL = {
    "classify",
    every_control.WHO_IS_THIS,
    "generate",
    "morph",
    "mix",
    "age",
    every_control.AGE_THE_FACES,
    "optimize",
    "show",
    "teach",
    every_control.TEACH_THESE_FACES,
    "label learn",
    "train start",
    "train branch",
    "train snapshot",
    "dataset curate",
    "model promote",
    "model rollback",
    "model evaluate",
}
DELETING = ("privacy:", "people:remove", "people:merge")  # what is pressed after these would have nothing to show


@pytest.fixture
async def sandbox(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    """Without the check of all that is sent, which other tests make: it would take longer than everything here."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)  # the bot sets them; this puts them back
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    async with Sandbox(SandboxConfig(clock=clock, rate_limits=RateLimits.none())) as running:
        yield running


@pytest.fixture
def elsewhere(furnished: Callable[[int], FullGuild]) -> FullGuild:
    return furnished(OTHER_GUILD)


@pytest.fixture(autouse=True)
def everything_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an administrator may have it: Discord shows every command to everybody, and the bot must refuse by itself."""
    monkeypatch.setattr(CommandRegistry, "may_use", lambda *_: True)


@pytest.mark.parametrize("name", ["aiko", "ben"])  # a moderator, and a member without permissions
async def test_nothing_of_a_guild_is_shown_to_or_changed_by_a_member_of_another(  # noqa: PLR0917 - fixtures
    elsewhere: FullGuild, bot: OmokageBot, services: Services, aiko: Member, ben: Member, name: str
) -> None:
    # Given a guild that has everything, and somebody who knows all of its numbers, in a guild that has nothing
    stranger, cases = {"aiko": aiko, "ben": ben}[name], every_control.options_for(elsewhere)
    before, theirs = every_row(services), rows_of(services, OTHER_GUILD)
    # When that member uses everything that there is
    offered = [await stranger.autocomplete(*option, "") for option in every_control.completed_options(bot)]
    for command in every_control.commands_of(bot):
        await (await every_control.use(stranger, command.qualified_name, cases[command.qualified_name])).ack()
        await every_control.settled(bot)
    for job_id in elsewhere.job_ids:
        await (await stranger.command("show", job=str(job_id))).ack()
    await every_control.press_all(bot, stranger, every_control.custom_ids(elsewhere), sorted(EVERYBODYS))
    for custom_id in every_control.forms(elsewhere):
        await every_control.submit(bot, stranger, custom_id, "Mallory")
    await every_control.settled(bot)
    # Then nothing of it was read, and nothing of it has changed
    shown = every_control.read_by(stranger) + str(offered)
    assert [secret for secret in elsewhere.secrets if secret in shown] == []
    assert before - every_row(services) == set()
    assert rows_of(services, OTHER_GUILD) == theirs
    assert {table for table, _ in every_row(services) - before} <= OWN_TABLES | {"guilds"}


async def test_a_member_without_permissions_reads_and_changes_nothing(
    here: FullGuild, bot: OmokageBot, services: Services, ben: Member, caplog: pytest.LogCaptureFixture
) -> None:
    before, cases = every_row(services), every_control.options_for(here)

    told = {}
    for command in every_control.commands_of(bot):
        asked = await every_control.use(ben, command.qualified_name, cases[command.qualified_name])
        told[command.qualified_name] = await asked.answer()
        await every_control.settled(bot)
    pressed = await every_control.press_all(bot, ben, every_control.custom_ids(here), ["1"])
    for custom_id in every_control.forms(here):
        await every_control.submit(bot, ben, custom_id, "Mallory")
    await every_control.settled(bot)

    refused = {name for name, answer in told.items() if answer["content"].startswith("Only moderators may do that.")}
    assert refused == commands_for_moderators() | {"jobs"}  # with those of everyone
    assert told["show"]["content"].startswith("Only the member who asked, or a moderator")
    assert all(told[name]["flags"] & EPHEMERAL for name in refused)
    assert "Training #3" in str(told["train status"]["embeds"])
    assert SECRET in every_control.read_by(ben)  # so that the test above would find it
    assert len(pressed) >= len(ITEMS)
    assert before - every_row(services) == set()
    assert {table for table, _ in every_row(services) - before} <= OWN_TABLES
    assert tracebacks(caplog) == []


async def test_nothing_is_posted_for_everybody_in_a_channel_that_is_not_on_the_list(
    here: FullGuild, bot: OmokageBot, services: Services, aiko: Member, ben: Member
) -> None:
    # Given a guild that wants answers in another channel than the one in which everything is used
    services.guilds.allow_channel(here.guild_id, OWNER_ID, int(fixtures.GENERAL_ID), allowed=True)
    cases = every_control.options_for(here)
    cases |= {"settings channels": {"channel": fixtures.GENERAL_ID}, "optimize": {"target": SECRET}}
    runs = [run.id for run in services.runs.newest(here.guild_id, 99)]
    serving = services.registry.serving_id(here.guild_id, RunKind.RECOGNISER)
    # When a moderator uses every command, button, select and form
    refused = set()
    for command in every_control.commands_of(bot):
        asked = await every_control.use(aiko, command.qualified_name, cases[command.qualified_name])
        await asked.ack()
        await every_control.settled(bot)
        if is_sent_elsewhere(asked):
            refused.add(command.qualified_name)
    items = [item for item in every_control.custom_ids(here) if not item[1].startswith(DELETING)]
    pressed = await every_control.press_all(bot, aiko, items, ["1"])
    for custom_id in every_control.forms(here):
        await every_control.submit(bot, aiko, custom_id, "Mallory")
    await every_control.settled(bot)
    # Then what everybody would see is refused before it begins, and nobody else has seen anything
    assert refused == ANSWERS_SEEN_BY_ALL
    assert sum(map(is_sent_elsewhere, pressed)) > 10  # buttons that ask for a job, start a training or promote
    created = [frame["d"] for frame in ben.frames if frame["t"] == "MESSAGE_CREATE"]
    pressed_on = {message["id"] for message in created if message["content"] == "forged"}
    seen = [message for message in ben.messages() if message["author"]["id"] == fixtures.BOT_ID]
    assert [message for message in seen if message["id"] not in pressed_on] == []
    assert [run.id for run in services.runs.newest(here.guild_id, 99)] == runs
    assert services.registry.serving_id(here.guild_id, RunKind.RECOGNISER) == serving


async def test_only_moderators_are_offered_steps_to_go_back_to(
    here: FullGuild, bot: OmokageBot, aiko: Member, ben: Member, caplog: pytest.LogCaptureFixture
) -> None:
    offered = {option: await ben.autocomplete(*option, "") for option in every_control.completed_options(bot)}

    assert offered["train rollback", "step"] == offered["train branch", "step"] == []
    assert offered["show", "job"] == []  # they are Aiko's
    assert [one["value"] for one in offered["train status", "run"]] == [3, 2, 1]
    assert len(await aiko.autocomplete("show", "job", "")) == len(here.job_ids)
    assert await aiko.autocomplete("train branch", "step", "", run=7) == []
    assert tracebacks(caplog) == []


async def test_the_status_that_members_see_has_no_buttons_for_moderators(
    here: FullGuild, bot: OmokageBot, aiko: Member, ben: Member
) -> None:
    theirs = [await (await ben.command("train status", run=number)).answer() for number in (2, 3)]
    moderators = await (await aiko.command("train status", run=3)).answer()

    assert [[one["label"] for row in status["components"] for one in row["components"]] for status in theirs] == [
        ["Card"],
        [],
    ]
    assert moderators["components"]


async def test_forged_ids_are_answered_with_a_sentence_each_and_no_traceback(
    here: FullGuild, bot: OmokageBot, services: Services, aiko: Member, caplog: pytest.LogCaptureFixture
) -> None:
    # Given a moderator, who may do everything
    before, fitting, any_job = (
        every_row(services),
        every_control.custom_ids(here),
        every_control.custom_ids(here, every_job=True),
    )
    # When numbers are used that nothing has, jobs of another kind, and values that no select offers
    shown = [await aiko.command("show", job=typed) for typed in (HUGE, str(MAX_ID + 1), "18446744073709551615", "x")]
    unknown = await every_control.press_all(
        bot, aiko, [(item, _forge(custom_id)) for item, custom_id in fitting], ["1"]
    )
    others = await every_control.press_all(bot, aiko, [one for one in any_job if one not in fitting], ["1"])
    selects = [(item, custom_id) for item, custom_id in fitting if "Select" in item.__name__]
    values = await every_control.press_all(bot, aiko, selects, [HUGE, "x", "+", "99"])
    await every_control.settled(bot)
    # Then each is answered with a sentence, nothing has changed, and the log is silent
    for asked in shown:
        assert (await asked.answer())["content"].startswith("There is no such job in this server.")
    for asked in [*unknown, *others, *values]:
        assert _is_answered(asked)
    assert {re.split("[“.]", message["content"])[0] for value in values for message in value.messages} == {
        "The model does not know ",
        "The option face cannot be ",
        "The option seed cannot be ",
        "The option shown cannot be ",
        "The option which cannot be ",
        "The option who cannot be ",
        "The option whose cannot be ",
        "This face is no longer stored: faces that nobody named are deleted after some time",
        "This person is no longer known here",
    }
    assert before - every_row(services) == set()
    assert tracebacks(caplog) == []


def is_sent_elsewhere(asked: Invocation) -> bool:
    """Whether the member was told, alone, in which channels such answers are given; no form was opened before."""
    texts = [message["content"] for message in asked.messages if message["flags"] & EPHEMERAL]
    opened = any(frame["t"] == "MODAL_OPEN" for frame in asked.frames)
    return not opened and any(text.startswith("In this server I answer in these channels:") for text in texts)


def _is_answered(asked: Invocation) -> bool:
    """With a form, or with anything but the confession of a bug."""
    texts = [message["content"] for message in asked.messages]
    opened = any(frame["t"] == "MODAL_OPEN" for frame in asked.frames)
    return (opened or bool(texts)) and not any(text.startswith("Something went wrong on my side") for text in texts)


def _forge(custom_id: str) -> str:
    """The custom id with a number beyond the database's in the place of each id; numbers of one digit stay.

    Those of people and cards do not: a moderator may well remove the first person, and answer the own card.
    """
    longer_than = 0 if custom_id.startswith(("people:", "privacy:", "label")) else 1
    return ":".join(HUGE if part.isdigit() and len(part) > longer_than else part for part in custom_id.split(":"))


def tracebacks(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR]
