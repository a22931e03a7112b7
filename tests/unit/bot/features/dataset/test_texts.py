"""Remarks about data sets."""

from __future__ import annotations

from typing import Any

import pytest

from bot.features.dataset.texts import preflight_lines
from bot.ui.i18n import words_in
from core.domain.data.datasets import Preflight, Remark
from core.domain.objections import ObjectingPeople
from tests.unit.bot.features.train.builders import DATASET


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize(
    "code", ["few-people", "few-pictures", "unbalanced", "duplicates", "without-face", "small", "damaged", "new-code"]
)
def test_every_remark_is_a_sentence(language: str, code: str) -> None:
    names = [f"{'N' * 64}_{number}" for number in range(10)]
    details: dict[str, Any] = {"names": names, "count": 1, "minimum": 3, "people": 1, "fewest": 1, "most": 9}
    result = Preflight(2, 18, 9, 9, (Remark(code, details, blocks=False),))

    lines = preflight_lines(words_in(language), DATASET, result, ObjectingPeople()).splitlines()

    assert len(lines) == 2
    assert lines[1].startswith("⚠️ ")
    assert len("\n".join(lines)) < 1000
    assert ("new-code" in lines[1]) == (code == "new-code")
