"""`omokage morph`: from one face to another, as a film and a strip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.exits import BadSetting
from cli.generation.shared import check_outputs, open_session, options, print_result
from cli.output.files import GIF, PNG, WEBP, is_same_file
from core.domain.generation import MorphRequest

if TYPE_CHECKING:
    from core.domain.generation import Face

_FORMATS = {".webp": WEBP, ".gif": GIF}


def _film(_context: click.Context, _parameter: click.Parameter, path: Path) -> Path:
    if path.suffix.lower() not in _FORMATS:
        raise click.BadParameter(f"a film's name ends with {' or '.join(_FORMATS)}")
    return path


@click.command(short_help="Morph one face into another.")
@click.argument("a")
@click.argument("b")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    callback=_film,
    help="The film there and back, .webp or .gif.",
)
@click.option("--strip", type=click.Path(path_type=Path, dir_okay=False), help="Eight steps of the way, a PNG.")
@click.option("--face-a", type=click.IntRange(1), metavar="N", help="Which face of A, a photo; the best is 1.")
@click.option("--face-b", type=click.IntRange(1), metavar="N", help="The same for B.")
@options
def morph(
    *,
    a: str,
    b: str,
    out: Path,
    strip: Path | None,
    face_a: int | None,
    face_b: int | None,
    model: str | None,
    guild: int,
    as_json: bool,
    force: bool,
) -> None:
    """Morph one face into another. A and B are seeds, or photos, for which a VAE is needed.

    Of a photo with several faces, --face-a 2 or photo.jpg#2 means the second.
    """
    if strip is not None and is_same_file(strip, [out]):
        raise BadSetting(f"{strip}: the strip and the film need names of their own.")
    check_outputs({out: _FORMATS[out.suffix.lower()], strip: PNG}, [a, b], force=force)
    with open_session(guild) as session:
        from core.render.film import FilmFormat, FilmStyle  # numpy, Pillow

        ends = _with_face_index(session.read_face(a), face_a), _with_face_index(session.read_face(b), face_b)
        style = FilmStyle(FilmFormat(out.suffix.lower()[1:]))
        drawn = session.draw(MorphRequest(*ends, model), film=style)
        session.write(drawn.film, out)
        session.write(drawn.picture, strip)
    print_result(drawn, {"film": out, "strip": strip}, as_json, f"{a} to {b}")


def _with_face_index(face: Face, number: int | None) -> Face:
    return face if number is None or face.photo is None else replace(face, index=number - 1)
