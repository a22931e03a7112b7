"""Finding the training that an option names."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.features.train.lookup import find_run


@pytest.mark.parametrize(
    ("typed", "number"), [(None, None), (3, 3), ("3", 3), ("", 0), (2**63, 0), ("x", 0), (True, 0)]
)
async def test_whatever_stands_in_the_run_option_is_a_number_or_that_of_nothing(typed: Any, number: int | None) -> None:
    asked: list[int | None] = []

    async def quick(call: Any, *args: Any) -> Any:
        return call(*args)

    runs = SimpleNamespace(find=lambda _guild, wanted: asked.append(wanted))
    bot: Any = SimpleNamespace(threads=SimpleNamespace(quick=quick), services=SimpleNamespace(runs=runs))

    await find_run(bot, 11, typed)

    assert asked == [number]
