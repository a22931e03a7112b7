"""The charts that are posted and shown: PNG, made from what the domain knows."""

from core.render.chart_confusion import render_confusion
from core.render.chart_curves import render_curves
from core.render.chart_reliability import render_reliability

__all__ = ["render_confusion", "render_curves", "render_reliability"]
