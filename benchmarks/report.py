"""What the benchmarks share: a reason to skip, percentiles, a table."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Figures = Mapping[str, float | int | str]

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


class Skip(Exception):  # noqa: N818 - not an error: the material is not on this machine
    """Raised by `run()` with the reason in words."""


def shared_data(*parts: str) -> Path:
    """Return a folder of the developers' face data, or skip."""
    folder = SHARED_DATA.joinpath(*parts)
    if not folder.exists():
        raise Skip(f"{'/'.join(('../shared/data', *parts))} is not on this machine")
    return folder


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile; `share` in (0, 1]."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * share // 1).__int__() - 1)]


def print_table(title: str, figures: Figures) -> None:
    """Print one figure a line."""
    print(f"\n{title}")
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        print(f"  {name:<{width}}  {value:.4g}" if isinstance(value, float) else f"  {name:<{width}}  {value}")


def run_alone(name: str, run: Callable[[], Figures]) -> None:
    """Serve `python -m benchmarks.NAME [--json FILE]`."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    try:
        figures = run()
    except Skip as reason:
        print(f"{name}: skipped: {reason}")
        return
    print_table(name, figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
