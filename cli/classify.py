"""`omokage classify`: says who is in photos, as the bot does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.context import open_services, quiet_libraries, read_settings
from cli.exits import FAULT, OK
from cli.output.echo import echo, echo_json
from cli.output.escaping import escape
from cli.photos import PhotoResult, classify_photos
from core.domain.people import UNKNOWN

if TYPE_CHECKING:
    from core.domain.classification import ClassifyResult, FaceAnswer

_MIN_PROBABILITY = 0.005


@click.command(short_help="Say who is in photos.")
@click.argument("photos", nargs=-1, required=True, metavar="PHOTO...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a photo, each on its line; see docs/cli.md.")
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose people to look for.")
@click.option("--age", is_flag=True, help="Say how old each face looks, too; for fun, and off by years.")
def classify(photos: tuple[str, ...], as_json: bool, guild: int, age: bool) -> int:
    """Say who is in photos, with the people that a guild knows.

    Guild 0 is the operator's own: those whom `omokage people enrol` added. Works without Discord and without a broker.
    Exit status 1 where a photo could not be read; the others are still done.
    """
    quiet_libraries()
    failed = 0
    with open_services(read_settings()) as services:
        from core.bootstrap import build_classifier  # loads TensorFlow

        for read in classify_photos(build_classifier(services, operator=True), photos, guild, age):
            failed += read.error is not None
            if read.error is not None:
                echo(f"{escape(read.name)}: {read.error}", err=True)
            if as_json:
                echo_json(_json(read))
            elif read.outcome is not None:
                echo(_text(read.name, read.outcome.result))
    return FAULT if failed else OK


def _json(read: PhotoResult) -> object:
    if read.outcome is None:
        return {"photo": read.name, "error": read.error}
    return read.outcome.result.photo_json(read.name)


def _text(name: str, result: ClassifyResult) -> str:
    named = {face.person_id for face in result.faces}
    return "\n".join([f"{escape(name)}: {_summary(result)}", *(_line(face, named) for face in result.faces)])


def _summary(result: ClassifyResult) -> str:
    faces = len(result.faces)
    if not faces:
        return "no face found"
    named = sum(face.name is not None for face in result.faces)
    error = f"; ages are off by {result.age_error:.0f} years on average" if result.age_error is not None else ""
    turned = f"; the photo is turned clockwise by {result.turned} degrees" if result.turned else ""
    return f"{faces} {'face' if faces == 1 else 'faces'}, {named} known{turned}{error}"


def _line(face: FaceAnswer, named: set[int | None]) -> str:
    age = f"; looks about {face.age}" if face.age is not None else ""
    return f"{_naming(face, named)}{age}"


def _naming(face: FaceAnswer, named: set[int | None]) -> str:
    # Nobody is twice in one photo, and "0%" says nothing.
    candidates = [label for label in face.top if label.person_id == face.person_id or label.person_id not in named]
    top = ", ".join(
        f"{label.name} {label.probability:.0%}" for label in candidates if label.probability >= _MIN_PROBABILITY
    )
    box = f"{face.box.w:.0f}x{face.box.h:.0f} at {face.box.x:.0f},{face.box.y:.0f}"
    if face.confirmed_by is not None:
        return f"  {face.number}. {face.name} ({box}): named by people"
    if face.withheld is not None and face.withheld.person_id in named:
        withheld = f"would be {face.withheld.name} too, with {face.withheld.probability:.0%}"
        return f"  {face.number}. {UNKNOWN} ({box}): {withheld}, but nobody is named twice in one photo"
    disagreement = "; the two face networks disagree here" if face.networks_disagree else ""
    return f"  {face.number}. {face.name or UNKNOWN} ({box}){f': {top}' if top else ''}{disagreement}"
