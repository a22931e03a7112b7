"""`omokage people`: enrol from a shell, list, and take back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import open_services, quiet_libraries, read_settings
from cli.error_texts import error_text
from cli.exits import FAULT, OK, BadSetting
from cli.output.echo import echo, echo_json
from cli.output.escaping import escape
from cli.output.table import table
from cli.people.changes import merge, person_json, record_objection, remove, rename
from cli.people.forgetting import forget, receipts
from cli.people.moving import export_people, import_people
from cli.people.names import add, alias
from cli.people.splitting import split
from cli.photos import classify_photos
from core.domain.errors import OmokageError
from core.domain.faces import is_upright
from core.domain.people import Person, person_name

if TYPE_CHECKING:
    from core.domain.classification import ClassifyOutcome

_guild = click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose people.")


@click.group(short_help="Enrol, list, correct, move and forget people.")
def people() -> None:
    """The people that a guild knows: enrol, list, correct, move and forget, and who objects to what."""


@people.command()
@click.argument("name")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")
@_guild
def enrol(name: str, photos: tuple[str, ...], guild: int) -> int:
    """Add photos of one person, who is known from then on. The photos are kept, to train on.

    Each photo must show one face. Exit status 1 where a photo could not be used; the others are still enrolled.
    """
    quiet_libraries()
    try:
        shown = person_name(name)
    except OmokageError as error:
        raise BadSetting(f"{name!r}: {error_text(error)}") from error
    failed = 0
    with open_services(read_settings()) as services:
        from core.bootstrap import build_classifier  # loads TensorFlow
        from core.vision.decoding.kept_photo import PhotoShrinker  # numpy

        shrinker = PhotoShrinker()
        for read in classify_photos(build_classifier(services, operator=True), photos, guild):
            photo_name = escape(read.name)
            problem = read.error or _problem(read.outcome)
            if problem is not None or read.outcome is None:
                echo(f"{photo_name}: {problem}", err=True)
                failed += 1
                continue
            source = f"cli:{escape(Path(read.name).name)}"  # databases keep text, no bytes
            photo = services.blobs.put(shrinker.shrink(read.data))  # a data set of the labels needs it
            person = services.people.enrol(guild, shown, read.outcome.faces[0], source=source, photo=photo)
            echo(f"{photo_name}: {person.name}, {_count(person.pictures)}{_turned(read.outcome)}")
        shrinker.close()
    return FAULT if failed else OK


@people.command("list")
@click.option("--json", "as_json", is_flag=True, help="A JSON list; see docs/cli.md.")
@_guild
def list_people(as_json: bool, guild: int) -> None:
    """List who is known, and from how many pictures."""
    with open_services(read_settings()) as services:
        entries = services.people.list(guild)
    if as_json:
        echo_json([person_json(one) for one in entries], indent=2)
    elif not entries:
        echo("Nobody is known yet. Add somebody: omokage people enrol NAME PHOTO...")
    else:
        rows_shown = [
            [person.name, str(person.pictures), f"{person.created_at:%Y-%m-%d}", ", ".join(person.aliases)]
            for person in entries
        ]
        echo(table([["NAME", "PICTURES", "SINCE", "ALSO CALLED"], *rows_shown]))
        for person in entries:
            if person.not_compared:
                echo(_not_compared(person))
        objecting = [person.name for person in entries if person.objected_at is not None]
        if objecting:
            echo(f"Neither named nor shown at another age, since they object: {', '.join(objecting)}.")


_CHANGES = (add, alias, rename, merge, split, remove, record_objection, forget, receipts)
for command in (*_CHANGES, export_people, import_people):
    people.add_command(command)


def _problem(outcome: ClassifyOutcome | None) -> str | None:
    faces = len(outcome.faces) if outcome is not None else 0
    if faces == 0:
        return "there is no face in the picture"
    # Whom of several is meant, only somebody who sees them can say.
    if faces > 1:
        return f"there are {faces} faces in the picture; use one with this person alone"
    # What is stored of a face that lies would be compared with faces that stand, and be like nobody's.
    landmarks = outcome.faces[0].landmarks if outcome is not None else ()
    lies = bool(landmarks) and not is_upright(landmarks)
    return "the face lies on its side; turn the picture and try again" if lies else None


def _not_compared(person: Person) -> str:
    return (
        f"{person.name}: {_count(person.not_compared)} cannot be compared with new faces since the update, because the "
        "photo is gone or damaged. Enrol another: omokage people enrol NAME PHOTO..."
    )


def _turned(outcome: ClassifyOutcome) -> str:
    turned = outcome.result.turned
    return f" (the photo is turned clockwise by {turned} degrees)" if turned else ""


def _count(pictures: int) -> str:
    return "1 picture" if pictures == 1 else f"{pictures} pictures"
