"""`omokage people split`: two people who were taken for one."""

from __future__ import annotations

import click

from cli.exits import BadSetting
from cli.output.echo import echo, echo_json
from cli.output.table import table
from cli.people.changes import OPERATOR, open_editing_services, person_json
from core.domain.face_records import FaceRecord

_guild = click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose people.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")


@click.command()
@click.argument("name")
@click.option("--to", default="", metavar="NAME", help="Who the others are: somebody new, or somebody who is known.")
@click.option("--faces", default="", metavar="ID,ID,...", help="Which stored faces are theirs.")
@_guild
@_json
def split(name: str, to: str, faces: str, guild: int, as_json: bool) -> None:
    """Make two people of one who was taken for both. Without --to and --faces, list the stored faces of NAME.

    Who named which face stays known. Models name both NAME until they are trained anew.
    """
    face_ids = _ids(faces)
    if bool(to) is not bool(face_ids):
        raise BadSetting("--to and --faces go together")
    with open_editing_services() as services:
        if not to:
            _list(services.splitter.pictures(guild, name)[1], as_json=as_json)
            return
        done = services.splitter.split(guild, name, to, face_ids, by=OPERATOR)
    if as_json:
        people = {"person": person_json(done.person), "other": person_json(done.other)}
        echo_json({**people, "faces": done.faces, "versions": list(done.versions)})
        return
    echo(f"{done.faces} stored {'face shows' if done.faces == 1 else 'faces show'} {done.other.name} now.")
    if done.versions:
        echo(f"note   Models name both {done.person.name} until they are trained anew: {', '.join(done.versions)}.")


def _ids(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise BadSetting(f"--faces {text!r}: expected numbers with commas between them") from error


def _list(records: list[FaceRecord], *, as_json: bool) -> None:
    entries = [
        {
            "face": record.id,
            "since": (record.labelled.at if record.labelled else record.created_at).isoformat(timespec="seconds"),
            "by": record.labelled.by if record.labelled else OPERATOR,
            "source": record.labelled.source if record.labelled else "",
            "photo": record.photo,
        }
        for record in records
    ]
    if as_json:
        echo_json(entries, indent=2)
        return
    rows = [[str(entry["face"]), str(entry["since"])[:10], str(entry["by"]), str(entry["source"])] for entry in entries]
    echo(table([["FACE", "SINCE", "BY", "SOURCE"], *rows]))
