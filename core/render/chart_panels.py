"""The panels of a run's chart: fractions, losses, and the KID of generated faces."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from core.render.chart_style import (
    BLUE,
    FAINT,
    MINT,
    ORANGE,
    PINK,
    SMALL_TEXT_SIZE,
    TEXT,
    TEXT_SIZE,
    format_step,
    new_axes,
    text_style,
    text_width,
    write_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Curve: TypeAlias = list[tuple[int, float]]
Curves: TypeAlias = dict[str, Curve]

HELD_OUT = "held_out"  # prefix of the names of figures on held-out pictures
# Neither fractions nor losses: less is better. A run has one of them.
DISTANCES = {"kid": "KID (dlib)", "age_error": "years beside the age"}
# Figures of what evaluations draw: few points, not noisy, so drawn as those that are held out are.
_EVALUATED = frozenset({*DISTANCES, "diversity", "faces", "identity_kept", "novelty"})
_MAX_POINTS = 120  # of a curve; a panel is some 370 pixels wide, and a batch's figures are noisy
_DECADE = 10  # from this ratio of an axis' ends it is logarithmic
_LINE = 26  # pixels from a line of names to the next
_OVER = 16  # pixels that a line of names may be longer than its panel
_ABOVE = 38  # pixels from the first line to the panel


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel's rectangle in pixels from the upper left corner; a `low` one has no room for decimals."""

    left: float
    top: float
    width: float
    height: float
    low: bool = False


Draw: TypeAlias = "Callable[[Axes, Curves], None]"


def draw_panel(figure: Figure, panel: Panel, curves: Curves, draw: Draw, steps: int) -> None:
    """Draw one panel with the names of its curves above; its axis ends at `steps`, or where the curves do."""
    axes = new_axes(figure, panel.left, panel.top, panel.width, panel.height)
    _mark_steps(axes, max([steps, *(curve[-1][0] for curve in curves.values())]))
    _name_curves(figure, panel, curves)
    draw(axes, curves)


def is_evaluated(name: str) -> bool:
    """Return whether a figure comes from an evaluation rather than from the training batches."""
    return name.startswith(HELD_OUT) or name in _EVALUATED


def smooth(curve: Curve, max_points: int = _MAX_POINTS) -> Curve:
    """Reduce to at most `max_points`, each the mean of as many neighbours; the last holds the newest values."""
    each = math.ceil(len(curve) / max_points)
    parts = [curve[max(0, end - each) : end] for end in range(len(curve), 0, -each)][::-1]
    return [(round(_mean(step for step, _ in part)), _mean(value for _, value in part)) for part in parts]


def draw_fractions(axes: Axes, fractions: Curves) -> None:
    """Draw from 0 to 100 %, or more for ratios above those of real pictures."""
    _draw(axes, fractions)
    values = [value for curve in fractions.values() for _, value in curve]
    # From 0 while it learns; a run that begins at 0.9 shows what happens up there.
    floor = math.floor(min(values) * 10) / 10 if min(values) >= 0.5 else min(0.0, *values)
    span = max(1.0, *values) - floor
    axes.set_ylim(floor - 0.02 * span, floor + 1.04 * span)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}%")
    axes.locator_params(axis="y", nbins=5)
    _mark_highest(axes, fractions.get(f"{HELD_OUT}_accuracy", []))


def draw_losses(axes: Axes, losses: Curves) -> None:
    """Draw losses, on a logarithmic axis where they span a decade."""
    _draw(axes, losses)
    low, high = axes.dataLim.intervaly
    if low > 0 and high / low >= _DECADE:
        _make_logarithmic(axes, high / low)
    else:
        axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}")


def draw_distance(axes: Axes, distances: Curves) -> None:
    """Draw distances on a logarithmic axis, unless an estimate is negative."""
    _draw(axes, distances)
    values = sorted(value for curve in distances.values() for _, value in curve)
    if values[0] > 0:
        room = 1.25 if values[-1] >= 2 * values[0] else 2.5  # some steps of the axis are to be seen
        _make_logarithmic(axes, values[-1] / values[0])
        axes.set_ylim(values[0] / room, values[-1] * room)
    else:
        axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}")
    _mark_lowest(axes, next(iter(distances.values())))


