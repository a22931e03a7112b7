"""`omokage starter`: makes the models that come with the product."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import open_services, prepare_training, read_settings
from cli.errors import errors_as_exits
from cli.exits import INTERRUPTED, Fault
from cli.output.echo import echo, echo_json
from cli.output.escaping import escape
from cli.output.files import JSON_FILE, WEIGHTS, check_files, force_option, write_files
from cli.starter_ager import make_ager
from cli.training.formatting import run_lines
from core.domain.training.runs import Run, RunKind, RunState
from core.settings import Settings
from core.storage.disk import write_whole

if TYPE_CHECKING:
    from cli.training.local_runner import Interrupt
    from core.bootstrap import Services
    from core.domain.jobs import Job
    from core.models.generators.generator import FaceGenerator
    from core.services.starter.training import Made, Plan
    from core.services.training.callbacks import Callback, MakeCallback

_SHOWN = 64  # faces on the sheet at the end


@click.group(hidden=True, short_help="Make the models that come with the product.")
def starter() -> None:
    """Train the models that come with the product anew, on portraits that are drawn by code."""


@starter.command(short_help="Draw portraits, and train a model on them.")
@click.argument("kind", type=click.Choice([RunKind.DCGAN.value, RunKind.VAE.value, RunKind.REAGE.value]))
@click.option("--pictures", type=click.IntRange(100, 900_000), default=3000, show_default=True, help="Portraits.")
@click.option("--seed", type=click.IntRange(0, 999), default=1, show_default=True, help="Of the people and the model.")
@click.option("--steps", type=click.IntRange(1), help="By default as many as take about an hour.")
@click.option("--batch", type=click.IntRange(8, 1024), help="Pictures a step.  [default: 32]")
@click.option("--preset", metavar="NAME", help="Another recipe.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Weights; beside it a card."
)
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), help="Portraits and checkpoints.")
@force_option
@click.option("--json", "as_json", is_flag=True, help="The card, as JSON.")
def train(kind: str, *, out: Path, work: Path | None, as_json: bool, force: bool, **given: Any) -> int:
    """Draw portraits of made-up people, and train a model on them.

    What draws faces learns their traits: smile, glasses, beard. What ages them, reage, learns from each person at four
    ages.

    Ctrl-C saves; the same command again goes on. Sheets of what the model draws are in the --work folder, which is
    starter-models in the data folder by default. The card is --out with .json at its end.
    """
    check_files({out: WEIGHTS, out.with_suffix(".json"): JSON_FILE}, force=force)
    prepare_training()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    settings = _settings(work or read_settings().data / "starter-models")
    from cli.training.local_runner import catch_interrupts

    with open_services(settings) as services, catch_interrupts() as interrupt, errors_as_exits():
        people = (int(given.pop("pictures")), int(given.pop("seed")))
        made = _make(services, RunKind(kind), _plan(RunKind(kind), given), people, interrupt)
    if made is None:
        echo("Saved. The same command again goes on.", err=True)
        return INTERRUPTED
    _write(out, made)
    if as_json:
        echo_json(made.card, indent=2)
    else:
        echo(f"{escape(str(out))}: {len(made.weights) / 1e6:.1f} MB, and its card {out.with_suffix('.json').name}")
    return 0


def _settings(work: Path) -> Settings:
    """Everything in a folder of its own: a community's database has no business with this."""
    return Settings.from_env({"OMOKAGE_DATA": str(work)})


def _plan(kind: RunKind, changes: dict[str, Any]) -> Plan:
    from core.services.starter.training import PLANS  # TensorFlow

    return replace(PLANS[kind], **{name: value for name, value in changes.items() if value is not None})


def _make(services: Services, kind: RunKind, plan: Plan, people: tuple[int, int], interrupt: Interrupt) -> Made | None:
    """Each stage finds what an earlier call has done; None: somebody pressed Ctrl-C."""
    if kind is RunKind.REAGE:
        return make_ager(services.settings.data, plan, people, interrupt, _progress_printer)
    from core.services.starter.portrait_set import write_portrait_set  # numpy
    from core.services.starter.training import begin, finish, make_dataset, version_of
    from worker.runner import new_owner  # Celery

    pictures, seed = people
    folder = services.settings.data / "portraits"
    portraits = write_portrait_set(folder, pictures, seed, _progress_printer("portraits drawn"))
    dataset = make_dataset(services.dataset_storage, folder, portraits, _progress_printer("portraits read"))
    owner = new_owner()
    run = begin(services.runs, kind, dataset, plan, seed=seed, owner=owner)
    if run.state is not RunState.FINISHED:
        run = _train(services, run, owner, interrupt)
    if run.state is not RunState.FINISHED:
        if interrupt.requested:
            return None
        raise Fault("\n".join(run_lines(run, None)))
    command = f"omokage starter train {kind} --pictures {pictures} --seed {seed}"
    command += f" --preset {plan.preset} --steps {plan.steps} --batch {plan.batch}"
    version = version_of(services.registry, run)
    made, model = finish(services.registry, services.dataset_storage, version, portraits, command)
    _draw_sheet(services.settings.data / f"{kind}-final.png", model)
    return made


def _train(services: Services, run: Run, owner: str, interrupt: Interrupt) -> Run:
    from cli.training.local_runner import train_run
    from cli.training.progress_bar import TrainingBar  # rich
    from core.bootstrap import build_training
    from core.services.training.callbacks import combine

    sheet = services.settings.data / f"{run.kind.value}-sheet.png"
    with TrainingBar() as bar:
        make_callback = combine(bar.make_callback, _sheets(sheet))
        rests = train_run(services, run, owner, lambda: build_training(services, make_callback), interrupt)
    if rests is None:
        raise Fault("The run was taken from this process: it slept for too long. The same command again goes on.")
    return rests


def _sheets(file: Path) -> MakeCallback:
    """Keeps what the model draws at the newest evaluation in a file."""
    from core.services.training.callbacks import Callback as Base

    class Sheets(Base):
        def on_sample(self, make: Any) -> None:
            picture = make()
            if picture:
                write_whole({file: picture})

    def make_callback(_job: Job, _run: Run) -> Callback:
        return Sheets()

    return make_callback


def _draw_sheet(file: Path, model: FaceGenerator) -> None:
    from core.render.grid import render_grid  # Pillow

    write_whole({file: render_grid(model.render(model.latents(range(1, _SHOWN + 1))), 8)})


def _write(out: Path, made: Made) -> None:
    card = json.dumps(made.card, ensure_ascii=False, indent=2) + "\n"
    write_files({out: made.weights, out.with_suffix(".json"): card.encode()})


def _progress_printer(what: str) -> Any:
    """Tells how far it is on standard error, every tenth part."""
    told_of = 0

    def progress(done: int, of: int) -> None:
        nonlocal told_of
        if done * 10 // of > told_of:
            told_of = done * 10 // of
            sys.stderr.write(f"{done} of {of} {what}\n")

    return progress
