"""`omokage model check`: how easily a version is fooled."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cli.context import open_services, prepare_training, read_settings
from cli.errors import errors_as_exits
from cli.exits import Fault
from cli.model.formatting import robustness_text
from cli.output.echo import echo, echo_json
from core.domain.training.runs import RunKind

if TYPE_CHECKING:
    from core.bootstrap import Services
    from core.domain.optimisation import Robustness
    from core.domain.registry.versions import Version


@click.command("check")
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--guild", type=click.IntRange(0), default=0, show_default=True, help="Whose recogniser.")
@click.option("--json", "as_json", is_flag=True, help="JSON; see docs/cli.md.")
def check(number: int | None, guild: int, as_json: bool) -> None:
    """Measure how easily a recogniser is fooled, and write it on its card; without NUMBER, the one that answers.

    Minutes. Workers do so for each new version by themselves.
    """
    prepare_training()
    with open_services(read_settings()) as services, errors_as_exits():
        version = services.registry.serving(guild, RunKind.RECOGNISER)
        if number is not None:
            version = services.registry.get_by_number(guild, RunKind.RECOGNISER, number)
        if version is None:
            raise Fault("No version was promoted. Name one by its number: omokage model list")
        robustness = _check_version(services, version)
        services.registry.record_robustness(version.id, robustness)
    if as_json:
        echo_json({"number": version.number, **robustness.to_json()})
    else:
        echo(f"{version.label}: {robustness_text(robustness)}")


def _check_version(services: Services, version: Version) -> Robustness:
    from core.services.robustness.service import load_check, run_check  # numpy, TensorFlow

    registry, storage = services.registry, services.dataset_storage
    with click.progressbar(length=1000, label="Attacking", file=sys.stderr, show_pos=False) as bar:
        check = load_check(registry, storage, version)
        return run_check(check, lambda share: bar.update(max(0, round(1000 * share) - bar.pos)))
