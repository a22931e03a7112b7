from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import LONGEST_NAME, LabellingPolicy, may_label, name_key, normalise_name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Anna", "Anna"),
        ("  Anna \t\n B  ", "Anna B"),
        ("Ａｎｎａ　Ｂ", "Anna B"),
        ("ｱﾝﾅ", "アンナ"),
        ("面影", "面影"),
        ("O'Brien-Łukasz, Jr.", "O'Brien-Łukasz, Jr."),
        ("anna@home", "anna@home"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs the zero-width non-joiner
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
    ],
)
def test_a_name_is_shown_as_it_was_meant(typed: str, shown: str) -> None:
    assert normalise_name(typed) == shown


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "empty"),
        (" \u3000\n", "empty"),
        ("\u200d", "empty"),
        ("\u3164 \u2800", "empty"),  # a filler and a blank pattern: letters to Unicode, nothing to the eye
        ("x" * (LONGEST_NAME + 1), "long"),
        ("㌖" * 20, "long"),  # NFKC makes six letters of each
        ("Anna\x07", "control"),
        ("Anna\u202eB", "control"),  # writes what follows from right to left
        ("Anna\u200b", "control"),
        ("Anna\ue000", "control"),
        ("\ud800", "control"),
        ("@everyone", "mention"),
        ("hi @HERE", "mention"),
        ("＠everyone", "mention"),
        ("<@123>", "mention"),
        ("<@!123>", "mention"),
        ("<@&123>", "mention"),
        ("<#123>", "mention"),
        ("</classify:123>", "mention"),
        ("<a:wave:123>", "mention"),
    ],
)
def test_a_name_that_is_none_or_does_harm_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(OmokageError) as caught:
        normalise_name(typed)
    assert caught.value.code is ErrorCode.BAD_NAME
    assert caught.value.details["reason"] == reason


@given(st.text())
def test_whatever_is_typed_is_refused_or_becomes_a_name_that_stays_as_it_is(typed: str) -> None:
    try:
        shown = normalise_name(typed)
    except OmokageError:
        return
    assert 1 <= len(shown) <= LONGEST_NAME
    assert shown == shown.strip() == unicodedata.normalize("NFKC", shown) == normalise_name(shown)
    assert shown.isprintable() or any(joiner in shown for joiner in "\u200c\u200d")
    assert len(name_key(shown)) <= 256  # the column's width


@given(st.text(min_size=1))
def test_case_does_not_make_another_person(typed: str) -> None:
    assert name_key(typed) == name_key(typed.casefold())


@pytest.mark.parametrize(
    ("policy", "moderator", "member"),
    [
        (LabellingPolicy.MODERATORS, True, False),
        (LabellingPolicy.EVERYONE, True, True),
        (LabellingPolicy.OFF, False, False),
    ],
)
def test_who_may_label(policy: LabellingPolicy, moderator: bool, member: bool) -> None:
    assert (may_label(policy, True), may_label(policy, False)) == (moderator, member)
