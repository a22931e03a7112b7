"""`omokage people forget` and `receipts`: delete everything of a person, also from models, and prove it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from cli.context import quiet_libraries
from cli.output.confirmation import confirm, yes_option
from cli.output.echo import echo, echo_json
from cli.output.table import table
from cli.people.changes import open_editing_services

if TYPE_CHECKING:
    from core.domain.privacy import ForgottenPerson, Receipt, Replaced

_OPERATOR = 0  # who says so: the shell's user has no account
_guild = click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose people.")
_json = click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")


@click.command()
@click.argument("name")
@_guild
@yes_option
@_json
def forget(name: str, guild: int, yes: bool, as_json: bool) -> None:
    """Delete everything of somebody: faces, embeddings, all photos that show them, also from data sets and models.

    Who is in a photo with NAME stays known, without the photo. Data sets are made anew without NAME, recognisers that
    train in seconds are trained anew, and other models that learnt from NAME's pictures are withdrawn, with their
    trainings. It cannot be taken back. What is printed is a receipt, which does not say who it was.
    """
    quiet_libraries()
    with open_editing_services() as services:
        person = services.people_editor.get_by_name(guild, name)
        confirm(f"Forget {person.name}, with all photos that show them, and models that learnt from these?", yes=yes)
        forgotten = services.forgetter.forget(guild, name, by=_OPERATOR, by_worker=False)
        if not forgotten.receipt.is_finished:
            from core.bootstrap import build_forgetting_worker  # numpy

            build_forgetting_worker(services).finish(forgotten.receipt.id)
        receipt = services.forgetter.find_receipt(guild, forgotten.receipt.id) or forgotten.receipt
    if as_json:
        echo_json({**_receipt_json(receipt), **_titles_json(forgotten)})
    else:
        echo("\n".join(_forgotten_lines(forgotten, receipt)))


@click.command()
@_guild
@_json
def receipts(guild: int, as_json: bool) -> None:
    """List the receipts of those who were forgotten, newest first; none of them says who it was."""
    with open_editing_services() as services:
        listed = services.forgetter.receipts(guild)
    if as_json:
        echo_json([_receipt_json(receipt) for receipt in listed], indent=2)
    elif not listed:
        echo("Nobody was forgotten yet.")
    else:
        rows = [
            [receipt.id, receipt.kind.value, f"{receipt.created_at:%Y-%m-%d %H:%M}", _state(receipt)]
            for receipt in listed
        ]
        echo(table([["RECEIPT", "OF A", "ASKED", "STATE"], *rows]))


def _receipt_json(receipt: Receipt) -> dict[str, Any]:
    finished = receipt.finished_at
    return {
        "receipt": receipt.id,
        "kind": receipt.kind.value,
        "asked_by": receipt.asked_by,
        "asked": receipt.created_at.isoformat(timespec="seconds"),
        "finished": None if finished is None else finished.isoformat(timespec="seconds"),
        "counts": dict(receipt.counts),
        "heads": [_pair_json(pair) for pair in receipt.heads],
        "datasets": [_pair_json(pair) for pair in receipt.datasets],
    }


def _pair_json(pair: Replaced) -> dict[str, str | None]:
    return {"before": pair.before, "after": pair.after}


def _titles_json(forgotten: ForgottenPerson) -> dict[str, list[str]]:
    return {
        "withdrawn_datasets": list(forgotten.datasets),
        "withdrawn_versions": list(forgotten.versions),
        "unknown_versions": list(forgotten.unknown_versions),
    }


def _forgotten_lines(forgotten: ForgottenPerson, receipt: Receipt) -> Iterator[str]:
    counts = ", ".join(f"{kind} {count}" for kind, count in receipt.counts.items() if count)
    yield f"{forgotten.name} is forgotten: {counts or 'nothing but the name was known'}."
    if forgotten.datasets:
        yield f"note   Data sets withdrawn, the newest made anew: {', '.join(forgotten.datasets)}."
    if forgotten.versions:
        yield f"note   Models withdrawn: {', '.join(forgotten.versions)}."
    if forgotten.unknown_versions:
        unknown = ", ".join(forgotten.unknown_versions)
        yield f"note   Their data sets were removed before, so nobody can say who was in them: {unknown}."
    yield f"receipt {receipt.id}"


def _state(receipt: Receipt) -> str:
    return "done" if receipt.is_finished else "a worker has something left to do"
