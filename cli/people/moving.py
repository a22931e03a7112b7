"""`omokage people export` and `import`: take people along to another guild or installation, or to Label Studio."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import first_line, open_services, quiet_libraries, read_settings
from cli.data.errors import progress_bar
from cli.exits import BadSetting, Fault
from cli.output.echo import echo, echo_json
from cli.output.files import ZIP, check_files, force_option
from cli.people.moving_errors import moving_error_text
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import MAX_ALIASES

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.moving import ExportReport, ImportReport
    from core.services.moving.label_studio_files import NamedFaces
    from core.services.moving.service import ImportOptions

_MISUSE = frozenset({ErrorCode.BAD_EXPORT, ErrorCode.PEOPLE_KNOWN})
_LABEL_STUDIO = "label-studio"
_guild = click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose people.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON; see docs/moving.md.")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command("export")
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE.zip")
@click.option("--format", "form", type=click.Choice(["zip", _LABEL_STUDIO]), default="zip", show_default=True)
@click.option("--with-members", is_flag=True, help="Say who gave which label, as Discord's ids.")
@force_option
@_guild
@_json
def export_people(*, path: Path, form: str, with_members: bool, force: bool, guild: int, as_json: bool) -> None:
    """Write all people with their faces, photos and labels into a zip file.

    Whoever has the file has all of that: keep it as safe as the installation. `omokage people import` reads it.
    """
    check_files({path: ZIP}, force=force)
    if with_members and form != "zip":
        raise BadSetting("--with-members is only for --format zip; Label Studio's tasks have no place for it.")
    quiet_libraries()
    with _open_services() as services, progress_bar("Writing photos") as progress:
        from core.services.moving.label_studio_files import write_tasks
        from core.services.moving.photos import load_photo_cutter  # TensorFlow
        from core.services.moving.service import MovingService

        moving = MovingService(services.database, services.blobs)
        with closing(load_photo_cutter()) as cutter:
            if form == _LABEL_STUDIO:
                report = write_tasks(path, moving.read(guild), services.blobs, cutter, progress)
            else:
                report = moving.export_to(path, guild, cutter, with_members=with_members, progress=progress)
    if as_json:
        echo_json({"file": str(path), **_export_json(report)})
    else:
        echo("\n".join(_export_lines(path, form, report)))


@click.command("import")
@click.argument("path", type=_FILE, metavar="FILE")
@click.option("--dry-run", is_flag=True, help="Say what would be added, and change nothing.")
@click.option("--force", is_flag=True, help="Also where names are known: those are taken for the same people.")
@click.option("--overrule", is_flag=True, help="Where labels contradict those of this guild, the file's count.")
@click.option("--with-members", is_flag=True, help="Labels stay those of the members whom the file names.")
@click.option("--photos", type=_FOLDER, help="Where the photos of Label Studio's tasks are, if not in the file.")
@_guild
@_json
def import_people(
    *,
    path: Path,
    dry_run: bool,
    force: bool,
    overrule: bool,
    with_members: bool,
    photos: Path | None,
    guild: int,
    as_json: bool,
) -> None:
    """Add the people of an export, or the names of Label Studio's tasks (JSON, or a zip with tasks.json).

    All of it is added, or nothing. People whose name is known are only added to with --force.
    """
    from core.services.moving.service import ImportOptions

    quiet_libraries()
    options = ImportOptions(merge=force, overrule=overrule, keep_members=with_members, dry_run=dry_run)
    named: NamedFaces | None = None
    with _open_services() as services, progress_bar("Reading photos") as progress:
        from cli.people.moving_tasks import import_tasks, reads_as_tasks
        from core.services.moving.photos import PhotoCutter  # numpy
        from core.services.moving.service import MovingService

        if reads_as_tasks(path):
            report, named = import_tasks(services, path, guild, options, progress, folder=photos)
        else:
            moving = MovingService(services.database, services.blobs)
            with closing(PhotoCutter()) as cutter:
                report = moving.import_from(path, guild, cutter, options, progress)
    if as_json:
        echo_json(_import_json(report, named, options))
    else:
        echo("\n".join(_import_lines(report, named, options)))


@contextmanager
def _open_services() -> Iterator[Services]:
    """The services, with refusals as sentences that end with what became of the guild: nothing."""
    with open_services(read_settings()) as services:
        try:
            yield services
        except OmokageError as error:
            kind = BadSetting if error.code in _MISUSE else Fault
            raise kind(f"{moving_error_text(error)}. Nothing was changed.") from error
        except OSError as error:
            raise Fault(f"{error.filename or 'a file'}: {error.strerror or first_line(error)}") from error


def _export_json(report: ExportReport) -> dict[str, Any]:
    return {
        "people": report.people,
        "faces": report.faces,
        "photos": report.photos,
        "without_photo": report.without_photo,
    }


def _export_lines(path: Path, form: str, report: ExportReport) -> Iterator[str]:
    what = f"{_count(report.people, 'person')}, {_count(report.faces, 'face')}, {_count(report.photos, 'photo')}"
    yield f"{path}: {what}."
    if report.without_photo:
        without = _count(report.without_photo, "face")
        fate = "left out" if form == _LABEL_STUDIO else "written without the photo"
        yield f"note   {without} {fate}: it is gone, damaged, or does not show the face."


def _import_json(report: ImportReport, named: NamedFaces | None, options: ImportOptions) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "dry_run": options.dry_run,
        "added": list(report.added),
        "merged": list(report.merged),
        "faces": report.faces,
        "labels": report.labels,
        "present": report.present,
        "contradicted": report.contradicted,
        "photos": report.photos,
        "older": report.older,
        "aliases": report.aliases,
        "aliases_left_out": report.aliases_left_out,
    }
    if named is not None:
        answer |= {"tasks_without_photo": list(named.without_photo), "rectangles_without_face": named.without_face}
    return answer


def _import_lines(report: ImportReport, named: NamedFaces | None, options: ImportOptions) -> Iterator[str]:
    verb = "Would be added" if options.dry_run else "Added"
    yield f"{verb}: {_count(len(report.added), 'person')}, {_count(report.faces, 'face')}."
    if report.labels:
        yield f"note   {_count(report.labels, 'label')} of faces that were there already."
    if report.merged:
        yield f"note   Known already, so added to: {', '.join(report.merged)}."
    if report.aliases:
        yield f"note   {_count(report.aliases, 'alias')} given to people."
    if report.aliases_left_out:
        left_out = _count(report.aliases_left_out, "alias")
        yield f"note   {left_out} left out: somebody else is called so here, or the person has {MAX_ALIASES} already."
    if report.present:
        yield f"note   {_count(report.present, 'label')} there already."
    if report.contradicted:
        fate = "overruled" if options.overrule else "left as it was here (--overrule)"
        yield f"note   {_count(report.contradicted, 'label')} otherwise here than in the file: {fate}."
    if report.older:
        yield (
            f"note   {_count(report.older, 'face')} with embeddings of other networks; a worker makes them anew from "
            "the photos within the hour, and they are compared from then on."
        )
    yield from _task_lines(named)
    if report.added or report.faces:
        verb = "would come back" if options.dry_run else "has come back"
        yield (
            f"note   Whoever was forgotten after the file was made {verb} with it: receipts keep no names, so look "
            "through the people, and forget them again (omokage people forget NAME)."
        )


def _task_lines(named: NamedFaces | None) -> Iterator[str]:
    """Say what of Label Studio's tasks could not be used; None: the file was an export."""
    if named is not None and named.without_photo:
        shown = ", ".join(map(str, named.without_photo[:10]))
        yield f"note   {_count(len(named.without_photo), 'task')} whose photo is not there (--photos FOLDER): {shown}."
    if named is not None and named.without_face:
        yield f"note   {_count(named.without_face, 'rectangle')} in which no face was found."


def _count(count: int, what: str) -> str:
    if what == "person":
        return "1 person" if count == 1 else f"{count} people"
    return f"{count} {what if count == 1 else what + ('es' if what.endswith('s') else 's')}"
