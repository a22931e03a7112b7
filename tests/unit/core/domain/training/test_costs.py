"""What an hour of training costs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.training.costs import Price


@pytest.mark.parametrize(
    ("text", "price"),
    [("0.65 USD", Price(0.65, "USD")), ("2eur", Price(2.0, "EUR")), (" 120 JPY ", Price(120.0, "JPY"))],
)
def test_a_price_is_a_number_and_a_currency(text: str, price: Price) -> None:
    assert Price.parse(text) == price


@pytest.mark.parametrize(
    "text", ["", "USD", "0.65", "-1 USD", "1e3 USD", "1,50 EUR", "0.65 US", "0.65 USDT", "1 ユーロ", "nan USD"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        Price.parse(text)


@given(st.integers(0, 10**6), st.floats(0, 10**7))
def test_an_hour_costs_the_price(hours: int, amount: float) -> None:
    assert Price(amount, "USD").of(3600 * hours) == pytest.approx(amount * hours)
