"""A small chart of an optimisation, drawn with Pillow: matplotlib takes half a second to load.

Language-free: `p` is the target's probability, from 0 to 1; `loss` is on a logarithmic scale of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from core.render.lettering import font
from core.render.palette import PALETTE, Colour

GROUND: Colour = (0x2B, 0x2D, 0x31)  # as the charts and the grids
PLATE: Colour = (0x23, 0x24, 0x28)
FAINT: Colour = (0x94, 0x9B, 0xA4)
_GRID: Colour = (0x3F, 0x42, 0x48)
PROBABILITY, LOSS = PALETTE[0], PALETTE[1]  # blue and orange are told apart by every eye
_OVERSIZE = 2  # drawn so many times as large: lines without steps
_TEXT_SIZE = 15
_LINE = 2.5
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 66, 28, 26  # pixels around the plot, for its numbers
_MIN_LOSS = 1e-4  # smaller values are drawn as this one: the axis is logarithmic


def draw_curve(curve: Sequence[tuple[int, float, float]], steps: int, size: tuple[int, int]) -> Image.Image:
    """Draw the loss and the target's probability so far.

    Args:
        curve: (step, loss, probability); may be empty.
        steps: where the chart ends on the right.
        size: width and height in pixels, from 160 x 100.
    """
    plot = _Plot(size, max(steps, *(step for step, _, _ in curve), 1))
    losses = [max(loss, _MIN_LOSS) for _, loss, _ in curve]
    low, high = _decades(losses)
    plot.draw_axes(low, high)
    # The loss first: where both meet, the probability is what matters.
    span = high - low
    plot.line([(step, (math.log10(max(loss, _MIN_LOSS)) - low) / span) for step, loss, _ in curve], LOSS)
    plot.line([(step, probability) for step, _, probability in curve], PROBABILITY)
    return plot.image()


class _Plot:
    """The plotting area; heights are in [0, 1], from below."""

    def __init__(self, size: tuple[int, int], steps: int) -> None:
        self._size = size
        self._steps = steps
        self._image = Image.new("RGB", (size[0] * _OVERSIZE, size[1] * _OVERSIZE), GROUND)
        self._pen = ImageDraw.Draw(self._image)
        self._right, self._bottom = size[0] - _RIGHT, size[1] - _BOTTOM
        self._pen.rectangle(self._scaled((_LEFT, _TOP), (self._right, self._bottom)), fill=PLATE)

    def draw_axes(self, low: int, high: int) -> None:
        """Draw grid lines and tick labels; those of the loss are powers of ten, `low` to `high`."""
        for height, words in ((0.0, "0"), (0.5, "0.5"), (1.0, "1")):
            self._pen.line(self._scaled(self._at(0, height), self._at(self._steps, height)), _GRID, _OVERSIZE)
            self._write((_LEFT - 6, self._at(0, height)[1]), words, PROBABILITY, "rm")
        for power in range(low, high + 1, max(1, math.ceil((high - low) / 4))):
            height = (power - low) / (high - low)
            self._write((self._right + 6, self._at(0, height)[1]), f"{10.0**power:g}", LOSS, "lm")
        self._write((_LEFT, _TOP - 8), "p", PROBABILITY, "ls")
        self._write((self._right, _TOP - 8), "loss", LOSS, "rs")
        self._write((_LEFT, self._bottom + 6), "0", FAINT, "la")
        self._write((self._right, self._bottom + 6), str(self._steps), FAINT, "ra")

    def line(self, points: Sequence[tuple[int, float]], colour: Colour) -> None:
        """Draw a line through points of (step, height)."""
        pixels = [self._scaled(self._at(step, min(1.0, max(0.0, height)))) for step, height in points]
        if len(pixels) == 1:
            x, y = pixels[0]
            self._pen.ellipse((x - 4, y - 4, x + 4, y + 4), colour)
        elif pixels:
            self._pen.line(
                [coordinate for point in pixels for coordinate in point], colour, round(_LINE * _OVERSIZE), "curve"
            )

    def image(self) -> Image.Image:
        """Return the chart in its final size."""
        return self._image.resize(self._size, Image.Resampling.LANCZOS)

    def _at(self, step: int, height: float) -> tuple[float, float]:
        x = _LEFT + (self._right - _LEFT) * step / self._steps
        return x, self._bottom - (self._bottom - _TOP) * height

    def _write(self, at: tuple[float, float], words: str, colour: Colour, anchor: str) -> None:
        x, y = at
        self._pen.text((x * _OVERSIZE, y * _OVERSIZE), words, colour, font(_TEXT_SIZE * _OVERSIZE), anchor=anchor)

    def _scaled(self, *points: tuple[float, float]) -> list[float]:
        return [value * _OVERSIZE for point in points for value in point]


def _decades(losses: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten around all losses, at least one decade apart."""
    low = math.floor(math.log10(min(losses, default=0.1)))
    high = math.ceil(math.log10(max(losses, default=1.0)))
    return low, max(high, low + 1)
