"""`omokage data remove`: take a wrong import back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.data.errors import open_data_services
from cli.output.confirmation import confirm, yes_option
from cli.output.echo import echo, echo_json
from core.domain.people import normalise_name

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.data.datasets import Dataset
    from core.domain.removal import RemovedDataset

_OPERATOR = 0  # who says so: the shell's user has no account


@click.command(short_help="Delete a version, or all versions, of a data set with its pictures.")
@click.argument("name")
@click.option("--version", type=click.IntRange(1), help="Which; see `omokage data list`.")
@click.option("--all", "everything", is_flag=True, help="All versions of that name, instead.")
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose data set.")
@yes_option
@click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")
def remove(*, name: str, version: int | None, everything: bool, guild: int, yes: bool, as_json: bool) -> None:
    """Delete a version of a data set with its pictures, and the people who are known from it alone.

    Models that were trained on it stay as they are, and their cards still say what it was called. A run that is not
    over must be stopped first.
    """
    if (version is None) is not everything:
        raise click.UsageError("say which --version N, or --all")
    with open_data_services() as services:
        meant = _datasets_to_remove(services, guild, name, version)
        pictures = sum(one.pictures for one in meant)
        confirm(f"Delete {', '.join(one.title for one in meant)} with {pictures} pictures?", yes=yes)
        removed = services.dataset_remover.remove(guild, name, version, by=_OPERATOR)
    if as_json:
        echo_json([_json(one) for one in removed], indent=2)
    else:
        echo("\n".join(_line(one) for one in removed))


def _datasets_to_remove(services: Services, guild: int, name: str, version: int | None) -> list[Dataset]:
    """What is going to be removed, for the question.

    Raises:
        OmokageError: BAD_NAME, UNKNOWN_DATASET, DATASET_REMOVED.
    """
    newest = services.datasets.find(guild, name, version)
    if version is not None:
        return [newest]
    return [one for one in reversed(services.datasets.list(guild)) if one.name == normalise_name(name)]


def _json(removed: RemovedDataset) -> dict[str, Any]:
    dataset = removed.dataset
    counts = {"name": dataset.name, "version": dataset.version, "pictures": dataset.pictures}
    return {**counts, "people": list(removed.people)}


def _line(removed: RemovedDataset) -> str:
    people = (
        f"; nothing else was known of {', '.join(removed.people)}, so they are removed, too" if removed.people else ""
    )
    return f"{removed.dataset.title} is removed, with {removed.dataset.pictures} pictures{people}."
