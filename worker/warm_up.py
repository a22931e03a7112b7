"""Loads generators before they are first used, but not while a worker starts."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from core.services.generation.service import GenerationService
    from core.settings import Settings

_log = logging.getLogger(__name__)
# `omokage up` starts four processes at once; ten seconds later the cores are free, and nobody has typed a command yet.
_AFTER_S = 10.0
_SANDBOX = 0  # the product's models answer in any of its guilds


def warm_up_later(drawing: GenerationService, settings: Settings, after_s: float = _AFTER_S) -> threading.Timer | None:
    """Load the models of the guilds that are known from the settings; None: there is none.

    Of other guilds, a model is loaded with the first command that needs it, which takes some seconds longer then.
    """
    guilds = settings.guilds or ((_SANDBOX,) if settings.discord_api else ())
    if not guilds:
        return None
    timer = threading.Timer(after_s, _begin, (drawing, guilds))
    timer.daemon = True  # a worker that ends before does not wait for it
    timer.start()
    return timer


def _begin(drawing: GenerationService, guilds: tuple[int, ...]) -> None:
    # No daemon: a process that ends while TensorFlow is being imported may crash.
    threading.Thread(target=_warm_up, args=(drawing, guilds), name="warm-up", daemon=False).start()


def _warm_up(drawing: GenerationService, guilds: tuple[int, ...]) -> None:
    for guild_id in guilds:
        started = time.monotonic()
        try:
            drawing.warm_up(guild_id)
        except OmokageError as error:
            if error.code is not ErrorCode.NO_MODEL:
                _log.warning("what draws faces in guild %s cannot be loaded: %s %s", guild_id, error, error.details)
        except Exception:  # noqa: BLE001 - the first command says it, too
            _log.exception("what draws faces in guild %s cannot be loaded", guild_id)
        else:
            _log.info("what draws faces in guild %s is ready, after %.1f s", guild_id, time.monotonic() - started)
