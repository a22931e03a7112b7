"""Figures as people read them."""

from __future__ import annotations

import pytest

from bot.ui.formatting import cost, duration, figure, file_size, percent, progress_bar
from core.domain.training.costs import Price
from tests.unit.bot.features.train.builders import WORDS


@pytest.mark.parametrize(
    ("share", "full"), [(-1.0, 0), (0.0, 0), (0.049, 0), (0.05, 1), (0.999, 19), (1.0, 20), (1.5, 20)]
)
def test_the_bar_is_full_only_at_the_end(share: float, full: int) -> None:
    assert progress_bar(share) == "▰" * full + "▱" * (20 - full)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (89 * 60, "89 min"), (5400, "1 h 30 min"), (90_000, "25 h 0 min")],
)
def test_durations_are_as_exact_as_anybody_needs(seconds: float, text: str) -> None:
    assert duration(WORDS, seconds) == text


def test_figures_are_short() -> None:
    assert [figure(value) for value in (0.0, 0.01234, 1.0, 12.345, 99.96, 150.0, 1234.5, 1e-5)] == [
        "0.00",
        "0.0123",
        "1.00",
        "12.3",
        "100",
        "150",
        "1,234",
        "< 0.001",
    ]
    assert percent(0.9876) == "98.8 %"
    assert cost(Price(0.6, "USD"), 60) == "0.01 USD"
    assert cost(Price(360, "JPY"), 3600) == "360 JPY"


def test_sizes_are_never_nothing() -> None:
    assert [file_size(size) for size in (1, 12_345, 99_999, 480_000, 12_340_000)] == [
        "1 kB",
        "12 kB",
        "100 kB",
        "0.5 MB",
        "12.3 MB",
    ]
