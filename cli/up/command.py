"""`omokage up`: everything on one machine."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import webbrowser
from pathlib import Path

import click

from cli.broker import await_broker
from cli.context import read_settings
from cli.exits import Fault
from cli.setup import application_id, invite_link
from cli.up import parent_watch, valkey
from cli.up.console import Stopwatch, print_line
from cli.up.lock import Lock, locked
from cli.up.pid_file import TOKEN, PidFile, end_leftovers
from cli.up.services import HOST, Plan, free_port, has_own_broker, process_specs
from cli.up.supervisor import Supervisor
from core.settings import Settings


@click.command(short_help="Start everything on this machine, and stop it with Ctrl-C.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder for all data. [OMOKAGE_DATA, ./data]"
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="Of the sandbox's web chat."
)
@click.option("--no-gpu-worker", is_flag=True, help="Run the cpu worker alone.")
@click.option("--open", "open_browser", is_flag=True, help="Open the web chat in a browser.")
@click.option("--verbose", "-v", is_flag=True, help="Show all that the parts log, not only warnings.")
def up(data: Path | None, port: int, no_gpu_worker: bool, open_browser: bool, verbose: bool) -> None:
    """Start everything on this machine, and stop it with Ctrl-C.

    Without DISCORD_TOKEN this brings a sandbox: a small Discord with a web chat, to try Omokage in a browser. Without
    OMOKAGE_BROKER_URL it brings the broker, too. Logs are in the data folder.
    """
    if data is not None:
        os.environ["OMOKAGE_DATA"] = str(data)
    settings = read_settings()
    if importlib.util.find_spec("tensorflow") is None:
        raise Fault('The worker\'s libraries are missing; install them: pip install "omokage[worker]"')
    if not has_own_broker():
        await_broker(settings, wait_s=0)
    with locked(settings.data) as lock:
        _run(_plan(settings, port, gpu_worker=not no_gpu_worker), lock, open_browser=open_browser, verbose=verbose)


def _plan(settings: Settings, port: int, *, gpu_worker: bool) -> Plan:
    sandbox_port = None
    if settings.token is None and settings.discord_api is None:
        sandbox_port = free_port(port)
        if sandbox_port != port:
            print_line(f"Port {port} is taken, so the web chat is at port {sandbox_port} this time.")
    return Plan(settings, has_own_broker(), sandbox_port, gpu_worker)


def _run(plan: Plan, lock: Lock, *, open_browser: bool, verbose: bool) -> None:
    data = plan.settings.data
    left = end_leftovers(data / "run" / "processes.json")
    if left:
        print_line(f"Ended what the last run left behind: {', '.join(left)}.")
    processes = PidFile(data / "run" / "processes.json")
    url = _url(plan)
    lock.publish(url=url)
    try:
        if plan.own_broker:
            valkey.prepare(data)
        (data / "logs").mkdir(exist_ok=True)
        asyncio.run(_supervise(plan, processes, url, open_browser=open_browser, verbose=verbose))
    except (valkey.BrokerError, OSError) as error:
        raise Fault(str(error)) from error
    print_line("Stopped.")


async def _supervise(plan: Plan, processes: PidFile, url: str | None, *, open_browser: bool, verbose: bool) -> None:
    read_end, _write_end = pipe = os.pipe()
    environment = {**plan.environment, TOKEN: processes.token, parent_watch.VARIABLE: str(read_end)}
    supervisor = Supervisor(
        process_specs(plan, environment),
        processes,
        plan.settings.data / "logs",
        parent_pipe=read_end,
        everything=verbose,
    )

    def ready(stopwatch: Stopwatch) -> None:
        print_line(f"Omokage is ready after {stopwatch}: {url or plan.settings.discord_api or 'on Discord'}")
        print_line(f"Ctrl-C stops it. Logs: {plan.settings.data / 'logs'}")
        if open_browser and url:
            webbrowser.open(url)

    print_line(f"Starting Omokage on {plan.settings.data}")
    try:
        await supervisor.run(ready)
    finally:
        for end in pipe:
            os.close(end)


def _url(plan: Plan) -> str | None:
    """Where to go: the web chat, or the link by which the bot is invited."""
    if plan.sandbox_port is not None:
        return f"http://{HOST}:{plan.sandbox_port}"
    application = application_id(plan.settings.token or "")
    return invite_link(application) if application else None
