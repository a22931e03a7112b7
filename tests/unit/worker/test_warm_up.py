from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

import pytest

from core.domain.errors import ErrorCode, OmokageError
from core.settings import Settings
from worker.warm_up import warm_up_later

SANDBOX = Settings.from_env({"OMOKAGE_DISCORD_API": "http://127.0.0.1:1/api"})
AT_HOME = Settings.from_env({"OMOKAGE_GUILDS": "700,800"})


@dataclass
class Drawing:
    """Notes which guilds it was warmed up for; `errors` are raised there."""

    errors: dict[int, Exception] = field(default_factory=dict)
    warmed: list[int] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)

    def warm_up(self, guild_id: int) -> None:
        self.threads.append(threading.current_thread())
        self.warmed.append(guild_id)
        if guild_id in self.errors:
            raise self.errors[guild_id]


def warm_up(drawing: Drawing, settings: Settings) -> None:
    timer = warm_up_later([drawing], settings, after_s=0.0)  # type: ignore[arg-type]
    assert timer is not None
    timer.join()
    for thread in [one for one in threading.enumerate() if one.name == "warm-up"]:
        thread.join()


def test_in_the_sandbox_the_products_models_are_loaded() -> None:
    drawing = Drawing()
    warm_up(drawing, SANDBOX)
    assert drawing.warmed == [0]


def test_every_guild_of_the_settings_is_warmed_up_whatever_becomes_of_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    drawing = Drawing({700: RuntimeError("no room")})
    with caplog.at_level(logging.INFO):
        warm_up(drawing, AT_HOME)
    assert drawing.warmed == [700, 800]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_a_guild_without_a_model_is_no_fault_but_damaged_weights_are(caplog: pytest.LogCaptureFixture) -> None:
    drawing = Drawing({700: OmokageError(ErrorCode.NO_MODEL), 800: OmokageError(ErrorCode.BAD_WEIGHTS)})
    warm_up(drawing, AT_HOME)
    assert [record.getMessage() for record in caplog.records] == [
        "the models of Drawing in guild 800 cannot be loaded: bad-weights {}"
    ]


def test_where_no_guild_is_known_nothing_is_loaded() -> None:
    assert warm_up_later([Drawing()], Settings.from_env({})) is None  # type: ignore[arg-type]


def test_a_worker_that_ends_soon_does_not_wait_for_it_but_never_leaves_it_half_done() -> None:
    drawing = Drawing()
    timer = warm_up_later([drawing], SANDBOX)  # type: ignore[arg-type]
    assert timer is not None
    assert timer.daemon
    timer.cancel()
    warm_up(drawing, SANDBOX)
    assert [thread.daemon for thread in drawing.threads] == [False]
