"""`omokage data curate`: which pictures of a folder are worth learning from."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click

from cli.context import quiet_libraries
from cli.data.curation_formatting import caption, curation_lines
from cli.data.errors import open_data_services, progress_bar
from cli.data.formatting import dataset_json, dataset_lines
from cli.data.import_formatting import report_json, report_lines
from cli.output.escaping import dump_json, escape_lines
from cli.output.files import check_writable
from core.domain.data.curation import Curation, Subject
from core.domain.data.imports import ImportReport
from core.domain.training.preflight import trained_for
from core.domain.training.presets import bad_option

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.data.datasets import Dataset
    from core.services.curation.curate import PictureSource

_Imported: TypeAlias = "tuple[Dataset, ImportReport]"
_OPERATOR = 0  # who says so: the shell's user has no account
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(short_help="Say which pictures are worth learning from, and cut them out.")
@click.argument("source", type=click.Path(exists=True, path_type=Path), metavar="FOLDER|ZIP")
@click.option(
    "--subject",
    type=click.Choice([one.value for one in Subject]),
    default=Subject.FACE.value,
    show_default=True,
    help="What they should show: a face, or anything, which is whatever most of them show.",
)
@click.option("--out", type=click.Path(path_type=Path), help="A folder for the squares, the report and contact sheets.")
@click.option("--name", help="Make a version of this data set out of what is kept.")
@click.option("--ages", is_flag=True, help="Keep the pictures' ages, which names or a CSV file say; see `data import`.")
@click.option("--keep", type=_file, help="A file with a picture's path in each line: these are kept all the same.")
@click.option("--drop", type=_file, help="The same for pictures that are left out.")
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose data set.")
@click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")
def curate(
    *,
    source: Path,
    subject: str,
    out: Path | None,
    name: str | None,
    ages: bool,
    keep: Path | None,
    drop: Path | None,
    guild: int,
    as_json: bool,
) -> None:
    """Look at all pictures: is something to be seen, large, sharp, without letters over it, and only once?

    Nothing is changed in FOLDER. Squares around what is shown are written to --out, with `curation.json`, which says of
    each picture why it was kept or not, and contact sheets of both. Who disagrees lists pictures in a file for --keep
    or --drop and says the same again.
    """
    quiet_libraries()
    with open_data_services() as services:
        _check(source, out, [file for file in (keep, drop) if file is not None])
        with _output_folder(out) as place:
            curation = _curate(source, Subject(subject), Path(place), keep, drop, with_ages=ages)
            kept = Path(place) / "kept"
            imported = _import(services, kept, guild, name, with_ages=ages) if name is not None else None
        click.echo(_json(services, curation, imported) if as_json else _text(services, source, out, curation, imported))


def _check(source: Path, out: Path | None, hands: Sequence[Path]) -> None:
    """Before minutes are spent.

    Raises:
        OmokageError: BAD_OPTION.
        BadSetting, Fault: see `check_writable`.
    """
    from core.services.curation.report_files import check_folder  # numpy

    if out is not None:
        check_folder(out, source, *hands)
        if out.resolve().is_relative_to(source.resolve()):
            raise bad_option("out", str(out), "a folder outside of the one with the pictures")
        check_writable(out)


def _output_folder(out: Path | None) -> AbstractContextManager[str]:
    return tempfile.TemporaryDirectory(prefix="omokage-") if out is None else nullcontext(str(out))


def _curate(
    source: Path, subject: Subject, place: Path, keep: Path | None, drop: Path | None, *, with_ages: bool
) -> Curation:
    from core.services.curation.curate import curate as look_at_all  # numpy, TensorFlow
    from core.services.curation.curate import picture_sources, read_overrides
    from core.services.curation.report_files import write_report
    from core.services.datasets.sources import open_files as files_of
    from core.vision.decoding.decode import OPERATOR_LIMITS, SafeDecoder

    overrides = read_overrides(keep, drop)
    with files_of(source) as files, SafeDecoder(OPERATOR_LIMITS) as decoder:
        pictures: list[PictureSource] = picture_sources(files, with_ages=with_ages)
        with progress_bar("Looking at pictures") as progress:
            curation = look_at_all(pictures, subject, overrides=overrides, progress=progress)
        write_report(place, pictures, curation, decoder, caption)
    return curation


def _import(services: Services, kept: Path, guild: int, name: str, *, with_ages: bool) -> _Imported:
    from core.services.datasets.importing import import_folder  # TensorFlow

    reports: list[ImportReport] = []
    with progress_bar("Reading what is kept") as progress:
        dataset, _ = import_folder(
            services.dataset_storage,
            kept,
            guild,
            name,
            _OPERATOR,
            progress,
            named=False,
            with_ages=with_ages,
            on_report=reports.append,
        )
    return dataset, reports[0]


def _json(services: Services, curation: Curation, imported: _Imported | None) -> str:
    said: dict[str, object] = {**curation.to_json(), "dataset": None}
    if imported is not None:
        dataset, report = imported
        preflight = services.datasets.preflight(dataset, kind=trained_for(dataset))
        said["dataset"] = {**dataset_json(dataset, preflight), "import": report_json(report)}
    return dump_json(said, indent=2)


def _text(services: Services, source: Path, out: Path | None, curation: Curation, imported: _Imported | None) -> str:
    lines = curation_lines(source.name, curation, out)
    if imported is not None:
        dataset, report = imported
        preflight = services.datasets.preflight(dataset, kind=trained_for(dataset))
        lines += ["", *report_lines(report), *dataset_lines(dataset, preflight)]
    return escape_lines("\n".join(lines))
