"""Figures of a benchmark: a reason to skip, the developers' face data, percentiles, tables, JSON files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

Figures = Mapping[str, float | int | str]

SHARED_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


class Skip(Exception):  # noqa: N818 - not an error: the material is not on this machine
    """Raised by `run()` with the reason in words."""


def shared_data(*parts: str) -> Path:
    """Return a folder of the developers' face data, or skip."""
    folder = SHARED_DATA.joinpath(*parts)
    if not folder.exists():
        raise Skip(f"{'/'.join(('../shared/data', *parts))} is not on this machine")
    return folder


def percentile(values: Sequence[float], fraction: float) -> float:
    """Return the nearest-rank percentile; `fraction` in (0, 1]."""
    ranked = sorted(values)
    return ranked[max(0, -(-len(ranked) * fraction // 1).__int__() - 1)]


def print_table(title: str, figures: Figures) -> None:
    """Print one figure a line."""
    print(f"\n{title}")
    width = max(map(len, figures), default=0)
    for name, value in figures.items():
        print(f"  {name:<{width}}  {value:.4g}" if isinstance(value, float) else f"  {name:<{width}}  {value}")


def write_json(path: Path, content: Mapping[str, object]) -> None:
    """Write figures to a file, indented."""
    path.write_text(json.dumps(content, indent=2) + "\n")


def print_and_keep(title: str, figures: Figures, path: Path | None) -> None:
    """Print a table, and write the figures to a file where one is given."""
    print_table(title, figures)
    if path is not None:
        write_json(path, figures)
