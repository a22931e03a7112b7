"""`omokage workers`: which hosts work, at what, and what is odd about them."""

from __future__ import annotations

import click

from cli.context import open_services, read_settings
from cli.exits import FAULT, OK, Fault
from cli.output.echo import echo, echo_json
from cli.output.escaping import escape
from cli.workers.formatting import overview_json, overview_text


@click.command(short_help="List hosts, their workers and what waits for them.")
@click.option("--drain", "host", metavar="HOST", help="Let the workers of this host finish their jobs and end.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md.")
def workers(host: str | None, as_json: bool) -> int:
    """List queues, hosts and their workers. Exit status 1 where jobs wait and no worker would take them.

    It needs the database only: neither a broker nor TensorFlow.
    """
    settings = read_settings()
    with open_services(settings) as services:
        drained = 0 if host is None else services.workers.request_drain(host)
        overview = services.workers.overview()
    if host is not None and not drained:
        raise Fault(f"No worker of {escape(host)} lives.")
    if as_json:
        echo_json(overview_json(overview), indent=2)
    else:
        if drained:
            noun = "worker finishes its jobs and ends" if drained == 1 else "workers finish their jobs and end"
            echo(f"{drained} {noun}; whoever supervises {host} starts them again.\n")
        echo(overview_text(overview))
    return FAULT if any(queue.is_unattended for queue in overview.queues) else OK
