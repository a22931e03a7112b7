"""Settings and services, with their errors as sentences."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

from cli.exits import BadSetting, Fault
from core.logs import set_up_logging
from core.models.common.lean_import import lean_keras
from core.models.common.quiet_import import quiet_tensorflow
from core.settings import Settings, SettingsError

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.jobs import QueueName


def read_settings() -> Settings:
    """From the environment.

    Raises:
        BadSetting: a variable cannot be right.
    """
    try:
        return Settings.from_env()
    except SettingsError as error:
        raise BadSetting(str(error)) from error


def log_to_stderr(level: str) -> None:
    """One line an event; `omokage up` and Docker collect them."""
    set_up_logging(level, sys.stderr)


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """The services without a broker, for commands that do their work themselves.

    Raises:
        Fault: the storage cannot be opened.
    """
    from sqlalchemy.exc import SQLAlchemyError  # a third of a second, which --help need not wait for

    from core.bootstrap import build

    # Seconds; libpq would wait for a host that answers nothing for as long as TCP does: two minutes.
    os.environ.setdefault("PGCONNECT_TIMEOUT", "10")
    try:
        services = build(settings, _no_broker)
    except (SQLAlchemyError, OSError, RuntimeError) as error:
        raise Fault(f"The storage in {settings.data} cannot be opened: {first_line(error)}") from error
    try:
        yield services
    finally:
        services.close()


def first_line(error: BaseException) -> str:
    """An exception in one line; of SQLAlchemy's, what the driver says."""
    text = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return text or type(error).__name__


def quiet_libraries() -> None:
    """Import TensorFlow without its greetings, and Keras without what it does not need; before either is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    quiet_tensorflow()
    lean_keras()


def prepare_training() -> None:
    """Settings under which a training is fastest; before TensorFlow is imported. See worker.app.set_threads."""
    quiet_libraries()
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _no_broker(job_id: int, queue: QueueName, priority: int) -> NoReturn:
    raise ConnectionError("this command works without a broker")
