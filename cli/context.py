"""Opens what a command works with: the settings, the log, and the services of core."""

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
    """Read the settings from the environment.

    Raises:
        BadSetting: a variable has a value that cannot be right.
    """
    try:
        return Settings.from_env()
    except SettingsError as error:
        raise BadSetting(str(error)) from error


def log_to_stderr(settings: Settings) -> None:
    """Log to standard error, one line for each event; `omokage up` and Docker collect them."""
    set_up_logging(settings.log_level, sys.stderr, settings.log_format)


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """Open the services without a broker, for commands that do their work themselves; close them at the end.

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
    """Return the first line of an exception's text; of SQLAlchemy's exceptions that of the driver's."""
    text = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return text or type(error).__name__


def quiet_libraries() -> None:
    """Have TensorFlow log errors only, and Keras import only what is needed; call it before either is imported."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    quiet_tensorflow()
    lean_keras()


def prepare_training() -> None:
    """Set what makes training fastest; call it before TensorFlow is imported. See worker.app.set_threads."""
    quiet_libraries()
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def _no_broker(job_id: int, queue: QueueName, priority: int) -> NoReturn:
    raise ConnectionError("this command works without a broker")
