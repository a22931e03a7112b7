"""`omokage model`: which versions there are, and which of them answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cli.context import open_services, read_settings
from cli.error_texts import promotion_error_text
from cli.exits import Fault
from cli.model.check import check
from cli.model.formatting import (
    WITHOUT,
    card,
    card_json,
    history_row,
    promotion_json,
    retraining_text,
    version_json,
    version_row,
)
from cli.output.echo import echo, echo_json
from cli.output.escaping import escape
from cli.output.table import table
from core.domain.errors import ErrorCode, OmokageError
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.registry.versions import Promotion, Version
    from core.services.registry.service import RegistryService

_OPERATOR = 0  # who says so: the shell's user has no account
_HINTS = {
    ErrorCode.NOT_BETTER: "to let it answer nevertheless, say why: --force REASON",
    ErrorCode.DRAWS_NO_FACE: "to let it draw nevertheless, say why: --force REASON",
    ErrorCode.NOT_COMPARABLE: "to let it answer without a comparison, say why: --force REASON",
}


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What all of them take."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md."),
        click.option(
            "--kind",
            type=click.Choice([kind.value for kind in RunKind]),
            default=RunKind.RECOGNISER.value,
            show_default=True,
            help="Of model.",
        ),
        click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose models."),
    ):
        command = option(command)
    return command


@click.group(short_help="List, promote and roll back trained models.")
def model() -> None:
    """List what trainings have left behind, and choose which version answers.

    Workers load a promoted version at their next photo; nothing has to be started again.
    """


model.add_command(check)


@model.command("list")
@_options
def list_versions(guild: int, kind: str, as_json: bool) -> None:
    """List the versions, the newest first."""
    with _open_registry() as registry:
        versions = registry.list(guild, RunKind(kind))
        serving = registry.serving_id(guild, RunKind(kind))
    if as_json:
        _print_json([version_json(version, serving=version.id == serving) for version in versions])
    elif not versions:
        echo(f"No training has finished yet. Start one: omokage train {kind} --help")
    else:
        heading = version_row(kind=RunKind(kind))
        echo(table([heading, *(version_row(version, serving=version.id == serving) for version in versions)]))
        for version in versions:
            retraining = retraining_text(version, serving=version.id == serving)
            if retraining is not None:
                echo(f"v{version.number}: {retraining}")


@model.command("card")
@click.argument("number", type=click.IntRange(1), required=False)
@_options
def show_card(number: int | None, guild: int, kind: str, as_json: bool) -> None:
    """Show what a version was made of and how good it is; without NUMBER, the one that answers."""
    with _open_services() as services:
        serving = services.registry.serving(guild, RunKind(kind))
        version = serving if number is None else services.registry.get_by_number(guild, RunKind(kind), number)
        if version is None:
            raise Fault("No version was promoted. Name one by its number: omokage model list")
        run = None if version.run_id is None else services.runs.get(version.run_id).number
    is_serving = serving is not None and serving.id == version.id
    if as_json:
        _print_json(card_json(version, run, serving=is_serving))
    else:
        echo(card(version, run, serving=is_serving))


@model.command()
@click.argument("number", type=click.IntRange(1))
@click.option(
    "--force", metavar="REASON", help="Why it shall answer although it is worse, cannot be compared or draws no face."
)
@_options
def promote(number: int, force: str | None, guild: int, kind: str, as_json: bool) -> None:
    """Let a version answer from now on, if it is not worse on the same held-out pictures."""
    with _open_registry() as registry:
        version = registry.get_by_number(guild, RunKind(kind), number)
        promotion = _promote(registry, version, force)
    _print_promotion(promotion, version, as_json)


@model.command()
@click.option("--reason", default="", help="Kept in the history.")
@_options
def rollback(reason: str, guild: int, kind: str, as_json: bool) -> None:
    """Let answer what did before; at the end, what needs no promotion."""
    with _open_registry() as registry:
        if registry.serving_id(guild, RunKind(kind)) is None:
            raise Fault("No version answers, so there is nothing to roll back.")
        promotion = registry.rollback(guild, RunKind(kind), _OPERATOR, reason)
        version = None if promotion.version_id is None else registry.get(promotion.version_id)
    _print_promotion(promotion, version, as_json)


@model.command()
@_options
def history(guild: int, kind: str, as_json: bool) -> None:
    """List what answered when, and why; the newest first."""
    with _open_registry() as registry:
        numbers = {version.id: version.number for version in registry.list(guild, RunKind(kind))}
        said = [(one, numbers.get(one.version_id or 0)) for one in registry.history(guild, RunKind(kind))]
    if as_json:
        _print_json([promotion_json(one, number) for one, number in said])
    elif not said:
        echo(f"No version was ever promoted: {WITHOUT[RunKind(kind).generates]} answers.")
    else:
        echo(table([history_row(), *(history_row(one, number) for one, number in said)]))


@contextmanager
def _open_registry() -> Iterator[RegistryService]:
    with _open_services() as services:
        yield services.registry


@contextmanager
def _open_services() -> Iterator[Services]:
    """With their refusals as sentences."""
    with open_services(read_settings()) as services:
        try:
            yield services
        except OmokageError as error:
            raise _fault(error) from error


def _promote(registry: RegistryService, version: Version, force: str | None) -> Promotion:
    try:
        return registry.promote(version.id, _OPERATOR, force_reason=force)
    except OmokageError as error:
        raise _fault(error, version.kind.compared_by) from error


def _fault(error: OmokageError, compared_by: str = "accuracy") -> Fault:
    text = promotion_error_text(error, compared_by=compared_by)
    return Fault("; ".join(filter(None, [text, _HINTS.get(error.code)])))


def _print_promotion(promotion: Promotion, version: Version | None, as_json: bool) -> None:
    if as_json:
        _print_json(promotion_json(promotion, version.number if version else None))
    elif version is None:
        echo(f"{WITHOUT[promotion.kind.generates].capitalize()} answers now.")
    else:
        echo(f"{version.label} answers now{f' ({escape(promotion.reason)})' if promotion.reason else ''}.")


def _print_json(said: object) -> None:
    echo_json(said, indent=2)
