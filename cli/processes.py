"""`omokage bot`, `worker`, `sandbox` and others: each runs one process of the product until SIGTERM or Ctrl-C."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click

from cli.broker import await_broker
from cli.context import first_line, log_to_stderr, open_services, read_settings
from cli.exits import BadSetting, Fault
from cli.output.echo import echo
from cli.output.escaping import escape
from cli.output.files import check_writable
from cli.process_memory import TOKEN_VARIABLES, remove_variables
from cli.up import parent_watch
from core.settings import Settings, SettingsError


@click.command(short_help="Run the bot alone.")
def bot() -> None:
    """Run the bot. It needs DISCORD_TOKEN, or OMOKAGE_DISCORD_API with a sandbox."""
    settings = read_settings()
    log_to_stderr(settings)
    from bot.main import check_token, run  # --help must not wait for discord.py

    parent_watch.end_with_parent()
    try:
        check_token(settings)
        _check_services(settings)
        run(settings)
    except SettingsError as error:
        raise BadSetting(str(error)) from error


@click.command(short_help="Run one worker alone.")
@click.option("--queue", type=click.Choice(["cpu", "gpu"]), default="cpu", show_default=True, help="Whose jobs to do.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Photos at a time, on the cpu queue; each process holds its own models.",
)
def worker(queue: str, concurrency: int) -> int:
    """Run one worker. SIGTERM lets its present jobs end."""
    remove_variables(*TOKEN_VARIABLES)
    settings = read_settings()
    log_to_stderr(settings)
    if settings.metrics is not None:
        from core.metrics import multiprocess

        multiprocess.prepare(settings.data / "run" / f"metrics-{queue}@{socket.gethostname()}")
    from core.domain.jobs import QueueName
    from core.storage.scratch import own_temporary_folder
    from worker.app import run, set_threads  # Celery

    parent_watch.end_with_parent()
    _check_services(settings)
    name = QueueName(queue)
    set_threads(name, concurrency, _cores())
    with own_temporary_folder(settings.data, f"worker-{queue}"):
        return run(settings, name, concurrency=concurrency)


@click.command(short_help="Run the sandbox alone: a Discord to try, with a web chat.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any free port.")
def sandbox(port: int) -> None:
    """Run the sandbox, a Discord on loopback. Its messages are kept in the data folder."""
    settings = read_settings()
    log_to_stderr(settings)
    from sandbox.config import SandboxConfig  # aiohttp
    from sandbox.main import run

    parent_watch.end_with_parent()
    config = SandboxConfig(port=port, data_dir=settings.data / "sandbox", starter_dir=settings.data / "starter")
    check_writable(settings.data / "sandbox")
    try:
        run(config)
    except OSError as error:
        raise Fault(f"The sandbox cannot listen on port {port}: {first_line(error)}") from error


@click.command(short_help="Create or upgrade the database's tables.")
def migrate() -> None:
    """Create or upgrade the database's tables, as every part does when it starts."""
    with open_services(read_settings()):
        echo("The database is up to date.")


@click.command("starter-pictures", short_help="Draw the ready-made pictures.", hidden=True)
@click.argument("folder", type=click.Path(path_type=Path))
def starter_pictures(folder: Path) -> None:
    """Draw the fictional people that the web chat offers as attachments."""
    from portraits import write_pictures  # numpy
    from portraits.fixtures import INDEX, STAMP

    if (folder / INDEX).exists() and not (folder / STAMP).exists():
        raise BadSetting(f"{escape(str(folder))} has an {INDEX} of something else; name a folder of its own.")
    parent_watch.end_with_parent()
    os.nice(10)  # the first minute after the first start has better things to do
    write_pictures(folder)


def _check_services(settings: Settings) -> None:
    """Check that the storage can be used and the broker answers, before seconds are spent on libraries and models.

    Raises:
        Fault: one of them cannot be used.
    """
    with open_services(settings):
        pass
    check_writable(settings.data / "run")  # of the file with the heartbeat
    await_broker(settings)


def _cores() -> int:
    """Return how many cores this process may use; a container may limit them."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
