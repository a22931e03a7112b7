"""`python -m benchmarks [NAME ...] [--json FILE]`: run the benchmarks one after the other and print one table each.

Each module in the rooms of this package is a benchmark by the name of its file and has `run() -> Figures`, a mapping of
figure to value. A benchmark whose material is not on this machine raises `Skip`. Those with a `main(arguments)` have
options of their own: `python -m benchmarks NAME --option ...`. Those that take hours, or ask about a run of yours, run
only when they are named.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import time
from pathlib import Path
from types import ModuleType

from benchmarks.helpers.report import Figures, Skip, print_table, write_json

ROOMS = ("product", "faces", "networks", "data")
MODULES = {
    path.stem: f"benchmarks.{room}.{path.stem}"
    for room in ROOMS
    for path in (Path(__file__).parent / room).glob("[a-z]*.py")
} | {"sameness": "benchmarks.sameness"}
HOURS = {"averaging", "generation", "rotting"}


def machine() -> dict[str, str | int]:
    """Describe the machine: figures compare only on the same one."""
    return {"cores": os.cpu_count() or 0, "machine": platform.machine(), "python": platform.python_version()}


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all quick ones; return 1 when one failed, so that a script notices."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if len(arguments) > 1 and arguments[0] in MODULES and arguments[1].startswith("--"):
        module = importlib.import_module(MODULES[arguments[0]])
        if hasattr(module, "main"):
            return _run_with_options(arguments[0], module, arguments[1:])
    options = _parse(arguments)
    results: dict[str, Figures] = {}
    failed = False
    for name in options.names or sorted(MODULES.keys() - HOURS):
        started = time.monotonic()
        try:
            results[name] = importlib.import_module(MODULES[name]).run()
        except Skip as reason:
            print(f"\n{name}: skipped: {reason}")
            continue
        except Exception as error:  # noqa: BLE001 - the others still run, and the exit code tells
            failed = True
            print(f"\n{name}: FAILED: {error!r}", file=sys.stderr)
            continue
        print_table(f"{name} ({time.monotonic() - started:.0f} s)", results[name])
    if options.json:
        write_json(options.json, {"machine": machine(), "results": results})
    return int(failed)


def _run_with_options(name: str, module: ModuleType, arguments: list[str]) -> int:
    try:
        return int(module.main(arguments) or 0)
    except Skip as reason:
        print(f"{name}: skipped: {reason}")
        return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    names = sorted(MODULES)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(names)} (default: all but {', '.join(sorted(HOURS))})"
    )
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args(arguments)
    unknown = set(options.names) - set(names)
    if unknown:
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
