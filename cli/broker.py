"""Waits for the broker before a process that needs it starts."""

from __future__ import annotations

import logging
import time
from urllib.parse import urlsplit

from cli.context import first_line
from cli.exits import Fault
from cli.output.escaping import escape
from core.settings import Settings

_log = logging.getLogger(__name__)
# As long as a part of `omokage up` must live for its death not to count as one of a row that ends everything.
WAIT_S = 30.0
_TIMEOUT_S = 5.0
_PAUSE_S = 0.5


def await_broker(settings: Settings, wait_s: float | None = None) -> None:
    """Return when the broker answers; one that is starting is waited for.

    Args:
        settings: the operator's, with the broker's URL.
        wait_s: for how many seconds to try again; by default WAIT_S.

    Raises:
        Fault: the broker did not answer in that time, or refuses the password.
    """
    wait_s = WAIT_S if wait_s is None else wait_s
    deadline, is_first = time.monotonic() + wait_s, True
    while True:
        problem, is_final = _ping(settings.broker_url)
        if problem is None:
            return
        message = f"The broker at {broker_address(settings.broker_url)} cannot be reached: {problem}."
        if is_final or time.monotonic() >= deadline:
            raise Fault(message)
        if is_first:
            _log.warning("%s Trying again for %.0f s.", message, wait_s)
        is_first = False
        time.sleep(_PAUSE_S)


def broker_address(url: str) -> str:
    """Return the broker's URL without user name and password."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2] or parts.path
    return escape(f"{parts.scheme}://{address}")


def _ping(url: str) -> tuple[str | None, bool]:
    """Return what is wrong with the broker (None: nothing), and whether that is final, so that no retry helps."""
    import redis  # a tenth of a second
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    from worker.queue import redis_url  # Celery

    client = redis.Redis.from_url(
        redis_url(url), socket_timeout=_TIMEOUT_S, socket_connect_timeout=_TIMEOUT_S, retry=Retry(NoBackoff(), 0)
    )
    try:
        client.ping()
    except redis.BusyLoadingError as error:  # it reads its data, which may be long
        return first_line(error).rstrip("."), False
    except (redis.AuthenticationError, redis.ResponseError) as error:
        return first_line(error).rstrip("."), True
    except (redis.RedisError, OSError) as error:
        return first_line(error).rstrip("."), False
    finally:
        client.close()
    return None, True
