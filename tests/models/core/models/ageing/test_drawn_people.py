from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.models.ageing import drawn_people
from core.models.ageing.drawn_people import AGES, draw_people
from core.vision.views import Framing, View

VIEW = View(Framing.FACE, 64)


@pytest.fixture(autouse=True)
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_people, "_PER_PART", 2)


def test_people_are_drawn_at_several_ages_in_one_frame(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    drawn = draw_people(tmp_path, 3, seed=1, view=VIEW, progress=lambda done, count: told.append((done, count)))
    assert drawn.pictures.shape == (3, AGES, 64, 64, 3)
    assert drawn.pictures.dtype == np.uint8
    assert drawn.ages.shape == (3, AGES)
    assert (np.diff(drawn.ages) > 0).all()
    assert set(drawn.genders) <= {0, 1}
    assert told == [(2, 4), (4, 4)]
    # The years change a face, and less than it differs from another person's.
    own = np.abs(drawn.pictures[:, 0].astype(int) - drawn.pictures[:, -1]).mean()
    others = np.abs(drawn.pictures[0].astype(int) - drawn.pictures[1]).mean()
    assert 3 < own < others


def test_what_has_been_drawn_is_read_and_a_smaller_number_is_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = draw_people(tmp_path, 2, seed=1, view=VIEW)
    monkeypatch.setattr(drawn_people, "ProcessPoolExecutor", None)  # nothing may be drawn again
    again = draw_people(tmp_path, 1, seed=1, view=VIEW)
    assert (again.pictures == drawn.pictures[:1]).all()
    assert (again.ages == drawn.ages[:1]).all()
