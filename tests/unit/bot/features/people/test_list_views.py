"""The list of people, page by page."""

from __future__ import annotations

from typing import Any

from bot.features.people.list_views import PageButton, page_view
from tests.unit.bot.features.people.builders import WORDS


async def test_pages_lead_to_their_neighbours() -> None:
    people: list[Any] = [None] * 45

    targets = [
        [item.page for item in page_view(WORDS[0], people, page).children if isinstance(item, PageButton)]
        for page in range(3)
    ]

    assert targets == [[1], [0, 2], [1]]
