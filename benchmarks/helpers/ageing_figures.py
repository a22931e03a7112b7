"""Figures of aged faces, and the table that compares agers by them. Nothing but arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import spearmanr

from core.models.ageing.age_figures import MIN_GAP

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGES = (20, 30, 40, 50, 60, 70, 80)
_YOUNGEST = 18.0  # years: adults stay adults


def plan_ages(present: NDArray[np.floating], count: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Draw which faces are shown at which ages: of all pairs with a gap of ten years or more, at most `count`.

    Args:
        present: (N,), how old the faces look, in years.
        count: pairs.
        seed: of the choice.

    Returns:
        Rows (M,) of `present` and ages (M,), by row and age.
    """
    rows, columns = np.nonzero(np.abs(np.array(AGES) - np.asarray(present)[:, None]) >= MIN_GAP)
    chosen = np.sort(np.random.default_rng(seed).permutation(len(rows))[:count])
    return rows[chosen], np.array(AGES, np.float32)[columns[chosen]]


def shifted_ages(present: NDArray[np.floating], years: float) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return ages so many years from the present ones: older, or where that is beyond 80, younger, down to 18.

    Args:
        present: (N,), how old the faces look, in years.
        years: the gap, exactly.

    Returns:
        Rows (M,) of `present` and ages (M,); faces for which neither way is open are left out.
    """
    older, younger = np.asarray(present) + years, np.asarray(present) - years
    rows = np.flatnonzero((older <= AGES[-1]) | (younger >= _YOUNGEST))
    return rows, np.asarray(np.where(older <= AGES[-1], older, younger)[rows], np.float32)


def age_agreement(ages: NDArray[np.floating], judged: NDArray[np.floating]) -> dict[str, float]:
    """Return how the ages that faces were to have go with those that they were judged to have, both (N,) in years.

    Returns:
        `error`: mean absolute difference in years; `spearman`: rank correlation; `slope`: judged years for each year
        that was asked for, by least squares. The last two are 0 where either is constant.
    """
    if len(ages) != len(judged) or not len(ages):
        raise ValueError(f"{len(ages)} ages, but {len(judged)} judgements")
    varies = bool(np.ptp(ages) > 0 and np.ptp(judged) > 0)
    return {
        "error": float(np.abs(judged - ages).mean()),
        "spearman": float(spearmanr(ages, judged).statistic) if varies else 0.0,
        "slope": float(np.polyfit(ages, judged, 1)[0]) if varies else 0.0,
    }


def table_lines(rows: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return a table's lines: a heading, then a row for each ager, in columns as wide as they need.

    Args:
        rows: figures by their names, by the ager's name; an ager may lack some.
    """
    names = list(dict.fromkeys(name for figures in rows.values() for name in figures))
    cells = [["", *names], *([ager, *_cells(figures, names)] for ager, figures in rows.items())]
    widths = [max(len(row[column]) for row in cells) for column in range(len(names) + 1)]
    return ["  ".join([row[0].ljust(widths[0]), *_right(row[1:], widths[1:])]) for row in cells]


def _cells(figures: Mapping[str, float], names: Sequence[str]) -> list[str]:
    return [f"{figures[name]:.3g}" if name in figures else "-" for name in names]


def _right(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
