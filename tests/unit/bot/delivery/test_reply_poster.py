"""Where a reply goes when the interaction's own message cannot be edited."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import create_autospec

import aiohttp
import discord
import pytest
from sqlalchemy.exc import OperationalError

from bot.delivery.reply_poster import ReplyPoster, Undeliverable
from bot.reply import Reply
from core.domain.jobs import Job, OutboxEntry
from tests.unit.bot.fakes import BOT, JOB_ID, a_job, at, http_error

ENTRY = OutboxEntry(1, JOB_ID, 1, at(1), 0)
NEW = 777


class PosterOnFakes:
    """A poster whose webhook and channel are fakes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, minutes: float = 1.0) -> None:
        self.webhook = create_autospec(discord.Webhook, instance=True)
        self.channel = create_autospec(discord.PartialMessageable, instance=True)
        self.channel.send.return_value = SimpleNamespace(id=NEW)
        self.old = create_autospec(discord.PartialMessage, instance=True)
        self.channel.get_partial_message.return_value = self.old
        self.noted: dict[int, int] = {}
        self.locked = False
        bot: Any = SimpleNamespace(
            get_partial_messageable=lambda *_, **__: self.channel,
            application_id=BOT,
            threads=SimpleNamespace(quick=self._quick),
            services=SimpleNamespace(
                jobs=SimpleNamespace(outbox=SimpleNamespace(set_answer_message=self.noted.__setitem__))
            ),
        )
        self.poster = ReplyPoster(bot, lambda: at(minutes))
        monkeypatch.setattr(ReplyPoster, "_webhook", lambda *_: self.webhook)

    async def _quick(self, call: Any, *args: Any) -> Any:
        if self.locked:
            raise OperationalError("UPDATE jobs", {}, Exception("database is locked"))
        return call(*args)

    async def deliver(self, job: Job | None = None, *, private: bool = False) -> int | None:
        return await self.poster.deliver(job or a_job(), ENTRY, Reply("text", mention_line="For you", private=private))


@pytest.fixture
def poster_on_fakes(monkeypatch: pytest.MonkeyPatch) -> PosterOnFakes:
    return PosterOnFakes(monkeypatch)


async def test_the_acknowledgement_becomes_the_answer(poster_on_fakes: PosterOnFakes) -> None:
    poster_on_fakes.webhook.edit_message.return_value = SimpleNamespace(id=5)

    assert await poster_on_fakes.deliver() == 5
    poster_on_fakes.channel.send.assert_not_awaited()


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015)])
async def test_a_dead_token_leads_to_the_channel_with_a_nonce(
    poster_on_fakes: PosterOnFakes, status: int, code: int
) -> None:
    poster_on_fakes.webhook.edit_message.side_effect = http_error(status, code)

    assert await poster_on_fakes.deliver(a_job(answer_message_id=5)) == NEW
    assert poster_on_fakes.channel.send.await_args.kwargs == {"content": "For you\ntext", "nonce": f"{JOB_ID}-1"}
    poster_on_fakes.old.delete.assert_awaited_once()


async def test_an_old_token_is_not_even_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    poster_on_fakes = PosterOnFakes(monkeypatch, minutes=14.5)
    poster_on_fakes.channel.history = history()

    assert await poster_on_fakes.deliver() == NEW
    poster_on_fakes.webhook.edit_message.assert_not_awaited()


async def test_an_answer_that_is_in_the_channel_already_is_not_posted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    poster_on_fakes = PosterOnFakes(monkeypatch, minutes=60)
    foreign, own = message(1, author=BOT + 1), message(2, author=BOT)
    poster_on_fakes.channel.history = history(foreign, own)

    assert await poster_on_fakes.deliver() == 2
    poster_on_fakes.channel.send.assert_not_awaited()


async def test_a_message_that_was_deleted_is_not_replaced(poster_on_fakes: PosterOnFakes) -> None:
    poster_on_fakes.webhook.edit_message.side_effect = http_error(404, 10008)

    with pytest.raises(Undeliverable):
        await poster_on_fakes.deliver(a_job(answer_message_id=5))
    poster_on_fakes.channel.send.assert_not_awaited()


async def test_a_command_that_was_never_acknowledged_is_answered_in_the_channel(poster_on_fakes: PosterOnFakes) -> None:
    poster_on_fakes.webhook.edit_message.side_effect = http_error(404, 10008)

    assert await poster_on_fakes.deliver(a_job(answer_message_id=None)) == NEW


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50001), (403, 50013)])
async def test_a_closed_channel_ends_it(poster_on_fakes: PosterOnFakes, status: int, code: int) -> None:
    poster_on_fakes.webhook.edit_message.side_effect = http_error(401, 50027)
    poster_on_fakes.channel.send.side_effect = http_error(status, code)

    with pytest.raises(Undeliverable):
        await poster_on_fakes.deliver()


