from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.render.lettering import ELLIPSIS, drawable_text, font, shorten


@pytest.mark.parametrize("name", ["Mina", "晴香", "さくら", "タナカ・ユイ", "José", "Иван", "Łukasz O'Neil-Smith"])
def test_names_in_latin_kana_kanji_and_cyrillic_are_drawn_as_they_are(name: str) -> None:
    assert drawable_text(name) == name


def test_a_name_with_a_letter_that_has_no_glyph_is_not_drawn_at_all() -> None:
    assert drawable_text("김 Mina") == ""


@pytest.mark.parametrize("name", ["🌸 Mina 🌸", "Mi‍na", "Mina\n", "  Mina ❤️", "Mina👩‍🚀"])
def test_emoji_joiners_and_line_breaks_are_left_out(name: str) -> None:
    assert drawable_text(name) == "Mina"


def test_a_letter_and_its_combining_mark_are_drawn_as_one() -> None:
    assert drawable_text("e\u0301") == "é"


def test_a_short_text_is_not_cut() -> None:
    assert shorten("1 Mina", 16, 500) == "1 Mina"


def test_a_text_for_which_there_is_no_room_is_empty() -> None:
    assert shorten("Mina", 16, 3) == ""


@given(st.text("abcdefgh ijkl晴香さくら", min_size=1, max_size=60), st.integers(11, 60), st.floats(20, 400))
def test_a_cut_text_fits_and_begins_like_the_whole(text: str, size: int, width: float) -> None:
    cut = shorten(text, size, width)
    assert font(size).getlength(cut) <= width
    assert cut in (text, "") or (cut.endswith(ELLIPSIS) and text.startswith(cut[:-1]))
