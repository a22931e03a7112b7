"""A run's curves as a chart: fractions (accuracies), losses, and a distance such as KID, against the step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from core.render.chart_panels import (
    DISTANCES,
    Curves,
    Draw,
    Panel,
    draw_distance,
    draw_fractions,
    draw_losses,
    draw_panel,
    is_evaluated,
)
from core.render.chart_style import FAINT, HEIGHT, TEXT_SIZE, WIDTH, encode_png, new_figure, write_text
from core.render.lettering import drawable_text

if TYPE_CHECKING:
    from core.domain.training.runs import CurvePoint

_LEFT, _TOP, _BOTTOM, _BETWEEN, _RIGHT = 66, 116, 44, 72, 24
_STACKED = 92  # pixels from one panel to that below it: the steps, and two lines of names


def render_curves(points: Sequence[CurvePoint], steps: int, title: str) -> bytes:
    """Draw a run's curves.

    Args:
        points: in any order; figures that are no finite number are left out. Names with `loss` in them are losses,
            `kid` is a distance, which is better the lower it is, the others are fractions in [0, 1] or ratios to the
            value of real pictures. Those of evaluations are drawn with a dot at each point, the others, which are
            noisy, as means of neighbouring points.
        steps: of the whole run; the axis ends there.
        title: above the curves.

    Returns:
        A PNG of 800 x 450 pixels.
    """
    figure = new_figure()
    write_text(figure, 20, 38, drawable_text(title), size=TEXT_SIZE + 2)
    groups = list(_groups(_curves(points)))
    if not groups:
        write_text(figure, WIDTH / 2, HEIGHT / 2, "no figures yet", colour=FAINT, align="center")
    for (curves, draw), panel in zip(groups, _panels(len(groups)), strict=True):
        draw_panel(figure, panel, curves, draw, steps)
    return encode_png(figure)


def _curves(points: Iterable[CurvePoint]) -> Curves:
    """Return the curves by name; those of evaluations come last, so that they are drawn on top."""
    curves: Curves = {}
    for point in sorted(points, key=lambda point: point.step):
        for name, value in point.values.items():
            if math.isfinite(value):
                curves.setdefault(name, []).append((point.step, value))
    return dict(sorted(curves.items(), key=lambda item: (is_evaluated(item[0]), item[0])))


def _groups(curves: Curves) -> Iterator[tuple[Curves, Draw]]:
    """Yield the curves of each panel with its renderer; the distance comes first."""
    kinds: tuple[tuple[str, Draw], ...] = (
        ("distance", draw_distance),
        ("fraction", draw_fractions),
        ("loss", draw_losses),
    )
    for kind, draw in kinds:
        group = {name: curve for name, curve in curves.items() if _kind(name) == kind}
        if group:
            yield group, draw


def _kind(name: str) -> str:
    if name in DISTANCES:
        return "distance"
    return "loss" if "loss" in name else "fraction"


def _panels(count: int) -> list[Panel]:
    """Lay out panels side by side; of three, the second and third are stacked."""
    columns = min(2, max(1, count))
    width = (WIDTH - _LEFT - _RIGHT - (columns - 1) * _BETWEEN) / columns
    height = HEIGHT - _TOP - _BOTTOM
    whole = [Panel(_LEFT + number * (width + _BETWEEN), _TOP, width, height) for number in range(columns)]
    if count <= columns:
        return whole[:count]
    half = (height - _STACKED) / 2
    right = whole[1].left
    stacked = [Panel(right, _TOP + row * (half + _STACKED), width, half, low=True) for row in range(2)]
    return [whole[0], *stacked]
