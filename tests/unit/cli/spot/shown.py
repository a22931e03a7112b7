"""Sources for tests of the screen, and screens as text files.

OMOKAGE_WRITE_SCREENS=1 writes the files of `screens/` anew; look at what changed before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path

from cli.spot.app import SpotApp
from core.domain.spot.query import RegionResult, SpotQuery
from core.services.spot.aws import AwsSource
from tests.recorded_ec2 import EMPTY, NOW, Answer, RecordedEc2, error

SCREENS = Path(__file__).parent / "screens"
US = SpotQuery("g4dn.xlarge", ("us-east-1", "us-east-2", "us-west-1", "us-west-2"))


def recorded_source() -> AwsSource:
    """Three regions of the recording, and one that the account may not look at."""
    return AwsSource(session=troubled_ec2().session(), clock=lambda: NOW)


def troubled_ec2() -> RecordedEc2:
    def empty(_: object) -> Answer:
        return Answer(200, EMPTY)

    return RecordedEc2(
        {
            "us-west-1": lambda _: error("UnauthorizedOperation", status=403),
            "af-south-1": lambda _: error("OptInRequired", status=401),
            "eu-west-3": empty,
            "eu-north-1": empty,
        }
    )


class ListSource:
    """Answers with what a test says, one list of results a round."""

    def __init__(self, *rounds: list[RegionResult], has_history: bool) -> None:
        self.has_history = has_history
        self.rounds = list(rounds)

    async def fetch(self, query: SpotQuery) -> AsyncGenerator[RegionResult, None]:
        for result in self.rounds.pop(0):
            yield result


class SteppingClock:
    """A clock that tests set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def text_of(app: SpotApp) -> str:
    """Return the whole screen without colours."""
    return "".join(f"{strip.text.rstrip()}\n" for strip in app.screen._compositor.render_strips())


def assert_screen(text: str, name: str) -> None:
    """Compare a screen with the file of that name, character by character."""
    path = SCREENS / f"{name}.txt"
    if os.environ.get("OMOKAGE_WRITE_SCREENS"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")