def _draw(axes: Axes, curves: Curves) -> None:
    for name, colour in _colours(curves).items():
        evaluated = is_evaluated(name)
        steps, values = zip(*(curves[name] if evaluated else smooth(curves[name])), strict=True)
        few = evaluated or len(steps) == 1
        size = max(3.0, 6.5 - len(steps) / 12) if few else 0
        axes.plot(steps, values, color=colour, linewidth=2.5, marker="o" if few else "", markersize=size)


def _colours(curves: Iterable[str]) -> dict[str, str]:
    """Choose orange for held-out figures and blue for training figures; further curves get further colours."""
    evaluated, trained = [ORANGE, PINK, TEXT], [BLUE, MINT, TEXT]
    chosen: dict[str, str] = {}
    for name in curves:
        left = evaluated if is_evaluated(name) else trained
        chosen[name] = left.pop(0) if left else FAINT
    return chosen


def _make_logarithmic(axes: Axes, ratio: float) -> None:
    from matplotlib.ticker import LogLocator, NullLocator

    axes.set_yscale("log")
    between = (1.0,) if ratio > _DECADE**2.5 else (1.0, 2.0, 5.0)
    axes.yaxis.set_major_locator(LogLocator(subs=between))
    axes.yaxis.set_minor_locator(NullLocator())


def _mark_steps(axes: Axes, last: int) -> None:
    axes.set_xlim(-0.02 * last, max(1, last) * 1.02)
    axes.locator_params(axis="x", nbins=4, steps=[1, 2, 4, 5, 10], integer=True)
    axes.xaxis.set_major_formatter(lambda value, _: format_step(value))


def _mark_highest(axes: Axes, curve: Curve) -> None:
    """Mark the highest held-out point with a ring; its value stands where rising curves leave room."""
    if len(curve) >= 2:
        step, value = max(curve, key=lambda point: point[1])
        _mark(axes, step, value, f"{100 * value:.1f} %", 0.05)


def _mark_lowest(axes: Axes, curve: Curve) -> None:
    """Mark the lowest point with a ring; its value stands where falling curves leave room."""
    if len(curve) >= 2:
        step, value = min(curve, key=lambda point: point[1])
        _mark(axes, step, value, f"{value:.3g}", 0.95)


def _mark(axes: Axes, step: int, value: float, label: str, height: float) -> None:
    axes.plot([step], [value], marker="o", markersize=13, markerfacecolor="none", markeredgecolor=TEXT, mew=2)
    words, aligned = f"○ best {label} at {format_step(step)}", "bottom" if height < 0.5 else "top"
    axes.text(
        0.97, height, words, transform=axes.transAxes, color=TEXT, ha="right", va=aligned, **text_style(SMALL_TEXT_SIZE)
    )


def _name_curves(figure: Figure, panel: Panel, curves: Curves) -> None:
    """Write each curve's name in its colour above a panel, with its newest value, in two lines."""
    size = TEXT_SIZE - (5 if panel.low else 2)
    x, y = panel.left, panel.top - _ABOVE
    for name, colour in _colours(curves).items():
        words = _curve_label(name, curves[name][-1][1], low=panel.low)
        if x > panel.left and x + text_width(words, size) > panel.left + panel.width + _OVER:
            x, y = panel.left, y + _LINE
        if y > panel.top:
            break
        write_text(figure, x, y, words, size=size, colour=colour)
        x += text_width(words, size) + (0.7 if panel.low else 1.5) * size


def _curve_label(name: str, value: float, *, low: bool) -> str:
    if name in DISTANCES:
        return f"{DISTANCES[name]} {value:.3g}"
    words = name.replace(HELD_OUT, "held-out").replace("_", " ")
    is_loss = "loss" in name
    if low:
        short = words.removesuffix(" loss").removeprefix("d ")  # the discriminator's `real` and `fake`
        return f"{short} {value:.2g}" if is_loss else f"{short} {100 * value:.0f}%"
    return f"{words} {value:.3g}" if is_loss else f"{words} {100 * value:.1f} %"


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
