"""The reliability diagram as a chart: accuracy at each predicted probability (calibration)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.render.chart_style import (
    BLUE,
    FAINT,
    MINT,
    ORANGE,
    SMALL_TEXT_SIZE,
    TEXT,
    TEXT_SIZE,
    WIDTH,
    encode_png,
    new_axes,
    new_figure,
    text_style,
    write_text,
)
from core.render.lettering import drawable_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from core.domain.registry.evaluation import EvaluationReport, ReliabilityBin

_LEFT, _TOP, _ACCURACIES, _COUNTS, _BETWEEN, _FACTS = 84, 72, 250, 48, 14, 266
_BINS = 15  # of core.models.embedding.calibration: equal parts of [0, 1]
_WIDTH = 0.9 / _BINS


def render_reliability(report: EvaluationReport) -> bytes:
    """Draw the accuracy at each confidence, the diagonal of perfect calibration, and the number of faces in each bin.

    Returns:
        A PNG of 800 x 450 pixels.
    """
    figure = new_figure()
    title = drawable_text(report.dataset)
    write_text(figure, 20, 42, f"How honest the chances are{f': {title}' if title else ''}", size=TEXT_SIZE + 1)
    width = WIDTH - _LEFT - _FACTS
    accuracies = new_axes(figure, _LEFT, _TOP, width, _ACCURACIES)
    _draw_accuracies(accuracies, report.bins)
    counts = new_axes(figure, _LEFT, _TOP + _ACCURACIES + _BETWEEN, width, _COUNTS)
    _draw_counts(counts, report.bins)
    for line, (words, colour) in enumerate(_facts(report)):
        write_text(figure, WIDTH - _FACTS + 24, _TOP + 20 + 31 * line, words, size=SMALL_TEXT_SIZE, colour=colour)
    return encode_png(figure)


def _draw_accuracies(axes: Axes, bins: Sequence[ReliabilityBin]) -> None:
    """Draw each bin's accuracy as a bar, and its gap to the confidence in orange (too high) or green (too low)."""
    positions = _positions(bins)
    heights = [bin_.accuracy for bin_ in bins]
    axes.bar(positions, heights, _WIDTH, color=BLUE)
    gaps = [bin_.confidence - bin_.accuracy for bin_ in bins]
    colours = [ORANGE if gap > 0 else MINT for gap in gaps]
    axes.bar(positions, gaps, _WIDTH * 0.5, heights, color=colours)
    axes.plot([0, 1], [0, 1], color=TEXT, linewidth=2, linestyle=(0, (4, 3)))
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.02)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], [""] * 5)
    axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    axes.set_ylabel("were right", color=FAINT, **text_style(SMALL_TEXT_SIZE))


def _draw_counts(axes: Axes, bins: Sequence[ReliabilityBin]) -> None:
    """Draw the number of faces in each bin; logarithmic, as most are in the last."""
    highest = max((bin_.count for bin_ in bins), default=1)
    axes.set_yscale("log")
    axes.bar(_positions(bins), [bin_.count for bin_ in bins], _WIDTH, color=FAINT)
    axes.set_xlim(0, 1)
    axes.set_ylim(0.5, 2.0 * highest)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.set_yticks([1, highest] if highest >= 10 else [highest])
    axes.set_yticks([], minor=True)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel("chance that was said", color=FAINT, **text_style(SMALL_TEXT_SIZE))


def _positions(bins: Sequence[ReliabilityBin]) -> list[float]:
    return [(min(int(bin_.confidence * _BINS), _BINS - 1) + 0.5) / _BINS for bin_ in bins]


def _facts(report: EvaluationReport) -> list[tuple[str, str]]:
    faces = sum(bin_.count for bin_ in report.bins)
    facts = [(f"{faces:,} faces", TEXT), (f"off by {100 * report.ece:.1f} % (ECE)", TEXT)]
    if report.auroc is not None:
        facts.append((f"strangers: AUROC {report.auroc:.3f}", TEXT))
    if report.known_at_1 is not None:
        facts += [(f"known named: {100 * report.known_at_1:.1f} %", TEXT), ("where 1 % of strangers is", FAINT)]
    return [*facts, ("", TEXT), ("– – honest", TEXT), ("■ too sure", ORANGE), ("■ too modest", MINT)]
