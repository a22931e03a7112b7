"""`omokage data`: bring pictures in to train on, look at them, and take them out again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import quiet_libraries
from cli.data.curate import curate
from cli.data.errors import open_data_services, progress_bar
from cli.data.formatting import dataset_json, dataset_lines, dataset_row
from cli.data.import_formatting import report_json, report_lines
from cli.data.remove import remove
from cli.output.escaping import dump_json, escape
from cli.output.files import check_new_folder
from cli.output.table import table
from core.domain.data.imports import ImportReport
from core.domain.training.preflight import trained_for

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.data.datasets import Dataset

_OPERATOR = 0  # who says so: the shell's user has no account
_guild = click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose data set.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")
_version = click.option("--version", type=click.IntRange(1), help="An older one; by default the newest.")


@click.group(short_help="Import, list and export pictures to train on.")
def data() -> None:
    """Bring pictures of people in to train on.

    A data set has versions that never change, so that it stays known what a model was trained on.
    """


@data.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FOLDER|ZIP")
@click.option("--name", required=True, help="Of the data set; the same name again makes its next version.")
@click.option("--unlabelled", is_flag=True, help="It does not matter who is shown; sub-folders are only folders.")
@click.option("--ages", is_flag=True, help="Without people's names, but with ages: from file names or a CSV file.")
@click.option("--encoding", metavar="NAME", help="Of names in a zip, such as cp932.  [default: the likeliest]")
@_guild
@_json
def import_data(
    *, source: Path, name: str, unlabelled: bool, ages: bool, encoding: str | None, guild: int, as_json: bool
) -> None:
    """Make a version of a data set out of a folder or zip file with one sub-folder for each person.

    Each sub-folder is called like the person in it; with --unlabelled all pictures are taken, as a model that draws
    faces learns from them. Folders around those of the people are passed over. It is said what was left out, and why.
    With --ages, a CSV file has the columns file, age and gender, or without one the names of the pictures begin with
    age and gender (0 male, 1 female), as in 34_1_a.jpg. Pictures without an age are left out.

    7,000 small pictures take about five minutes. The same content again makes no new version.
    """
    quiet_libraries()
    report = ImportReport()

    def tell(made: ImportReport) -> None:
        nonlocal report
        report = made

    with open_data_services(lambda: report_lines(report)) as services, progress_bar("Reading pictures") as progress:
        from core.services.datasets.importing import import_folder  # TensorFlow

        dataset, preflight = import_folder(
            services.dataset_storage,
            source,
            guild,
            name,
            _OPERATOR,
            progress,
            named=not (unlabelled or ages),
            with_ages=ages,
            encoding=encoding,
            on_report=tell,
        )
    if as_json:
        click.echo(dump_json({**dataset_json(dataset, preflight), "import": report_json(report)}, indent=2))
    else:
        click.echo("\n".join([*report_lines(report), *dataset_lines(dataset, preflight)]))


@data.command()
@_guild
@_json
def snapshot(guild: int, as_json: bool) -> None:
    """Make a version of the data set `labels` out of the faces that the guild's members have named."""
    quiet_libraries()
    with open_data_services() as services, progress_bar("Reading faces") as progress:
        from core.services.datasets.from_labels import from_labels  # TensorFlow

        dataset = from_labels(services.database, services.dataset_storage, guild, _OPERATOR, progress)
    _show(services, dataset, as_json)


@data.command("list")
@_guild
@_json
def list_data(guild: int, as_json: bool) -> None:
    """List all versions, the newest first."""
    with open_data_services() as services:
        entries = services.datasets.list(guild)
    if as_json:
        rows = [dataset_json(one, services.datasets.preflight(one, kind=trained_for(one))) for one in entries]
        click.echo(dump_json(rows, indent=2))
    elif not entries:
        click.echo("There is no data set yet. Make one: omokage data import FOLDER --name NAME")
    else:
        click.echo(table([dataset_row(), *map(dataset_row, entries)]))


@data.command()
@click.argument("name")
@_version
@_guild
@_json
def show(name: str, version: int | None, guild: int, as_json: bool) -> None:
    """Say what is in a data set, and whether it can be trained on."""
    with open_data_services() as services:
        dataset = services.datasets.find(guild, name, version)
    _show(services, dataset, as_json)
    if not as_json and dataset.people:
        rows = [[escape(one.name), str(one.pictures)] for one in dataset.classes]
        click.echo("\n" + table([["PERSON", "PICTURES"], *rows]))


@data.command()
@click.argument("name")
@click.argument("folder", type=click.Path(path_type=Path))
@_version
@_guild
def export(name: str, folder: Path, version: int | None, guild: int) -> None:
    """Write the pictures of a data set to a new folder, with one sub-folder for each person."""
    check_new_folder(folder)
    quiet_libraries()
    with open_data_services() as services:
        from core.services.datasets.exporting import export_dataset as write  # TensorFlow

        dataset = services.datasets.find(guild, name, version)
        count = write(services.dataset_storage, dataset, folder)
    click.echo(escape(f"{dataset.title}: {count} pictures are in {folder}."))


data.add_command(curate)
data.add_command(remove)


def _show(services: Services, dataset: Dataset, as_json: bool) -> None:
    preflight = services.datasets.preflight(dataset, kind=trained_for(dataset))
    if as_json:
        click.echo(dump_json(dataset_json(dataset, preflight), indent=2))
    else:
        click.echo("\n".join(dataset_lines(dataset, preflight)))
