"""What training costs."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PRICE = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([^\W\d_]{3})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Price:
    """Of an hour of a worker; `currency` is an ISO 4217 code, such as USD."""

    amount: float
    currency: str

    @classmethod
    def parse(cls, text: str) -> Price:
        """`0.65 USD`.

        Raises:
            ValueError: it is not a number and three letters.
        """
        match = _PRICE.fullmatch(text.strip())
        if match is None:
            raise ValueError("a price is a number and a currency's three letters, such as 0.65 USD")
        return cls(float(match[1]), match[2].upper())

    def of(self, seconds: float) -> float:
        """What so many seconds cost."""
        return self.amount * seconds / 3600
