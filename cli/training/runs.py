"""`omokage runs`: lists training runs, and pauses, resumes, stops, rolls back or branches them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from cli.context import open_services, read_settings
from cli.errors import errors_as_exits
from cli.output.echo import echo, echo_json
from cli.output.table import table
from cli.training.formatting import duration, history_json, run_json, run_lines
from cli.training.train import shell_origin, version_of
from core.domain.ids import synthetic_id
from core.domain.training.runs import Run

if TYPE_CHECKING:
    from core.bootstrap import Services

_guild = click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose runs.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")
_run = click.argument("number", metavar="RUN", type=click.IntRange(1))


@click.group(short_help="List trainings; pause, resume, stop, roll back, branch.")
def runs() -> None:
    """List trainings, and ask something of them, wherever they train: here, in a worker, in another shell."""


@runs.command("list")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many.")
@_guild
@_json
def list_runs(limit: int, guild: int, as_json: bool) -> None:
    """List the newest runs."""
    settings = read_settings()
    with open_services(settings) as services:
        newest = services.runs.newest(guild, limit)
        if as_json:
            shown = [run_json(run, settings.price_per_hour, version_of(services, run)) for run in newest]
            echo_json(shown, indent=2)
            return
    if not newest:
        echo("Nothing was trained yet. Begin: omokage train recogniser --data NAME")
        return
    rows = [
        [str(run.number), run.kind.value, run.preset, run.state.value, f"{run.step}/{run.steps}", duration(run.seconds)]
        for run in newest
    ]
    echo(table([["RUN", "KIND", "PRESET", "STATE", "STEP", "TIME"], *rows]))


@runs.command()
@_run
@_guild
@_json
def show(number: int, guild: int, as_json: bool) -> None:
    """Show one run, with its checkpoints; as JSON with its curves, too."""
    settings = read_settings()
    with open_services(settings) as services, errors_as_exits():
        run = services.runs.find(guild, number)
        checkpoints, points = services.runs.checkpoints(run.id), services.runs.points(run.id)
        version = version_of(services, run)
    if as_json:
        whole = run_json(run, settings.price_per_hour, version) | history_json(checkpoints, points)
        echo_json(whole, indent=2)
        return
    kept = ", ".join(str(checkpoint.step) for checkpoint in checkpoints) or "none"
    echo("\n".join([*run_lines(run, settings.price_per_hour, version), f"  checkpoints: {kept}"]))


@runs.command()
@_run
@_guild
@_json
def pause(number: int, guild: int, as_json: bool) -> None:
    """Save and train no more, until it is resumed."""
    _control(guild, number, as_json, lambda services, run: services.runs.control.pause(run.id, by=0))


@runs.command()
@_run
@_guild
@_json
def resume(number: int, guild: int, as_json: bool) -> None:
    """Let a worker go on; `omokage train --resume RUN` does so in this process instead."""
    _control(guild, number, as_json, lambda services, run: services.runs.control.resume(run.id, by=0))


@runs.command()
@_run
@_guild
@_json
def stop(number: int, guild: int, as_json: bool) -> None:
    """Save and end the run; its checkpoints are kept."""
    _control(guild, number, as_json, lambda services, run: services.runs.control.stop(run.id, by=0))


@runs.command()
@_run
@click.argument("step", type=click.IntRange(0))
@_guild
@_json
def rollback(number: int, step: int, guild: int, as_json: bool) -> None:
    """Go back to the checkpoint at STEP or the nearest before; what came later is forgotten, and the run paused."""
    _control(guild, number, as_json, lambda services, run: services.runs.control.rollback(run.id, step, by=0))


@runs.command()
@_run
@click.argument("step", type=click.IntRange(0))
@click.option("--steps", type=click.IntRange(1), help="In all; by default as many as RUN has.")
@click.option("--learning-rate", type=float, help="By default as RUN has it.")
@_guild
@_json
def branch(number: int, step: int, guild: int, as_json: bool, **options: Any) -> None:
    """Begin a new run at a checkpoint of RUN; a worker trains it."""
    changes = {} if options["learning_rate"] is None else {"learning_rate": options["learning_rate"]}

    def begin(services: Services, run: Run) -> Run:
        return services.runs.branch(run.id, step, synthetic_id(), shell_origin(guild), changes, steps=options["steps"])

    _control(guild, number, as_json, begin)


def _control(guild: int, number: int, as_json: bool, ask: Callable[[Services, Run], Run]) -> None:
    settings = read_settings()
    # A segment's message is sent by the bot's sweep, within two seconds; that this shell has no broker is no news.
    logging.getLogger("core.services.jobs.dispatcher").setLevel(logging.ERROR)
    with open_services(settings) as services, errors_as_exits():
        run = ask(services, services.runs.find(guild, number))
        version = version_of(services, run)
    shown: Any = run_json(run, settings.price_per_hour, version)
    echo_json(shown) if as_json else echo("\n".join(run_lines(run, settings.price_per_hour)))