async def test_an_outage_is_for_the_relay_to_wait_out(poster_on_fakes: PosterOnFakes) -> None:
    poster_on_fakes.webhook.edit_message.side_effect = http_error(500, 0)

    with pytest.raises(discord.DiscordServerError):
        await poster_on_fakes.deliver()


async def test_a_failure_takes_the_public_message_away_first(poster_on_fakes: PosterOnFakes) -> None:
    calls: list[str] = []
    poster_on_fakes.webhook.delete_message.side_effect = lambda _: calls.append("delete")
    poster_on_fakes.webhook.send.side_effect = lambda **_: calls.append("send")

    assert await poster_on_fakes.deliver(private=True) is None
    assert calls == ["delete", "send"]
    assert poster_on_fakes.webhook.send.await_args.kwargs == {"content": "text", "ephemeral": True}


async def test_a_failure_whose_public_message_is_gone_is_told_all_the_same(poster_on_fakes: PosterOnFakes) -> None:
    poster_on_fakes.webhook.delete_message.side_effect = http_error(404, 10008)

    assert await poster_on_fakes.deliver(private=True) is None
    poster_on_fakes.webhook.send.assert_awaited_once()


async def test_a_failure_with_a_dead_token_goes_to_the_channel(poster_on_fakes: PosterOnFakes) -> None:
    poster_on_fakes.webhook.delete_message.side_effect = http_error(401, 50027)

    assert await poster_on_fakes.deliver(private=True) == NEW


async def test_the_clis_jobs_have_no_place(poster_on_fakes: PosterOnFakes) -> None:
    poster_on_fakes.webhook.edit_message.side_effect = http_error(401, 50027)
    origin = type(a_job().origin)(0, 0, 0, "en", 0, "")

    with pytest.raises(Undeliverable):
        await poster_on_fakes.deliver(a_job(origin=origin))


async def test_a_message_that_could_not_be_noted_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given progress that has moved to a new message while the database is locked
    poster_on_fakes = PosterOnFakes(monkeypatch, minutes=60)
    job, new = a_job(answer_message_id=5), discord.utils.time_snowflake(at(60))
    poster_on_fakes.channel.send.return_value = SimpleNamespace(id=new)
    poster_on_fakes.locked = True
    await poster_on_fakes.poster.update_message(job, Reply("10 %"))
    # When there is more progress, still without the database, and then with it
    await poster_on_fakes.poster.update_message(job, Reply("20 %"))
    poster_on_fakes.locked = False
    await poster_on_fakes.poster.update_message(job, Reply("30 %"))
    # Then all of it is in the one new message, which is noted in the end
    assert poster_on_fakes.channel.send.await_count == 1
    assert poster_on_fakes.noted == {JOB_ID: new}
    assert poster_on_fakes.channel.get_partial_message.call_args_list[-1].args == (new,)


async def test_an_answer_takes_away_the_message_that_could_not_be_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    poster_on_fakes = PosterOnFakes(monkeypatch, minutes=60)
    poster_on_fakes.locked = True
    await poster_on_fakes.poster.note_message(JOB_ID, 5)
    poster_on_fakes.channel.history = history()

    assert await poster_on_fakes.deliver(a_job(answer_message_id=None)) == NEW
    poster_on_fakes.channel.get_partial_message.assert_called_once_with(5)
    poster_on_fakes.old.delete.assert_awaited_once()


async def test_an_old_message_that_cannot_be_reached_costs_no_second_post(poster_on_fakes: PosterOnFakes) -> None:
    poster_on_fakes.webhook.edit_message.side_effect = http_error(401, 50027)
    poster_on_fakes.old.delete.side_effect = aiohttp.ServerDisconnectedError()

    assert await poster_on_fakes.deliver(a_job(answer_message_id=5)) == NEW


def message(message_id: int, author: int) -> Any:
    footer = SimpleNamespace(text=f"model · job {JOB_ID}")
    return SimpleNamespace(
        id=message_id, author=SimpleNamespace(id=author), content="", embeds=[SimpleNamespace(footer=footer)]
    )


def history(*messages: Any) -> Any:
    async def listing(*, limit: int, after: Any) -> Any:
        assert (limit, after) == (50, ENTRY.created_at - timedelta(minutes=2))
        for one in messages:
            yield one

    return listing
