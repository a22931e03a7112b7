"""`omokage people add` and `alias`: people of whom there is no picture yet, and further names."""

from __future__ import annotations

import click

from cli.output.echo import echo, echo_json
from cli.people.changes import OPERATOR, open_editing_services, person_json
from core.domain.people import Person

_guild = click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose people.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")


@click.command()
@click.argument("name")
@click.option("--alias", default="", help="A further name, for example the reading in kana.")
@_guild
@_json
def add(name: str, alias: str, guild: int, as_json: bool) -> None:
    """Add somebody of whom there is no picture yet, so that the chat offers the name."""
    with open_editing_services() as services:
        person = services.aliases.add_person(guild, name, by=OPERATOR, alias=alias)
    _show(person, as_json=as_json, text=f"{person.name} is known now, from no picture yet.")


@click.command()
@click.argument("name")
@click.option("--add", "added", multiple=True, help="A further name, for example the reading in kana. Repeatable.")
@click.option("--remove", "removed", multiple=True, help="A further name to take away. Repeatable.")
@_guild
@_json
def alias(name: str, added: tuple[str, ...], removed: tuple[str, ...], guild: int, as_json: bool) -> None:
    """Give somebody further names, take some away, and show those that there are then.

    Who names a face by one of them means that person. Names in kana are found by Roman letters, too.
    """
    with open_editing_services() as services:
        person = services.people_editor.get_by_name(guild, name)
        for text in removed:
            person = services.aliases.remove(guild, person.name, text)
        for text in added:
            person = services.aliases.add(guild, person.name, text, by=OPERATOR)
    aliases = ", ".join(person.aliases)
    _show(
        person,
        as_json=as_json,
        text=f"{person.name} is also called {aliases}." if aliases else f"{person.name} has no further names.",
    )


def _show(person: Person, *, as_json: bool, text: str) -> None:
    echo_json(person_json(person)) if as_json else echo(text)
