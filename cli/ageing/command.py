"""`omokage age`: the faces of a photo at another age."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.ageing.formatting import result_json, result_lines
from cli.context import first_line, open_services, prepare_training, read_settings
from cli.error_texts import error_text
from cli.errors import errors_as_exits, exit_for
from cli.exits import FAULT, OK, BadSetting
from cli.output.echo import echo, echo_json
from cli.output.escaping import escape
from cli.output.files import GIF, PNG, WEBP, FileKind, check_files, force_option, write_files
from cli.photos import OPERATOR_MAX_BYTES, read_photo
from core.domain.ageing import MAX_AGE, MIN_AGE, AgeOutput, AgeRequest, AgeResult
from core.domain.errors import OmokageError

if TYPE_CHECKING:
    from core.services.ageing.service import AgeingService
    from core.storage.blobs import Blobs

_MEMORY = "memory://omokage-aged"  # photo and pictures of a command: nothing of them is kept
_FILMS = {".webp": WEBP, ".gif": GIF}
_file = click.Path(path_type=Path, dir_okay=False)


@click.command(short_help="Show the faces of a photo at another age.")
@click.argument("photo")
@click.option("--to", type=int, metavar="AGE", help=f"The age to show, {MIN_AGE} to {MAX_AGE}; with --out.")
@click.option("--years", type=int, metavar="N", help="Add so many years to how old each face looks, or take them away.")
@click.option("--face", "faces", type=click.IntRange(1), multiple=True, metavar="N", help="Which face; the best is 1.")
@click.option("--out", type=_file, help="The whole photo with its faces at that age, a PNG.")
@click.option("--strip", type=_file, help="One face at 10 to 80 years, the photo's own first, a PNG.")
@click.option("--film", type=_file, help="One face from young to old and back, .webp or .gif.")
@click.option("--model", metavar="NAME", help="'reage v2', 'starter reage'; a wrong one is answered with all.")
@force_option
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose models and people.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md.")
def age(
    *,
    photo: str,
    to: int | None,
    years: int | None,
    faces: tuple[int, ...],
    out: Path | None,
    strip: Path | None,
    film: Path | None,
    model: str | None,
    guild: int,
    force: bool,
    as_json: bool,
) -> int:
    """Show the faces of a photo at another age: for fun, not a prediction.

    With --out the whole photo, which changes within the faces only; with --strip or --film one face at many ages.
    Exit status 1 where no face could be aged; then nothing is written.
    """
    output, path = _output(out, strip, film)
    _check_age(output, to, years)
    check_files({path: _kind(output, path)}, inputs=[photo], force=force)
    with _open_service() as (ageing, blobs):
        request = AgeRequest(_stored(blobs, photo), output, to, years, tuple(face - 1 for face in faces), model)
        result = _draw(ageing, request, guild, photo, path)
        blob = result.film or result.picture
        if blob is not None:
            write_files({path: blobs.get(blob)})
    written = None if blob is None else str(path)
    if as_json:
        echo_json(result_json(photo, result, output, written))
    else:
        echo("\n".join(result_lines(photo, result, written)), err=written is None)
    return FAULT if written is None else OK


def _output(out: Path | None, strip: Path | None, film: Path | None) -> tuple[AgeOutput, Path]:
    paths = {AgeOutput.PHOTO: out, AgeOutput.STRIP: strip, AgeOutput.FILM: film}
    given = [(output, path) for output, path in paths.items() if path is not None]
    if len(given) != 1:
        raise BadSetting("Say one of --out, --strip and --film: what is to be written.")
    return given[0]


def _check_age(output: AgeOutput, to: int | None, years: int | None) -> None:
    if output is not AgeOutput.PHOTO and (to, years) != (None, None):
        raise BadSetting(f"--{output.value} shows many ages; --to and --years are for --out.")
    if output is AgeOutput.PHOTO and (to is None) == (years is None):
        raise BadSetting("--out needs an age: either --to 70, or --years 20 to add to how old each face looks.")


def _kind(output: AgeOutput, path: Path) -> FileKind:
    if output is not AgeOutput.FILM:
        return PNG
    if path.suffix.lower() not in _FILMS:
        raise BadSetting(f"{escape(str(path))}: a film's name ends with {' or '.join(_FILMS)}.")
    return _FILMS[path.suffix.lower()]


@contextmanager
def _open_service() -> Iterator[tuple[AgeingService, Blobs]]:
    """Open the service and its blobs, which end with the process; failures become sentences with their exit status."""
    prepare_training()
    with open_services(read_settings()) as services, errors_as_exits():
        from core.bootstrap import build_ageing  # numpy
        from core.storage.blobs import Blobs

        blobs = Blobs(_MEMORY)
        ageing = build_ageing(services, blobs, operator=True)
        try:
            yield ageing, blobs
        finally:
            ageing.close()


def _stored(blobs: Blobs, photo: str) -> str:
    try:
        return blobs.put(read_photo(photo, OPERATOR_MAX_BYTES))
    except OmokageError as error:
        raise BadSetting(f"{escape(photo)}: {error_text(error)}.") from error
    except OSError as error:
        raise BadSetting(f"{escape(photo)}: {error.strerror or first_line(error)}.") from error


def _draw(ageing: AgeingService, request: AgeRequest, guild: int, photo: str, path: Path) -> AgeResult:
    from core.render.film import FilmFormat, FilmStyle  # numpy, Pillow
    from core.services.ageing.service import OutputStyle

    film = FilmStyle(FilmFormat(path.suffix.lower()[1:])) if request.output is AgeOutput.FILM else FilmStyle()
    try:
        result = ageing.draw(request, guild, style=OutputStyle(film, max_bytes=None))
    except OmokageError as error:
        raise exit_for(error, escape(photo) if "photo" in error.details else "") from error
    if result.choice is not None:
        count = len(result.faces)
        raise BadSetting(
            f"{escape(photo)}: there are {count} faces in it; say which is meant: --face 1 to --face {count}."
        )
    return result
