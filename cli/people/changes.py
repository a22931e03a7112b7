"""`omokage people rename`, `merge`, `remove` and `object`: take back what was named or imported wrongly."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cli.context import open_services, read_settings
from cli.error_texts import error_text
from cli.exits import BadSetting, Fault
from cli.output.confirmation import confirm, yes_option
from cli.output.echo import echo, echo_json
from core.domain.errors import ErrorCode, OmokageError

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.people import Person
    from core.domain.removal import RemovedPerson

OPERATOR = 0  # who says so: the shell's user has no account
_MISUSE = frozenset({ErrorCode.BAD_NAME, ErrorCode.BAD_OPTION})
_guild = click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose people.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")


@click.command()
@click.argument("name")
@click.argument("new_name")
@_guild
@_json
def rename(name: str, new_name: str, guild: int, as_json: bool) -> None:
    """Call somebody otherwise, from the next photo on. Whose name it is already can be merged instead."""
    with open_editing_services() as services:
        try:
            person = services.people_editor.rename(guild, name, new_name)
        except OmokageError as error:
            if error.code is not ErrorCode.NAME_TAKEN:
                raise
            command = shlex.join(["omokage", "people", "merge", name, str(error.details["name"])])
            more = f" --guild {guild}" if guild else ""
            raise Fault(f"{error_text(error)}; to make one person of both: {command}{more}") from error
    echo_json(person_json(person)) if as_json else echo(f"{name} is called {person.name} now.")


@click.command()
@click.argument("name")
@click.argument("into")
@click.option("--force", is_flag=True, help="Also where a photo shows both, or a label says that they are two.")
@_guild
@yes_option
@_json
def merge(name: str, into: str, *, force: bool, guild: int, yes: bool, as_json: bool) -> None:
    """Make one person of two who are the same: all that is known of NAME is known of INTO.

    Who named which face stays known. It cannot be taken back.
    """
    with open_editing_services() as services:
        source, target = (services.people_editor.get_by_name(guild, person) for person in (name, into))
        confirm(f"Make one person of {source.name} and {target.name}, who is called {target.name}?", yes=yes)
        merged = services.people_editor.merge(guild, name, into, by=OPERATOR, despite_conflicts=force)
    if as_json:
        echo_json({**person_json(merged.person), "merged": merged.merged_name, "faces": merged.faces})
    else:
        pictures = _count(merged.person.pictures, "picture")
        echo(f"{merged.merged_name} is {merged.person.name} now, of whom there are {pictures}.")


@click.command()
@click.argument("name")
@_guild
@yes_option
@_json
def remove(name: str, guild: int, yes: bool, as_json: bool) -> None:
    """Delete somebody, with the stored faces, what was said of them, and photos that show nobody else with a name.

    Imported data sets are left alone and named; take them out with `omokage data remove`.
    """
    with open_editing_services() as services:
        person = services.people_editor.get_by_name(guild, name)
        confirm(f"Delete {person.name} with {_count(person.pictures, 'picture')}?", yes=yes)
        removed = services.people_editor.remove(guild, name)
    if as_json:
        echo_json(_removed_json(removed))
    else:
        echo("\n".join(_removed_lines(removed)))


@click.command("object")
@click.argument("name")
@click.option("--withdraw", is_flag=True, help="The person does not object any more.")
@_guild
@_json
def record_objection(name: str, withdraw: bool, guild: int, as_json: bool) -> None:
    """Note that somebody does not want to be named or changed: no answer names them, and `age` leaves them as they are.

    Objections are found by recognition: the more pictures there are of NAME, the more surely.
    """
    with open_editing_services() as services:
        editor = services.people_editor
        person = editor.withdraw_objection(guild, name) if withdraw else editor.record_objection(guild, name)
    if as_json:
        echo_json(person_json(person))
    elif withdraw:
        echo(f"{person.name} may be named and shown at another age again.")
    else:
        echo(f"{person.name} is neither named nor shown at another age from now on; --withdraw takes it back.")


def person_json(person: Person) -> dict[str, Any]:
    """As docs/cli.md describes it."""
    since = person.created_at.isoformat(timespec="seconds")
    return {
        "name": person.name,
        "pictures": person.pictures,
        "not_compared": person.not_compared,
        "since": since,
        "objected": None if person.objected_at is None else person.objected_at.isoformat(timespec="seconds"),
        "aliases": list(person.aliases),
    }


@contextmanager
def open_editing_services() -> Iterator[Services]:
    """Open the services, and turn their refusals into sentences."""
    with open_services(read_settings()) as services:
        try:
            yield services
        except OmokageError as error:
            about = f"{error.details['name']}: " if error.code is ErrorCode.UNKNOWN_PERSON else ""
            raise (BadSetting if error.code in _MISUSE else Fault)(f"{about}{error_text(error)}") from error


def _removed_json(removed: RemovedPerson) -> dict[str, Any]:
    counts = {"removed": removed.name, "faces": removed.faces, "photos": removed.photos}
    return {**counts, "datasets": list(removed.datasets), "versions": list(removed.versions)}


def _removed_lines(removed: RemovedPerson) -> Iterator[str]:
    faces, photos = _count(removed.faces, "stored face"), _count(removed.photos, "photo")
    yield f"{removed.name} is removed, with {faces} and {photos}."
    if removed.datasets:
        yield f"note   Pictures that were imported are still in: {', '.join(removed.datasets)} (omokage data remove)."
    if removed.versions:
        yield f"note   Models that were trained on them name nobody so any more: {', '.join(removed.versions)}."


def _count(count: int, what: str) -> str:
    return f"{count} {what if count == 1 else what + 's'}"
