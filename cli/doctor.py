"""`omokage doctor`: what is wrong, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli.check import Finding, State
from cli.context import read_settings
from cli.echo import echo, echo_json
from cli.exits import FAULT, OK
from core.settings import Settings

_MARKS = {State.OK: "ok", State.REMARK: "note", State.FAULT: "FAULT"}


@click.command(short_help="Look for faults in this installation.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md.")
def doctor(as_json: bool) -> int:
    """Look for faults in this installation. Exit status 1 where there is one; a missing GPU is none."""
    findings = []
    for found in examine(read_settings()):
        findings.append(found)
        if not as_json:
            echo(f"{_MARKS[found.state]:<5}  {found.name:<10}  {found.text}")
    faults = sum(found.state is State.FAULT for found in findings)
    if as_json:
        checks = [{"name": one.name, "state": one.state, "text": one.text} for one in findings]
        echo_json({"ok": not faults, "checks": checks}, indent=2)
    else:
        echo("All is well." if not faults else f"{faults} {'fault' if faults == 1 else 'faults'}.")
    return FAULT if faults else OK


def examine(settings: Settings) -> Iterator[Finding]:
    """All checks, one after the other; TensorFlow's takes seconds."""
    from cli import check_host, check_parts, check_storage  # noqa: PLC0415 - --help needs neither

    yield check_host.check_python()
    yield check_host.check_disk(settings.data)
    yield check_parts.check_database(settings)
    yield from check_storage.check_storage(settings)
    yield check_parts.check_broker(settings)
    yield check_parts.check_token(settings)
    yield check_parts.check_running(settings)
    yield check_host.check_decoder()
    tensorflow = check_host.probe_tensorflow()
    yield check_host.check_tensorflow(tensorflow)
    yield check_host.check_gpu(tensorflow)
