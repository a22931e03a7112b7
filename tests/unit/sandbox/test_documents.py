"""JSON from outside."""

from __future__ import annotations

import pytest

from sandbox.documents import MAX_DEPTH, parse_document


def test_what_discord_itself_may_send_is_read() -> None:
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH

    assert parse_document('{"components": [{"type": 1}]}') == {"components": [{"type": 1}]}
    assert isinstance(parse_document(deep), list)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting_is_no_document_whoever_gives_up_first(depth: int, opening: str, closing: str) -> None:
    with pytest.raises(ValueError, match="deep"):
        parse_document(opening * depth + "1" + closing * depth)


def test_a_wide_document_is_not_taken_for_a_deep_one() -> None:
    assert parse_document(str([[1]] * 10_000)) == [[1]] * 10_000
