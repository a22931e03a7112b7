"""The style of charts: Discord's dark background, and text that can be read where a chart is shown half as wide.

Only matplotlib's objects are used, never pyplot or its settings, which are one for all threads. matplotlib takes half a
second to import, so the functions here import it when they are called.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.render.lettering import drawable_text, font, font_path, shorten
from core.render.palette import PALETTE, Colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# A message shows pictures some 550 pixels wide, an embed 400: letters are drawn twice as large as they shall look.
WIDTH, HEIGHT = 800, 450
TEXT_SIZE = 21.0  # pixels; 10 in an embed
SMALL_TEXT_SIZE = 17.0
GROUND = "#2b2d31"  # of Discord's embeds in its dark theme
PLATE = "#232428"  # of the plots themselves
TEXT = "#dbdee1"
FAINT = "#949ba4"
GRID = "#3f4248"
_DPI = 100
_POINTS = 72 / _DPI
_NARROWER = 0.85  # Latin in the labels' font against DejaVu Sans


def css(colour: Colour) -> str:
    """Return a colour as matplotlib's `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


# Blue and orange are told apart by every eye; the other two only ever join them in another panel or as a third line.
BLUE, ORANGE, MINT, PINK = map(css, PALETTE[:4])


def new_figure(width: int = WIDTH, height: int = HEIGHT) -> Figure:
    """Create an empty figure of so many pixels with its own canvas."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # half a second
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / _DPI, height / _DPI), dpi=_DPI, facecolor=GROUND)
    FigureCanvasAgg(figure)
    return figure


def new_axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add styled axes to a figure; the rectangle is in pixels from the upper left corner."""
    wide, high = figure.get_size_inches() * _DPI
    axes = figure.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high), facecolor=PLATE)
    axes.tick_params(colors=FAINT, labelsize=SMALL_TEXT_SIZE * _POINTS, length=0, pad=5)
    axes.grid(visible=True, color=GRID, linewidth=1)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return axes


def write_text(
    figure: Figure, x: float, y: float, words: str, *, size: float = TEXT_SIZE, colour: str = TEXT, align: str = "left"
) -> None:
    """Write text into a figure, its base line at (x, y) in pixels from the upper left corner."""
    wide, high = figure.get_size_inches() * _DPI
    figure.text(x / wide, 1 - y / high, words, color=colour, ha=align, va="baseline", **text_style(size))


def text_style(size: float) -> dict[str, Any]:
    """Return keyword arguments for text of so many pixels: fonts with Japanese, and no dollar-sign mathematics."""
    return {"fontfamily": list(_families()), "fontsize": size * _POINTS, "parse_math": False}


@lru_cache(maxsize=1)
def _families() -> tuple[str, ...]:
    """Return matplotlib's DejaVu Sans, and the labels' font as fallback for Japanese."""
    from matplotlib.font_manager import FontProperties, fontManager

    fontManager.addfont(str(font_path()))  # to this process's list of fonts; nothing else changes
    return "DejaVu Sans", FontProperties(fname=str(font_path())).get_name()


def drawable_name(name: str, index: int) -> str:
    """Return a person's name as it can be drawn, or a number where the font lacks a letter."""
    return drawable_text(name) or f"#{index + 1}"


def fit_text(words: str, size: float, room: float) -> str:
    """Shorten text to so many pixels, measured with the narrower of the two fonts."""
    return shorten(words, round(size), room * _NARROWER)


def text_width(words: str, size: float) -> float:
    """Return the approximate width of text in pixels."""
    return font(round(size)).getlength(words) / _NARROWER


def format_step(value: float) -> str:
    """Format a step for an axis: 500, 2k, 2.5k."""
    return f"{value:.0f}" if value < 1000 else f"{value / 1000:.4g}k"


def encode_png(figure: Figure) -> bytes:
    """Encode a figure as PNG."""
    from PIL import Image  # with matplotlib, not before

    canvas: Any = figure.canvas
    canvas.draw()
    pixels = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    out = io.BytesIO()
    pixels.convert("RGB").save(out, "PNG", compress_level=6)
    return out.getvalue()
