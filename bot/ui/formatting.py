"""Numbers, durations, sizes and costs as people read them."""

from __future__ import annotations

from bot.ui.i18n import Words
from core.domain.training.costs import Price

_CELLS = 20  # an embed on a phone has room for no more


def progress_bar(fraction: float) -> str:
    """Draw a fraction in twenty cells; full only when everything is done."""
    full = min(_CELLS, int(_CELLS * max(0.0, fraction)))
    return "▰" * full + "▱" * (_CELLS - full)


def duration(words: Words, seconds: float) -> str:
    """Write a duration: seconds below a minute and a half, then minutes, then hours with minutes."""
    if seconds < 90:
        return words.say("duration-seconds", seconds=round(seconds))
    minutes = round(seconds / 60)
    if minutes < 90:
        return words.say("duration-minutes", minutes=minutes)
    return words.say("duration-hours", hours=minutes // 60, minutes=minutes % 60)


def percent(fraction: float) -> str:
    """Write a fraction with one decimal: versions differ by less than one in a hundred."""
    return f"{100 * fraction:.1f} %"


def figure(value: float) -> str:
    """Write three significant digits: a loss of 0.0123 and one of 12.3; very small is just "< 0.001"."""
    if 0 < abs(value) < 0.001:
        return "< 0.001" if value > 0 else "> -0.001"
    return f"{value:#.3g}" if abs(value) < 99.95 else f"{value:,.0f}"


def cost(price: Price, seconds: float) -> str:
    """Write what a worker's time costs; yen and won have no cents."""
    amount = price.of(seconds)
    digits = 0 if price.currency in {"JPY", "KRW"} and amount >= 10 else 2
    return f"{amount:,.{digits}f} {price.currency}"


def file_size(size: int) -> str:
    """Write a file's size, in kB or MB (10^3 or 10^6 bytes)."""
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1e3))} kB"
