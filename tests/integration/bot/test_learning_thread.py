"""What a guild's recogniser has learnt is told in one thread, that anybody can follow."""

from __future__ import annotations

import pytest

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.jobs import JobKind, JobRequest, Origin
from core.domain.registry.versions import Version
from core.settings import Settings
from sandbox.driver import Member
from sandbox.server import Sandbox
from sandbox.types import Json
from sandbox.world import fixtures, permissions
from tests.integration.bot.conftest import serving
from tests.integration.bot.fakes.worker import FakeWorker, until
from tests.integration.bot.learning import GUILD, NAME, STARTER, Learning, allow, prepare
from tests.integration.bot.test_classify import PHOTO
from tests.integration.bot.test_model import a_version
from tests.integration.core.builders import Clock
from tests.integration.core.registry.builders import Trained, draft

PHOTOS, GENERAL = int(fixtures.PHOTOS_ID), int(fixtures.GENERAL_ID)


@pytest.fixture
def prepared(services: Services, worker: FakeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare(services, worker, monkeypatch)


@pytest.fixture
def learning(prepared: None, services: Services, bot: OmokageBot, aiko: Member) -> Learning:
    return Learning(services, aiko)


async def test_the_first_answer_begins_the_thread_and_the_next_are_in_it(learning: Learning, ben: Member) -> None:
    first = await learning.round()
    second, third = await learning.round(), await learning.learn()

    assert first["channel_id"] == fixtures.PHOTOS_ID
    assert "<@" not in first["content"]  # nobody has asked for it
    thread = learning.thread
    assert (thread["id"], thread["parent_id"], thread["name"]) == (first["id"], fixtures.PHOTOS_ID, NAME)
    assert thread["thread_metadata"]["auto_archive_duration"] == 10_080
    assert learning.kept == int(thread["id"])
    assert [message["channel_id"] for message in (second, third)] == [thread["id"], thread["id"]]
    # Anybody can follow it there, from the first answer on.
    assert [message["type"] for message in ben.messages(thread["id"])] == [STARTER, 0, 0]


async def test_a_member_who_asked_elsewhere_is_told_where_the_answer_is(
    learning: Learning, services: Services, ben: Member
) -> None:
    services.guilds.set_gallery(GUILD, 1, GENERAL)
    asked = await learning.ask()
    await learning.sent(int(asked.id))
    (first,) = learning.told(asked.id)
    pointer = asked.messages[-1]

    assert first["channel_id"] == fixtures.GENERAL_ID
    assert first["content"] == f"For <@{learning.me.id}>"
    assert first["mentions"] == []
    assert (pointer["channel_id"], pointer["content"]) == (
        fixtures.PHOTOS_ID,
        f"What came of it: <#{learning.thread['id']}>",
    )

    again = await learning.ask()
    await learning.sent(int(again.id))
    (second,) = learning.told(again.id)
    assert second["channel_id"] == learning.thread["id"]
    assert again.messages[-1]["content"] == pointer["content"]
    assert len(ben.messages()) == 2  # two pointers, and nothing else


async def test_who_asks_in_the_thread_is_answered_there(learning: Learning) -> None:
    await learning.round()
    asked = await learning.ask(channel=learning.thread["id"])
    answer = await asked.wait_for(lambda message: bool(message["embeds"]))
    await learning.sent(int(asked.id))
    assert answer["channel_id"] == learning.thread["id"]
    assert learning.told(asked.id) == [answer]


@pytest.mark.parametrize("locked", [False, True], ids=["archived", "locked"])
async def test_a_thread_that_is_closed_while_somebody_in_it_waits_loses_no_answer(
    learning: Learning, worker: FakeWorker, locked: bool
) -> None:
    await learning.round()
    inside = learning.thread["id"]
    worker.pause()
    asked = await learning.ask(channel=inside)
    await asked.ack()
    await learning.me.change_thread(inside, archived=True, locked=locked)
    worker.resume()
    await learning.sent(int(asked.id))
    (told,) = learning.told(asked.id)
    assert told["channel_id"] == (fixtures.PHOTOS_ID if locked else inside)
    assert learning.kept == int(told["id"] if locked else inside)


async def test_two_answers_at_the_same_moment_begin_one_thread(
    learning: Learning, services: Services, worker: FakeWorker
) -> None:
    services.guilds.set_gallery(GUILD, 1, GENERAL)
    worker.pause()
    asked = [await learning.ask() for _ in range(3)]
    worker.resume()
    await learning.sent(*(int(one.id) for one in asked))

    thread = learning.thread
    assert learning.kept == int(thread["id"])
    told = [learning.told(one.id) for one in asked]
    assert [len(messages) for messages in told] == [1, 1, 1]
    places = [messages[0]["channel_id"] for messages in told]
    assert sorted(places) == sorted([fixtures.GENERAL_ID, thread["id"], thread["id"]])


async def test_instead_of_a_deleted_thread_another_is_begun(learning: Learning) -> None:
    await learning.round()
    former = learning.thread["id"]
    await learning.me.delete_thread(former)

    told = await learning.round()
    assert told["channel_id"] == fixtures.PHOTOS_ID
    assert learning.thread["id"] == told["id"] != former
    assert learning.kept == int(told["id"])
    assert (await learning.round())["channel_id"] == told["id"]


async def test_an_archived_thread_is_opened_again(learning: Learning) -> None:
    await learning.round()
    await learning.me.change_thread(learning.thread["id"], archived=True)
    assert (await learning.round())["channel_id"] == learning.thread["id"]
    assert not learning.thread["thread_metadata"]["archived"]


async def test_instead_of_a_locked_thread_another_is_begun(learning: Learning) -> None:
    await learning.round()
    former = learning.thread["id"]
    await learning.me.change_thread(former, archived=True, locked=True)

    told = await learning.round()
    assert [thread["id"] for thread in learning.me.threads] == [former, told["id"]]
    assert told["channel_id"] == fixtures.PHOTOS_ID
    assert learning.me.threads[0]["thread_metadata"]["locked"]
    assert (await learning.round())["channel_id"] == told["id"]


@pytest.mark.usefixtures("prepared")
async def test_a_bot_that_may_unlock_its_thread_does_so(
    sandbox: Sandbox, services: Services, settings: Settings, worker: FakeWorker, aiko: Member
) -> None:
    allow(sandbox, permissions.MANAGE_THREADS, allowed=True)
    async with serving(services, settings, worker):
        learning = Learning(services, aiko)
        await learning.round()
        await aiko.change_thread(learning.thread["id"], archived=True, locked=True)

        assert (await learning.round())["channel_id"] == learning.thread["id"]
        metadata = learning.thread["thread_metadata"]
        assert (metadata["archived"], metadata["locked"]) == (False, False)


@pytest.mark.usefixtures("prepared")
@pytest.mark.parametrize("missing", [permissions.CREATE_PUBLIC_THREADS, permissions.SEND_MESSAGES_IN_THREADS])
async def test_without_the_permissions_answers_are_messages(  # noqa: PLR0917 - fixtures
    sandbox: Sandbox, services: Services, settings: Settings, worker: FakeWorker, aiko: Member, missing: int
) -> None:
    allow(sandbox, missing, allowed=False)
    async with serving(services, settings, worker):
        learning = Learning(services, aiko)
        services.guilds.set_gallery(GUILD, 1, GENERAL)
        places = [(await learning.round())["channel_id"], (await learning.learn())["channel_id"]]
        assert places == [fixtures.GENERAL_ID, fixtures.PHOTOS_ID]
        assert (learning.me.threads, learning.kept) == ([], None)


@pytest.mark.usefixtures("prepared")
async def test_a_bot_that_may_not_write_in_threads_any_more_answers_in_the_channel(
    sandbox: Sandbox, services: Services, settings: Settings, worker: FakeWorker, aiko: Member
) -> None:
    learning = Learning(services, aiko)
    async with serving(services, settings, worker):
        await learning.round()
    allow(sandbox, permissions.SEND_MESSAGES_IN_THREADS, allowed=False)
    async with serving(services, settings, worker):
        assert (await learning.round())["channel_id"] == fixtures.PHOTOS_ID
    allow(sandbox, permissions.SEND_MESSAGES_IN_THREADS, allowed=True)
    async with serving(services, settings, worker):
        assert (await learning.round())["channel_id"] == learning.thread["id"]


async def test_the_thread_moves_with_the_gallery(learning: Learning, services: Services, bot: OmokageBot) -> None:
    await learning.round()
    await (await learning.me.command("settings gallery", {"channel": fixtures.GENERAL_ID})).answer()
    told = await learning.round()
    assert told["channel_id"] == fixtures.GENERAL_ID
    assert learning.kept == int(told["id"])
    assert (await learning.round())["channel_id"] == told["id"]
    assert len(learning.me.threads) == 2


async def test_a_thread_counts_as_its_channel(learning: Learning, ben: Member) -> None:
    await learning.round()
    inside = learning.thread["id"]
    settings = {"channel": fixtures.PHOTOS_ID}
    await (await learning.me.command("settings channels", settings)).answer()
    answered = await ben.command("classify", channel=inside, photo=PHOTO)
    assert (await answered.wait_for(lambda message: bool(message["embeds"])))["channel_id"] == inside
    assert (await learning.round())["channel_id"] == inside

    await (await learning.me.command("settings channels", {"channel": fixtures.GENERAL_ID})).answer()
    await (await learning.me.command("settings channels", settings | {"allowed": False})).answer()
    refused = await (await ben.command("classify", channel=inside, photo=PHOTO)).answer()
    assert refused["content"].startswith(f"In this server I answer in these channels: <#{GENERAL}>.")
    told = await learning.round()
    assert told["channel_id"] == fixtures.GENERAL_ID
    assert learning.kept == int(told["id"])


async def test_the_thread_has_a_name_in_the_guilds_language(learning: Learning, services: Services) -> None:
    services.guilds.set_language(GUILD, 1, "ja")
    await learning.round()
    assert learning.thread["name"] == "このサーバーのラベルから学んだこと"
    services.guilds.set_gallery(GUILD, 1, None)
    assert services.guilds.settings(GUILD).language == "ja"
    assert learning.kept == int(learning.thread["id"])  # what is chosen leaves it


async def test_another_guilds_answers_are_not_in_the_thread(learning: Learning, services: Services) -> None:
    await learning.round()
    inside = len(learning.me.messages(learning.thread["id"]))
    origin = Origin(GUILD + 1, PHOTOS + 7, 5, "en", int(fixtures.BOT_ID), "")
    services.jobs.receive(JobRequest(77, JobKind.LEARN, origin, {"title": "labels"}))
    services.jobs.submit(77)
    await learning.sent(77)
    assert learning.told("77") == []
    assert len(learning.me.messages(learning.thread["id"])) == inside
    assert services.guilds.learning_thread(GUILD + 1) is None
    assert learning.kept == int(learning.thread["id"])


def learnt(services: Services) -> Version:
    trained = Trained(services.database, services.registry, Clock())
    metrics = {"folds": {"0": 0.9}, "accuracy": 0.9}
    return services.registry.register_learnt(GUILD, 1, trained.dataset(GUILD), draft(metrics))


def told_of(member: Member, place: str) -> list[Json]:
    return [m for m in member.messages(place) if "decided." in m["content"]]


async def test_promotions_of_what_was_learnt_are_told_in_the_thread_too(learning: Learning, services: Services) -> None:
    aiko = learning.me
    await learning.round()
    inside = learning.thread["id"]
    version = learnt(services)

    await aiko.command("model promote", version=version.number)
    await until(lambda: told_of(aiko, inside))
    (here,) = told_of(aiko, fixtures.PHOTOS_ID)
    assert [m["content"] for m in told_of(aiko, inside)] == [here["content"]]
    assert here["mentions"] == []

    await aiko.command("model rollback", channel=inside)  # and once only, where it was used in the thread itself
    await until(lambda: len(told_of(aiko, inside)) == 2)
    assert len(told_of(aiko, fixtures.PHOTOS_ID)) == 1


async def test_what_a_run_has_trained_is_no_matter_of_the_thread(learning: Learning, services: Services) -> None:
    await learning.round()
    version = a_version(services, 0.9)
    await learning.me.command("model promote", version=version.number)
    await until(lambda: told_of(learning.me, fixtures.PHOTOS_ID))
    await learning.me.command("model rollback")
    await until(lambda: len(told_of(learning.me, fixtures.PHOTOS_ID)) == 2)
    assert told_of(learning.me, learning.thread["id"]) == []
