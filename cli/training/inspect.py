"""`omokage inspect`: how sparse a network's layers are, which channels are dead, what each of them sees."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import open_services, quiet_libraries, read_settings
from cli.error_texts import error_text
from cli.exits import Fault
from cli.output.echo import echo, echo_json
from cli.output.escaping import escape
from cli.output.files import PNG, check_files, force_option, write_files
from cli.output.table import table
from core.domain.errors import OmokageError

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.models.inspection.activations import LayerActivity
    from core.services.inspection import Inspection

_VERSION = re.compile(r"(?:recogniser[ -]?)?v?([1-9]\d{0,8})", re.IGNORECASE)
_RUN = re.compile(r"run[ -]?([1-9]\d{0,8})", re.IGNORECASE)
_SHEETS = "[0-9][0-9]-*.png"  # as the sheets are called, whose layers are not known before the network is loaded
_MAX_NAMED = 12  # dead channels in a line


def _target(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[int, bool]:
    """`v3` or `run3` -> the number, and whether it is a run's."""
    for pattern, is_run in ((_VERSION, False), (_RUN, True)):
        match = pattern.fullmatch(value)
        if match:
            return int(match[1]), is_run
    raise click.BadParameter(f"{value!r} is neither a version, like v3, nor a run, like run3")


@click.command(short_help="Look into a trained network's layers.")
@click.argument("target", callback=_target, metavar="VERSION|RUN")
@click.option(
    "--data", "data", metavar="NAME", help="A data set, its newest version.  [default: what it was trained on]"
)
@click.option(
    "--pictures",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    help="How many to show to the network, evenly chosen; 0: all.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Write a sheet (PNG) a layer into this folder."
)
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose model.")
@force_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md.")
def inspect(
    *,
    target: tuple[int, bool],
    data: str | None,
    pictures: int,
    out: Path | None,
    guild: int,
    force: bool,
    as_json: bool,
) -> None:
    """Look into a trained network: how sparse its layers are, which channels are dead, which layers could be narrower.

    VERSION is v3, RUN is run3: of a run that is not finished, its newest checkpoint. What the numbers mean is in
    docs/inspect.md.
    """
    if out is not None:
        check_files(dict.fromkeys(out.glob(_SHEETS), PNG), force=force, folder=out)
    quiet_libraries()
    with open_services(read_settings()) as services:
        try:
            inspection = _inspect(services, target, data, guild, pictures, sheets=out is not None)
        except OmokageError as error:
            raise Fault(error_text(error)) from error
    written = _write(inspection, out) if out is not None else {}
    echo_json(_json(inspection, written)) if as_json else echo(_text(inspection, written))


def _inspect(
    services: Services, target: tuple[int, bool], data: str | None, guild: int, pictures: int, *, sheets: bool
) -> Inspection:
    from core.domain.registry.versions import Version
    from core.services.inspection import find_target, inspect_run, inspect_version, trained_on  # numpy

    number, is_run = target
    target_network = find_target(services.registry, services.runs, guild, number, is_run=is_run)
    dataset = trained_on(services.datasets, target_network) if data is None else services.datasets.find(guild, data)
    registry, storage = services.registry, services.dataset_storage
    if isinstance(target_network, Version):
        return inspect_version(registry, storage, target_network, dataset, pictures=pictures, sheets=sheets)
    return inspect_run(registry, services.runs, storage, target_network, dataset, pictures=pictures, sheets=sheets)


def _write(found: Inspection, folder: Path) -> dict[str, Path]:
    """The sheets' paths by layer, numbered in the network's order."""
    paths = {
        layer: folder / f"{number:02d}-{re.sub(r'[^A-Za-z0-9_.-]', '_', layer)}.png"
        for number, layer in enumerate(found.sheets, 1)
    }
    write_files({path: found.sheets[layer] for layer, path in paths.items()})
    return paths


def _json(found: Inspection, written: dict[str, Path]) -> object:
    return {
        "model": found.title,
        "architecture": found.architecture,
        "data": found.dataset,
        "pictures": found.pictures,
        "layers": [_layer_json(layer, written.get(layer.name)) for layer in found.layers],
    }


def _layer_json(layer: LayerActivity, sheet: Path | None) -> object:
    return {
        "name": layer.name,
        "channels": layer.channels,
        "places": layer.places,
        "sparsity": round(layer.sparsity, 4),
        "by_channel": [round(share, 4) for share in layer.by_channel],
        "dead": list(layer.dead),
        "active": round(layer.active, 2),
        "components": layer.components,
        "narrow_to": layer.narrow_to,
        "sheet": None if sheet is None else str(sheet),
    }


def _text(found: Inspection, written: dict[str, Path]) -> str:
    heading = ("layer", "channels", "zeros", "dead", "a picture uses", "99 % in", "could be")
    rows = [heading, *(_row(layer) for layer in found.layers)]
    lines = [f"{found.title} ({found.architecture}) on {found.pictures:,} pictures of {found.dataset}", "", table(rows)]
    dead = [f"{layer.name}: {_named(layer.dead)}" for layer in found.layers if layer.dead]
    lines += ["", "Dead channels:", *(f"  {line}" for line in dead)] if dead else []
    lines += ["", *(escape(str(path)) for path in written.values())] if written else []
    return "\n".join(lines)


def _row(layer: LayerActivity) -> tuple[str, ...]:
    width = "" if layer.narrow_to is None else str(layer.narrow_to)
    zeros, active = f"{layer.sparsity:.1%}", f"{layer.active:.1f}"
    return layer.name, str(layer.channels), zeros, str(len(layer.dead)), active, str(layer.components), width


def _named(channels: tuple[int, ...]) -> str:
    more = len(channels) - _MAX_NAMED
    words = ", ".join(map(str, channels[:_MAX_NAMED]))
    return f"{words} and {more} more (--json names all)" if more > 0 else words
