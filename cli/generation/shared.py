"""Shared by `generate`, `morph` and `mix`: faces that are named on a command line, and output files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import first_line, open_services, prepare_training, read_settings
from cli.error_texts import error_text
from cli.errors import errors_as_exits, exit_for
from cli.exits import BadSetting
from cli.output.echo import echo, echo_json
from cli.output.escaping import escape
from cli.output.files import FileKind, check_files, force_option, write_files
from cli.photos import read_photo
from core.domain.errors import OmokageError
from core.domain.generation import Face, GenerationResult

if TYPE_CHECKING:
    from core.services.generation.service import GenerationService, Request
    from core.storage.blobs import Blobs

_NUMBERED = re.compile(r"(?P<photo>.+)#(?P<number>[1-9]\d?)")
_MEMORY = "memory://omokage-drawn"  # photos and pictures of a command: nothing of them is kept


@dataclass(frozen=True, slots=True)
class DrawSession:
    """A service that draws, and its blobs, which end with the process."""

    drawing: GenerationService
    blobs: Blobs
    guild: int
    names: dict[str, str] = field(default_factory=dict)  # of the photos, by their blobs

    def read_face(self, said: str) -> Face:
        """A seed, or a photo's path; `family.jpg#2` is the second face of it.

        Raises:
            BadSetting: the photo cannot be read.
        """
        photo, number = split_photo_name(said)
        if photo is None:
            return Face(int(said))
        return Face(photo=self._stored(photo), index=None if number is None else number - 1)

    def draw(self, request: Request, **more: Any) -> GenerationResult:
        """What comes of it.

        Raises:
            BadSetting, Fault: see GenerationService; or a photo shows several faces.
        """
        try:
            drawn = self.drawing.draw(request, self.guild, **more)
        except OmokageError as error:
            raise exit_for(error, escape(self.names.get(str(error.details.get("photo")), ""))) from error
        if drawn.choice is not None:
            name, faces = escape(self.names[drawn.choice.photo]), drawn.choice.faces
            raise BadSetting(f"{name}: there are {faces} faces in it; say which is meant: {name}#1 to {name}#{faces}.")
        return drawn

    def write(self, blob: str | None, path: Path | None) -> None:
        """A picture or film to a file, where both are there.

        Raises:
            Fault: it cannot be written.
        """
        if blob is not None and path is not None:
            write_files({path: self.blobs.get(blob)})

    def _stored(self, name: str) -> str:
        try:
            blob = self.blobs.put(read_photo(name))
        except OmokageError as error:
            raise BadSetting(f"{escape(name)}: {error_text(error)}") from error
        except OSError as error:
            raise BadSetting(f"{escape(name)}: {error.strerror or first_line(error)}") from error
        self.names[blob] = name
        return blob


def split_photo_name(said: str) -> tuple[str | None, int | None]:
    """The photo's path and the number of the face in it, where they are there: of a seed, neither."""
    if said.isascii() and said.isdigit():
        return None, None
    numbered = _NUMBERED.fullmatch(said)
    if numbered is None or Path(said).exists():  # a file may be called so
        return said, None
    return numbered["photo"], int(numbered["number"])


def check_outputs(outputs: Mapping[Path | None, FileKind], faces: Iterable[str | None], *, force: bool) -> None:
    """See `check_files`; `faces` are what the command line says of each, of which the photos are inputs."""
    photos = [split_photo_name(face)[0] for face in faces if face is not None]
    meant = {path: kind for path, kind in outputs.items() if path is not None}
    check_files(meant, inputs=[photo for photo in photos if photo is not None], force=force)


@contextmanager
def open_session(guild: int) -> Iterator[DrawSession]:
    """The service; failures become sentences with their exit status."""
    prepare_training()
    with open_services(read_settings()) as services, errors_as_exits():
        from core.bootstrap import build_drawing  # numpy
        from core.storage.blobs import Blobs

        blobs = Blobs(_MEMORY)
        drawing = build_drawing(services, blobs)
        try:
            yield DrawSession(drawing, blobs, guild)
        finally:
            drawing.close()


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What all three take."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md."),
        click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose models."),
        force_option,
        click.option("--model", metavar="NAME", help="'dcgan v3', 'starter vae'; a wrong one is answered with all."),
    ):
        command = option(command)
    return command


def trait_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--trait smile=1.5`, as often as wanted."""
    return click.option(
        "--trait",
        "traits",
        multiple=True,
        callback=_parse_traits,
        metavar="NAME=AMOUNT",
        help="Add so much of it, -3 to 3; 1 is the usual difference. A wrong one is answered with all.",
    )(command)


def print_result(drawn: GenerationResult, written: Mapping[str, Path | None], as_json: bool, text: str) -> None:
    """What was drawn, and where it is."""
    paths = {name: str(path) for name, path in written.items() if path is not None}
    if as_json:
        said = {"model": drawn.model, "label": drawn.label, "seeds": list(drawn.seeds), "traits": list(drawn.traits)}
        echo_json({**said, **paths})
    else:
        echo(escape(f"{', '.join(paths.values())}: {text}, by {drawn.label}"))


def _parse_traits(_context: click.Context, _parameter: click.Parameter, said: tuple[str, ...]) -> dict[str, float]:
    result = {}
    for one in said:
        name, equals, amount = one.partition("=")
        try:
            result[name.strip()] = float(amount) if equals else 1.0
        except ValueError as error:
            raise click.BadParameter(f"{amount!r} is no number, as in smile=1.5") from error
    return result
