"""`omokage doctor`: what is wrong, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli.context import read_settings
from cli.doctor.findings import Finding, State
from cli.exits import FAULT, OK
from cli.output.echo import echo, echo_json
from core.settings import Settings

_MARKS = {State.OK: "ok", State.REMARK: "note", State.FAULT: "FAULT"}


@click.command(short_help="Look for faults in this installation.")
@click.option(
    "--gpu", "is_gpu", is_flag=True, help="Compute on the GPU, and look at nothing else; a missing one is a fault."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object; see docs/cli.md.")
def doctor(is_gpu: bool, as_json: bool) -> int:
    """Look for faults in this installation. Exit status 1 where there is one; without --gpu a missing GPU is none."""
    from cli.doctor.gpu_check import check_gpu

    findings = []
    for found in check_gpu() if is_gpu else examine(read_settings()):
        findings.append(found)
        if not as_json:
            echo(f"{_MARKS[found.state]:<5}  {found.name:<10}  {found.text}")
    faults = sum(finding.state is State.FAULT for finding in findings)
    if as_json:
        checks = [{"name": finding.name, "state": finding.state, "text": finding.text} for finding in findings]
        echo_json({"ok": not faults, "checks": checks}, indent=2)
    else:
        echo("All is well." if not faults else f"{faults} {'fault' if faults == 1 else 'faults'}.")
    return FAULT if faults else OK


def examine(settings: Settings) -> Iterator[Finding]:
    """All checks, one after the other; TensorFlow's takes seconds."""
    from cli.doctor import host_checks, service_checks, storage_checks  # TensorFlow

    yield host_checks.check_python()
    yield host_checks.check_disk(settings.data)
    yield service_checks.check_database(settings)
    yield from storage_checks.check_storage(settings)
    yield service_checks.check_broker(settings)
    yield service_checks.check_token(settings)
    yield service_checks.check_running(settings)
    yield host_checks.check_decoder()
    yield host_checks.check_face_networks()
    tensorflow = host_checks.probe_tensorflow()
    yield host_checks.check_tensorflow(tensorflow)
    yield host_checks.check_gpu(tensorflow)
