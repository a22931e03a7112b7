"""`omokage prune`: deletes what the retention rules no longer keep, at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cli.context import open_services, read_settings
from cli.exits import OK, Fault
from cli.output.echo import echo, echo_json
from core.domain.storage_limits import size_text

if TYPE_CHECKING:
    from core.services.retention import Pruned


@click.command(short_help="Delete now what is no longer kept.")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md.")
def prune(dry_run: bool, as_json: bool) -> int:
    """Delete now what is no longer kept; the bot does so by itself every hour. docs/privacy.md says what that is."""
    settings = read_settings()
    with open_services(settings) as services:
        pruned = services.retention.plan() if dry_run else services.retention.prune()
    if as_json:
        echo_json({"dry_run": dry_run, **asdict(pruned)})
    else:
        echo(("Would delete: " if dry_run else "Deleted: ") + pruned_text(pruned))
        if not settings.storage.keep_days:
            echo("Answers are kept for ever, since OMOKAGE_KEEP_DAYS is 0.")
    if pruned.is_foreign:
        raise Fault(
            f"No file was deleted: those in {settings.blobs} belong to another database. Is OMOKAGE_DATABASE_URL "
            "right? If no other installation uses them, delete the file `installation` there."
        )
    return OK


def pruned_text(pruned: Pruned) -> str:
    """Return what was or would be deleted, for people to read."""
    if not (pruned.jobs or pruned.faces or pruned.orphans):
        return "nothing; all that is stored is still kept."
    jobs = _count(pruned.jobs, "finished job")
    faces = _count(pruned.faces, "face")
    files = _count(pruned.orphans, "file")
    return f"{jobs}, {faces} without a name, {files} with {size_text(pruned.bytes)}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
