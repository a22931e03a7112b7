"""Loads generators and what ages faces before they are first used, but not while a worker starts."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from core.settings import Settings

_log = logging.getLogger(__name__)
# `omokage up` starts four processes at once; ten seconds later the cores are free, and nobody has typed a command yet.
_AFTER_S = 10.0
_NO_MODEL = frozenset({ErrorCode.NO_MODEL, ErrorCode.NO_AGE_MODEL})  # nothing has been trained there yet
_SANDBOX = 0  # the product's models answer in any of its guilds


class WarmedUp(Protocol):
    """A service with models of guilds: core.services.generation.service and core.services.ageing.service."""

    def warm_up(self, guild_id: int) -> None:
        """Load and compile a guild's default model; OmokageError where there is none, or it is damaged."""


def warm_up_later(
    services: Sequence[WarmedUp], settings: Settings, after_s: float = _AFTER_S
) -> threading.Timer | None:
    """Load the services' models of the guilds that are known from the settings; None: there is no guild.

    Of other guilds, a model is loaded with the first command that needs it, which takes some seconds longer then.
    """
    guilds = settings.guilds or ((_SANDBOX,) if settings.discord_api else ())
    if not guilds:
        return None
    timer = threading.Timer(after_s, _begin, (services, guilds))
    timer.daemon = True  # a worker that ends before does not wait for it
    timer.start()
    return timer


def _begin(services: Sequence[WarmedUp], guilds: tuple[int, ...]) -> None:
    # No daemon: a process that ends while TensorFlow is being imported may crash.
    threading.Thread(target=_warm_up, args=(services, guilds), name="warm-up", daemon=False).start()


def _warm_up(services: Sequence[WarmedUp], guilds: tuple[int, ...]) -> None:
    for service in services:
        for guild_id in guilds:
            _warm_up_guild(service, guild_id)


def _warm_up_guild(service: WarmedUp, guild_id: int) -> None:
    started, name = time.monotonic(), type(service).__name__
    try:
        service.warm_up(guild_id)
    except OmokageError as error:
        if error.code not in _NO_MODEL:
            _log.warning("the models of %s in guild %s cannot be loaded: %s %s", name, guild_id, error, error.details)
    except Exception:  # noqa: BLE001 - the first command says it, too
        _log.exception("the models of %s in guild %s cannot be loaded", name, guild_id)
    else:
        _log.info("%s in guild %s is ready, after %.1f s", name, guild_id, time.monotonic() - started)
