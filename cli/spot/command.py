"""`omokage spot`: what interruptible machines cost, here and now and in the hours before."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from dataclasses import replace
from datetime import timedelta

import click

from cli.exits import FAULT, BadSetting, Fault
from cli.output.echo import echo
from cli.spot.config import SpotConfig, SpotConfigError, check_instance_type, default_path, load
from core.domain.spot.history import SpotUpdate
from core.domain.spot.query import MAX_HOURS, FailureReason, Provider, SpotQuery
from core.services.spot.errors import MissingExtraError
from core.services.spot.factory import make_source
from core.services.spot.source import SpotSource
from core.services.spot.watching import watch


@click.command(short_help="Show what interruptible cloud machines cost.")
@click.option(
    "--provider", type=click.Choice([str(name) for name in Provider]), help="Who rents them out.  [default: aws]"
)
@click.option(
    "--regions",
    multiple=True,
    metavar="NAMES",
    help="Regions of AWS with commas between them, or us, eu, ap, sa, all.  [default: us]",
)
@click.option("--type", "machine", metavar="NAME", help="Instance type, or GPU.  [default: g4dn.xlarge, or all GPUs]")
@click.option("--product", metavar="NAME", help="Operating system, as EC2 calls it.  [default: Linux/UNIX]")
@click.option("--hours", type=click.IntRange(1, MAX_HOURS), help="How long a history.  [default: 24]")
@click.option("--auto-refresh", type=float, metavar="MIN", help="Ask again every so many minutes.")
@click.option("--once", is_flag=True, help="Print the chart and end, as happens where there is no terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print all prices as JSON and end.")
def spot(
    *,
    provider: str | None,
    regions: tuple[str, ...],
    machine: str | None,
    product: str | None,
    hours: int | None,
    auto_refresh: float | None,
    once: bool,
    as_json: bool,
) -> None:
    """Show what interruptible cloud machines cost: a line for each availability zone of AWS, or GPU of others.

    Options go over the settings in spot.toml; docs/spot.md describes both.
    """
    options = {
        "regions": regions or None,
        "type": machine,
        "product": product,
        "hours": hours,
        "auto_refresh": auto_refresh,
    }
    config = _configure(provider, {key: value for key, value in options.items() if value is not None})
    prints = once or as_json or not _has_terminal()
    if prints and auto_refresh is not None:
        raise BadSetting("--auto-refresh is for the chart in a terminal, without --once and --json.")
    if not prints and importlib.util.find_spec("textual") is None:
        raise Fault('The chart needs Textual: pip install "omokage[spot]". --once and --json do without it.')
    try:
        source = make_source(config.provider, os.environ, url=config.url)
    except MissingExtraError as error:
        raise Fault(f"The prices of AWS need botocore: {error}.") from error
    if not prints:
        from cli.spot.app import SpotApp

        SpotApp(source, config.provider, config.query(), interval=config.auto_refresh).run()
        return
    update = asyncio.run(_fetch_once(source, config.query()))
    _print(config, source, update, as_json=as_json)


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _configure(provider: str | None, options: dict[str, object]) -> SpotConfig:
    try:
        config = load(default_path(), provider)
    except SpotConfigError as error:
        raise BadSetting(f"{error}.") from error
    foreign = [name for name in ("regions", "product", "hours") if name in options]
    if config.provider is not Provider.AWS and foreign:
        raise BadSetting(f"--{foreign[0]} is for AWS alone; {config.provider} tells the present prices of all GPUs.")
    try:
        for key, value in options.items():
            config = config.with_value(key, value)
        if config.provider is Provider.AWS and config.machine is not None:
            check_instance_type(config.machine)
    except SpotConfigError as error:
        raise BadSetting(f"--{str(error).replace('_', '-', 1)}.") from error
    return config


async def _fetch_once(source: SpotSource, query: SpotQuery) -> SpotUpdate:
    async for update in watch(source, query):
        newest = update
    return newest


def _print(config: SpotConfig, source: SpotSource, update: SpotUpdate, *, as_json: bool) -> None:
    from cli.spot.report import print_json, print_picture
    from cli.spot.screen import Picture
    from cli.spot.texts import failure_texts

    query = config.query()
    if as_json:
        print_json(config.provider, query, update)
    elif update.series:
        # The failures go to standard error, like those of all commands.
        shown = replace(update, failures=())
        status = f"as of {update.time:%Y-%m-%d %H:%M} UTC, {query.history // timedelta(hours=1)} h"
        print_picture(Picture(config.provider, query, source.has_history, shown, status=status))
    for text in failure_texts(update.failures, config.provider, update.region_count):
        echo(f"{text[:1].upper()}{text[1:]}." if text.startswith("all ") else f"{text}.", err=True)
    if any(failure.reason is not FailureReason.NO_PRICES for failure in update.failures):
        click.get_current_context().exit(FAULT)
