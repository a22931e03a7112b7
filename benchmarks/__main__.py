"""`python -m benchmarks [NAME ...] [--json FILE]`: run the benchmarks one after the other and print one table.

Each module in this folder has `run() -> dict[str, float | int | str]` (figure -> value) and can be run on its own. A
benchmark whose material is not on this machine says so with `Skip`. Those that take hours, or ask about a run of
yours, run only when they are named.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import sys
import time
from pathlib import Path

from benchmarks.report import Skip, print_table

NAMES = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem not in {"report", "running"})
HOURS = {"averaging", "generation", "rotting"}


def machine() -> dict[str, str | int]:
    """Names the machine, as every figure needs."""
    return {"cores": os.cpu_count() or 0, "machine": platform.machine(), "python": platform.python_version()}


def main() -> int:
    """Run what was asked for; 1 when a benchmark failed, so that a script notices."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)} (default: all but {', '.join(sorted(HOURS))})"
    )
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"no benchmark named {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    results: dict[str, dict] = {}
    failed = False
    for name in options.names or [name for name in NAMES if name not in HOURS]:
        started = time.monotonic()
        try:
            results[name] = importlib.import_module(f"benchmarks.{name}").run()
        except Skip as reason:
            print(f"\n{name}: skipped: {reason}")
            continue
        except Exception as error:  # noqa: BLE001 - the others still run, and the exit code tells
            failed = True
            print(f"\n{name}: FAILED: {error!r}", file=sys.stderr)
            continue
        print_table(f"{name} ({time.monotonic() - started:.0f} s)", results[name])
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "results": results}, indent=2) + "\n")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
