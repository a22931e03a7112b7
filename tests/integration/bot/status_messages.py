"""What tests of trainings do and look at in the chat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from bot.client import OmokageBot
from core.bootstrap import Services
from core.domain.clock import now_utc
from core.domain.training.runs import Run
from sandbox.driver import Driver, Member
from sandbox.types import Json
from tests.integration.bot.fakes.trainer import GUILD

STEPS = 60


async def start(member: Member, **options: Any) -> Json:
    """Use `/train start`; the private answer."""
    said: dict[str, Any] = {"kind": "recogniser", "preset": "slim", "steps": STEPS} | options
    interaction = await member.command("train start", **said)
    return await interaction.answer()


def said(message: Json) -> str:
    """All text of a message's frames."""
    return "\n".join(f"{one.get('title', '')}\n{one.get('description', '')}" for one in message["embeds"])


def buttons(message: Json) -> list[str]:
    result = [one for row in message["components"] for one in row["components"]]
    return [one["label"] for one in result if "label" in one]


def shows(text: str) -> Callable[[Json], bool]:
    return lambda message: text in said(message)


def run_of(services: Services) -> Run:
    return services.runs.find(GUILD)


def later(bot: OmokageBot, services: Services, minutes: float) -> None:
    """Move the clocks of the bot and of the runs."""
    runs: Any = services.runs
    for part in (bot.status_messages, runs, runs.control, runs.segments, runs._segment_jobs):
        part._clock = lambda: now_utc() + timedelta(minutes=minutes)


async def edits_of(driver: Driver, message: Json) -> int:
    path = f"/channels/{message['channel_id']}/messages/{message['id']}"
    return sum(request["method"] == "PATCH" and request["path"].endswith(path) for request in await driver.requests())
