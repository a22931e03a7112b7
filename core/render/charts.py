"""Charts as PNG: a run's curves, a confusion matrix, a reliability diagram."""

from core.render.chart_confusion import render_confusion
from core.render.chart_curves import render_curves
from core.render.chart_reliability import render_reliability

__all__ = ["render_confusion", "render_curves", "render_reliability"]
