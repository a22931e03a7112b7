"""How a training goes: shares (accuracies) on the left, losses on the right, against the step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from core.render.chart_style import (
    BLUE,
    FAINT,
    HEIGHT,
    LETTERS,
    MINT,
    ORANGE,
    PINK,
    SMALL,
    WIDTH,
    WORDS,
    area,
    length,
    lettering,
    new_figure,
    png,
    thousands,
    write,
)
from core.render.lettering import drawable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from core.domain.runs import Point

Curve: TypeAlias = list[tuple[int, float]]

HELD_OUT = "held_out"  # the beginning of the names of figures on pictures that are not trained on
_FINEST = 120  # places of a curve; a panel is some 370 pixels wide, and a batch's figures are noisy
_DECADE = 10  # from this ratio of a loss's ends on its axis is logarithmic
_LEFT, _TOP, _BOTTOM, _BETWEEN, _RIGHT = 66, 116, 44, 72, 24


def render_curves(points: Sequence[Point], steps: int, title: str) -> bytes:
    """A run's curves.

    Args:
        points: in any order; figures that are no finite number are left out. Names with `loss` in them are losses, the
            others shares in [0, 1]; those that begin with `held_out` are drawn with a dot at each point, the others,
            which are noisy, as means of neighbouring points.
        steps: of the whole run: the axis ends there, so that one sees how much is to come.
        title: above the curves.

    Returns:
        A PNG of 800 x 450 pixels.
    """
    figure = new_figure()
    write(figure, 20, 38, drawable(title), size=LETTERS + 2)
    curves = _curves(points)
    losses = {name: curve for name, curve in curves.items() if "loss" in name}
    shares = {name: curve for name, curve in curves.items() if "loss" not in name}
    panels = [panel for panel in ((shares, _draw_shares), (losses, _draw_losses)) if panel[0]]
    if not panels:
        write(figure, WIDTH / 2, HEIGHT / 2, "no figures yet", colour=FAINT, align="center")
    width = (WIDTH - _LEFT - _RIGHT - (len(panels) - 1) * _BETWEEN) / max(1, len(panels))
    for number, (of_panel, draw) in enumerate(panels):
        left = _LEFT + number * (width + _BETWEEN)
        axes = area(figure, left, _TOP, width, HEIGHT - _TOP - _BOTTOM)
        _mark_steps(axes, max([steps, *(curve[-1][0] for curve in of_panel.values())]))
        _name_curves(figure, left, width, of_panel)
        draw(axes, of_panel)
    return png(figure)


def _curves(points: Iterable[Point]) -> dict[str, Curve]:
    """Those with figures, by name; what is held out comes last, so that it is drawn above."""
    curves: dict[str, Curve] = {}
    for point in sorted(points, key=lambda one: one.step):
        for name, value in point.values.items():
            if math.isfinite(value):
                curves.setdefault(name, []).append((point.step, value))
    return dict(sorted(curves.items(), key=lambda item: (item[0].startswith(HELD_OUT), item[0])))


def thinned(curve: Curve, most: int = _FINEST) -> Curve:
    """At most so many points, each the mean of as many neighbours; the last is always of the newest."""
    each = math.ceil(len(curve) / most)
    parts = [curve[max(0, end - each) : end] for end in range(len(curve), 0, -each)][::-1]
    return [(round(_mean(step for step, _ in part)), _mean(value for _, value in part)) for part in parts]


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)


def _colours(curves: Iterable[str]) -> dict[str, str]:
    """Orange is what is held out, blue what is trained on; a model with more curves than that gets more colours."""
    held_out, trained = [ORANGE, PINK, WORDS], [BLUE, MINT, WORDS]
    taken: dict[str, str] = {}
    for name in curves:
        left = held_out if name.startswith(HELD_OUT) else trained
        taken[name] = left.pop(0) if left else FAINT
    return taken


def _draw(axes: Axes, curves: dict[str, Curve]) -> None:
    for name, colour in _colours(curves).items():
        held_out = name.startswith(HELD_OUT)
        steps, values = zip(*(curves[name] if held_out else thinned(curves[name])), strict=True)
        few = held_out or len(steps) == 1
        size = max(3.0, 6.5 - len(steps) / 12) if few else 0
        axes.plot(steps, values, color=colour, linewidth=2.5, marker="o" if few else "", markersize=size)


def _draw_shares(axes: Axes, shares: dict[str, Curve]) -> None:
    _draw(axes, shares)
    values = [value for curve in shares.values() for _, value in curve]
    # From 0 while it learns; a run that begins at 0.9 shows what happens up there.
    floor = math.floor(min(values) * 10) / 10 if min(values) >= 0.5 else min(0.0, *values)
    span = max(1.0, *values) - floor
    axes.set_ylim(floor - 0.02 * span, floor + 1.04 * span)
    axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}%")
    axes.locator_params(axis="y", nbins=5)
    _mark_best(axes, shares.get(f"{HELD_OUT}_accuracy", []))


def _draw_losses(axes: Axes, losses: dict[str, Curve]) -> None:
    _draw(axes, losses)
    low, high = axes.dataLim.intervaly
    if low > 0 and high / low >= _DECADE:
        from matplotlib.ticker import LogLocator, NullLocator  # noqa: PLC0415

        axes.set_yscale("log")
        between = (1.0,) if high / low > _DECADE**2.5 else (1.0, 2.0, 5.0)
        axes.yaxis.set_major_locator(LogLocator(subs=between))
        axes.yaxis.set_minor_locator(NullLocator())
    else:
        axes.locator_params(axis="y", nbins=5)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.3g}")


def _mark_steps(axes: Axes, last: int) -> None:
    axes.set_xlim(-0.02 * last, max(1, last) * 1.02)
    axes.locator_params(axis="x", nbins=4, steps=[1, 2, 4, 5, 10], integer=True)
    axes.xaxis.set_major_formatter(lambda value, _: thousands(value))


def _mark_best(axes: Axes, curve: Curve) -> None:
    """A ring around the highest point of what is held out, and what it is where curves that rise leave room."""
    if len(curve) < 2:
        return
    step, value = max(curve, key=lambda one: one[1])
    axes.plot([step], [value], marker="o", markersize=13, markerfacecolor="none", markeredgecolor=WORDS, mew=2)
    words = f"○ best {100 * value:.1f} % at {thousands(step)}"
    axes.text(0.97, 0.05, words, transform=axes.transAxes, color=WORDS, ha="right", va="bottom", **lettering(SMALL))


def _name_curves(figure: Figure, left: float, width: float, curves: dict[str, Curve]) -> None:
    """Above a panel, in two lines: each curve's name in its colour, with its newest value."""
    size = LETTERS - 2
    x, y = left, float(_TOP - 38)
    for name, colour in _colours(curves).items():
        value = curves[name][-1][1]
        newest = f"{value:.3g}" if "loss" in name else f"{100 * value:.1f} %"
        words = f"{name.replace(HELD_OUT, 'held-out').replace('_', ' ')} {newest}"
        if x > left and x + length(words, size) > left + width:
            x, y = left, y + 26
        if y > _TOP:
            break
        write(figure, x, y, words, size=size, colour=colour)
        x += length(words, size) + 1.5 * size
