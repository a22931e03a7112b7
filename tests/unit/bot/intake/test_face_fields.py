"""Parts of a job's parameters by where they are."""

from __future__ import annotations

import pytest

from bot.intake.face_fields import with_changed_fields


def test_only_what_is_at_the_place_changes() -> None:
    said = {"a": {"photo": ""}, "add": [{"seed": 3}, {"photo": ""}], "model": "x"}

    changed = with_changed_fields(with_changed_fields(said, "a", photo="aa"), "add/1", photo="bb", index=2)

    assert changed == {"a": {"photo": "aa"}, "add": [{"seed": 3}, {"photo": "bb", "index": 2}], "model": "x"}
    assert said["a"] == {"photo": ""}


@pytest.mark.parametrize("place", ["b", "add/2", "add/x", "add", "add/-1", "model", "model/0", ""])
def test_where_nothing_is_nothing_is_changed(place: str) -> None:
    with pytest.raises(ValueError, match=r"there|at"):
        with_changed_fields({"add": [{"seed": 3}], "model": "x"}, place, index=1)


def test_the_parameters_themselves_are_at_a_dot() -> None:
    assert with_changed_fields({"photo": "", "to": 70}, ".", photo="aa") == {"photo": "aa", "to": 70}
