"""`omokage optimize`: a picture that the recogniser takes for somebody."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.attack.formatting import optimized_json, optimized_lines
from cli.context import first_line, open_services, prepare_training, read_settings
from cli.error_texts import error_text
from cli.errors import exit_for
from cli.exits import INTERRUPTED, OK, BadSetting
from cli.output.echo import echo, echo_json
from cli.output.escaping import dump_json, escape
from cli.output.files import JSON_FILE, PNG, check_files, force_option, write_files
from cli.photos import read_photo
from core.domain.errors import OmokageError
from core.domain.generation import MAX_SEED, Face
from core.domain.jobs import JobCancelledError
from core.domain.optimisation import DEFAULT_EPSILON, MAX_EPSILON, MAX_STEPS, OptimizeMode, OptimizeRequest
from core.domain.training.runs import RunKind
from core.services.attack.targets import find_target

if TYPE_CHECKING:
    from cli.attack.progress_bar import AttackBar
    from cli.training.local_runner import Interrupt
    from core.bootstrap import Services
    from core.domain.optimisation import OptimizeResult
    from core.storage.blobs import Blobs

_OUTPUTS = {"picture.png": PNG, "before.png": PNG, "sheet.png": PNG, "report.json": JSON_FILE}
_MEMORY = "memory://omokage-optimized"  # of blobs: nothing of them is kept


@click.command(short_help="Make a picture that the recogniser takes for somebody.")
@click.option(
    "--target", required=True, metavar="NAME", help="Whom it is to be taken for; a wrong one gets near names."
)
@click.option("--start", metavar="PHOTO", help="Of somebody else, for --mode fool.")
@click.option("--face", type=click.IntRange(1), metavar="N", help="Which face of PHOTO; the best is 1.")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in OptimizeMode]),
    help="fool changes PHOTO a little; noise and dream begin with noise.  [default: fool with a PHOTO, else noise]",
)
@click.option("--steps", type=click.IntRange(1, MAX_STEPS), help="By default as many as the mode needs.")
@click.option(
    "--epsilon",
    type=click.IntRange(1, MAX_EPSILON),
    default=DEFAULT_EPSILON,
    show_default=True,
    help="fool: levels, of 255, by which each channel of each pixel may change.",
)
@click.option("--robust", is_flag=True, help="It must survive compression as JPEG; takes longer.")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, show_default=True, help="Of all that is random.")
@click.option("--model", type=click.IntRange(1), metavar="N", help="recogniser vN; by default the one that answers.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder for pictures and figures."
)
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose recogniser.")
@force_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md.")
def optimize(*, out: Path, guild: int, as_json: bool, force: bool, **options: Any) -> int:
    """Make a picture that the recogniser takes for somebody whom it does not show.

    Writes picture.png, the very bytes that the figures are of, before.png, sheet.png and report.json into --out.
    Ctrl-C stops, and keeps what there is.
    """
    mode = _mode(options["mode"], options["start"])
    inputs = [] if options["start"] is None else [options["start"]]
    check_files({out / name: kind for name, kind in _OUTPUTS.items()}, inputs=inputs, force=force, folder=out)
    prepare_training()
    with open_services(read_settings()) as services:
        from cli.attack.progress_bar import AttackBar  # rich, numpy
        from cli.training.local_runner import catch_interrupts
        from core.storage.blobs import Blobs

        blobs = Blobs(_MEMORY)
        with catch_interrupts() as interrupt, AttackBar(interrupt) as bar:
            answer = _optimize(services, blobs, guild, {**options, "mode": mode}, bar=bar)
    report = optimized_json(answer)
    write_files({out / name: data for name, data in _files(blobs, answer, bar.before, report).items()})
    echo_json(report) if as_json else echo("\n".join(optimized_lines(answer, out)))
    return _status(interrupt)


def _mode(said: str | None, start: str | None) -> OptimizeMode:
    mode = OptimizeMode(said) if said else OptimizeMode.FOOL if start else OptimizeMode.NOISE
    if mode is OptimizeMode.FOOL and start is None:
        raise click.UsageError("--mode fool changes a photo: say --start PHOTO")
    if mode is not OptimizeMode.FOOL and start is not None:
        raise click.UsageError(f"--mode {mode.value} begins with noise: leave --start out, or say --mode fool")
    return mode


def _optimize(
    services: Services, blobs: Blobs, guild: int, options: Mapping[str, Any], *, bar: AttackBar
) -> OptimizeResult:
    """What comes of it.

    Raises:
        BadSetting, Fault: see OptimizeService; or the photo shows several faces.
    """
    from core.bootstrap import build_optimizer  # TensorFlow

    name = escape(options["start"] or "")
    try:
        request = _request(services, blobs, guild, options)
        with closing(build_optimizer(services, blobs)) as optimizer:
            answer = optimizer.optimise(request, guild, bar)
    except OmokageError as error:
        raise exit_for(error, name if "photo" in error.details else "") from error
    except JobCancelledError as error:
        raise click.Abort from error  # before the first step: there is nothing to keep
    if answer.choice is not None:
        faces = answer.choice.faces
        raise BadSetting(f"{name}: there are {faces} faces in it; say which is meant: --face 1 to --face {faces}.")
    return answer


def _request(services: Services, blobs: Blobs, guild: int, options: Mapping[str, Any]) -> OptimizeRequest:
    number = options["model"]
    version_id = None if number is None else services.registry.get_by_number(guild, RunKind.RECOGNISER, number).id
    # Before the networks are loaded, for which nobody should wait who mistyped a name.
    target = find_target(services.registry, services.people, guild, options["target"], version_id)
    return OptimizeRequest(
        target.name,
        options["mode"],
        target.person_id,
        start=None if options["start"] is None else _face(blobs, options["start"], options["face"]),
        steps=options["steps"],
        epsilon=options["epsilon"],
        robust=options["robust"],
        seed=options["seed"],
        version_id=version_id,
    )


def _face(blobs: Blobs, name: str, number: int | None) -> Face:
    try:
        data = read_photo(name)
    except OmokageError as error:
        raise BadSetting(f"{escape(name)}: {error_text(error)}.") from error
    except OSError as error:
        raise BadSetting(f"{escape(name)}: {error.strerror or first_line(error)}") from error
    return Face(photo=blobs.put(data), index=None if number is None else number - 1)


def _files(blobs: Blobs, answer: OptimizeResult, before: bytes, report: Mapping[str, Any]) -> dict[str, bytes]:
    text = dump_json({**report, "curve": answer.curve}, indent=2)
    pictures = {"picture.png": answer.picture, "sheet.png": answer.sheet}
    result = {name: blobs.get(blob) for name, blob in pictures.items() if blob is not None}
    return {**result, "before.png": before, "report.json": f"{text}\n".encode()}


def _status(interrupt: Interrupt) -> int:
    return INTERRUPTED if interrupt.requested else OK
