"""`omokage train`: trains a model in this process."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from cli.context import open_services, prepare_training, read_settings
from cli.errors import errors_as_exits
from cli.exits import FAULT, INTERRUPTED, OK, Fault
from cli.output.echo import echo, echo_json
from cli.training.formatting import run_json, run_lines
from core.domain.ids import synthetic_id
from core.domain.jobs import Origin
from core.domain.training.presets import ALL_SIZES, LOSSES, OPTIONS, find_preset
from core.domain.training.runs import Run, RunKind, RunRequest, RunState

if TYPE_CHECKING:
    from cli.training.local_runner import Interrupt
    from core.bootstrap import Services
    from core.domain.registry.versions import Version


@click.command(short_help="Train a model in this process.")
@click.argument("kind", type=click.Choice([kind.value for kind in RunKind]), required=False)
@click.option("--data", "dataset", metavar="NAME", help="The data set, its newest version.")
@click.option("--data-version", type=click.IntRange(1), help="Another version of it.")
@click.option("--preset", metavar="NAME", help="The recipe; a wrong one is answered with those that there are.")
@click.option("--head", type=click.Choice(["embedding", "cnn"]), help="Recogniser: choose a preset by what is trained.")
@click.option("--steps", type=click.IntRange(1), help="By default as many as the preset says.")
@click.option(
    "--size", type=click.Choice([str(size) for size in ALL_SIZES]), help="Pixels a side of the network's input."
)
@click.option("--batch", type=click.IntRange(1), help="Pictures a step; by default as many as the preset says.")
@click.option("--learning-rate", type=float, help="Of the optimiser, at its highest; by default the preset's.")
@click.option(
    "--fold", type=click.IntRange(0), help="Recogniser: which sixth of the pictures is held out.  [default: 0]"
)
@click.option("--loss", type=click.Choice(LOSSES), help="DCGAN: of its two players; by default the preset's.")
@click.option("--augment", type=float, help="DCGAN: 0 to 1, how strongly; by default as few pictures need it.")
@click.option("--kl", type=float, help="VAE: weight of the divergence; by default the preset's.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**31 - 1),
    default=0,
    show_default=True,
    help="The same seed gives the same model.",
)
@click.option("--resume", type=click.IntRange(1), metavar="RUN", help="Go on with a run that rests, instead.")
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose run.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object at the end; see docs/cli.md.")
def train(kind: str | None, resume: int | None, guild: int, as_json: bool, **options: Any) -> int:
    """Train a model in this process, without a broker, in the same segments as a worker.

    Ctrl-C saves and pauses; `omokage train --resume RUN` goes on where it was. Exit status 1 where the training failed.
    """
    if (resume is None) == (kind is None) or (kind and options["dataset"] is None):
        raise click.UsageError("say what to train and --data on what, or --resume which run")
    prepare_training()
    settings = read_settings()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    with open_services(settings) as services:
        from cli.training.local_runner import catch_interrupts
        from worker.runner import new_owner  # Celery

        owner = new_owner()
        with catch_interrupts() as interrupt:
            with errors_as_exits():
                if kind is not None:
                    run = services.runs.start(_request(services, RunKind(kind), guild, options), owner=owner)
                else:
                    run = services.runs.control.resume(services.runs.find(guild, resume).id, by=0, owner=owner)
            rests = _train(services, run, owner, interrupt)
        version = version_of(services, rests)
        if as_json:
            echo_json(run_json(rests, settings.price_per_hour, version))
        else:
            echo("\n".join(run_lines(rests, settings.price_per_hour, version)))
    if rests.state is RunState.PAUSED and interrupt.requested:
        echo(f"To go on: omokage train --resume {rests.number}", err=True)
        return INTERRUPTED
    return OK if rests.state is RunState.FINISHED else FAULT


def version_of(services: Services, run: Run) -> Version | None:
    """Find the version that a run made; None: it has made none."""
    versions = services.registry.list(run.guild_id, run.kind)
    return next((version for version in versions if version.run_id == run.id), None)


def shell_origin(guild: int) -> Origin:
    """A run that nobody in a chat asked for has no message there."""
    return Origin(guild, 0, 0, "en", 0, "")


def _request(services: Services, kind: RunKind, guild: int, options: Mapping[str, Any]) -> RunRequest:
    preset = find_preset(kind, options["preset"], options["head"])
    dataset = services.datasets.find(guild, options["dataset"], options["data_version"])
    config = {name: options[name] for name in OPTIONS if name != "size"}
    config["size"] = int(options["size"]) if options["size"] else None
    steps = options["steps"] or preset.steps
    return RunRequest(
        synthetic_id(), kind, preset.name, dataset.id, steps, shell_origin(guild), config, seed=options["seed"]
    )


def _train(services: Services, run: Run, owner: str, interrupt: Interrupt) -> Run:
    from cli.training.local_runner import train_run
    from cli.training.progress_bar import TrainingBar  # rich
    from core.bootstrap import build_training

    with TrainingBar() as bar:
        rests = train_run(services, run, owner, lambda: build_training(services, bar.make_callback), interrupt)
    if rests is None:
        raise Fault(f"Run {run.number} was taken from this process: somebody rolled it back, or it slept for too long.")
    return rests
