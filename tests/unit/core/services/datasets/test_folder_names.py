from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import OmokageError
from core.domain.people import normalise_name
from core.services.datasets.folder_names import NAME_BYTES, folder_names

LONG = "\U00020b9f" * 64  # 64 letters of four bytes


def test_a_name_that_fits_in_letters_but_not_in_bytes_is_cut_and_marked() -> None:
    name, other = folder_names([LONG, LONG[:-1] + "\U00020bb7"])
    assert len(name.encode()) <= NAME_BYTES
    assert name[:-9] == other[:-9] == LONG[: len(name) - 9]
    assert name != other


def test_a_file_system_may_take_less(tmp_path: Path) -> None:
    (name,) = folder_names(["あ" * 64], max_bytes=143)
    assert len(name.encode()) <= 143
    (tmp_path / name).mkdir()


def test_names_that_are_one_where_case_does_not_count_are_told_apart() -> None:
    names = folder_names(["anna", "ANNA", "index.json", "Anna"])
    assert names[0] == "anna"
    assert len({name.casefold() for name in [*names, "index.json"]}) == 5


@given(st.lists(st.text(min_size=1, max_size=64), min_size=1, max_size=5))
def test_any_names_make_folders_of_their_own(texts: list[str]) -> None:
    people = set()
    for text in texts:
        try:
            people.add(normalise_name(text))
        except OmokageError:
            continue
    names = folder_names(sorted(people))
    assert len({name.casefold() for name in names}) == len(people)
    for name in names:
        assert 0 < len(name.encode()) <= NAME_BYTES
        assert "/" not in name
        assert not name.startswith(".")
        assert not name.endswith((".", " "))
