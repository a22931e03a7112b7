from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import MAX_NAME_LENGTH, LabellingPolicy, may_label, name_key, normalise_name, person_name


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
        ("x" * MAX_NAME_LENGTH, "x" * MAX_NAME_LENGTH),
        ("Anna\x07\x1b\x7f", "Anna"),
        ("An\x00na\x85B", "Anna B"),
        ("Anna\u202eB\u202c", "AnnaB"),  # would write what follows from right to left
        ("\u2066Anna\u2069\u200e\u200f\u061c", "Anna"),  # direction marks
        ("\ufeffAn\u00adna\u2060\u200b", "Anna"),  # byte order mark, soft hyphen, word joiner, zero-width space
        ("An\u200dna\u200c", "Anna"),  # joiners that join nothing
        ("Anna\ufe0f\u034f\U000e0041", "Anna"),  # a variation selector, the grapheme joiner, a tag
        ("Anna\u3164\u2800B", "Anna B"),  # a filler and a blank pattern: letters to Unicode, a gap to the eye
        ("न्\u200dयू", "न्\u200dयू"),  # Devanagari: a half letter
        ("র\u200d্য", "র\u200d্য"),  # Bengali: the joiner stands before the sign
        ("അവന്\u200d", "അവന്\u200d"),  # Malayalam: also at the end
        ("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"),
        ("👩🏽\u200d🚀", "👩🏽\u200d🚀"),  # with a skin colour
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("葛\U000e0100城", "葛\U000e0100城"),  # a Japanese family name in its own form
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
        ("x" * (MAX_NAME_LENGTH + 1), "long"),
        ("㌖" * 20, "long"),  # NFKC makes six letters of each
        ("\u202e\u200b\ufeff\x1b", "empty"),
        ("@every\u200bone", "mention"),
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
    assert 1 <= len(shown) <= MAX_NAME_LENGTH
    assert shown == shown.strip() == unicodedata.normalize("NFKC", shown) == normalise_name(shown)
    assert shown.isprintable() or any(joiner in shown for joiner in "\u200c\u200d")
    assert len(name_key(shown)) <= 256  # the column's width


@given(st.text(min_size=1))
def test_case_does_not_make_another_person(typed: str) -> None:
    assert name_key(typed) == name_key(typed.casefold())


invisible = st.text(
    st.sampled_from("\u200b\u200c\u200d\u200e\u200f\u202e\u2069\u2060\ufeff\u00ad\ufe0f\U000e0100\x00\x1b")
)


@given(st.lists(st.tuples(st.text(max_size=3), invisible), max_size=8))
def test_two_names_that_look_the_same_have_one_key(parts: list[tuple[str, str]]) -> None:
    plain = "".join(text for text, _ in parts)
    try:
        shown, disguised = normalise_name(plain), normalise_name("".join(text + marks for text, marks in parts))
    except OmokageError:
        return
    assert name_key(shown) == name_key(disguised)


@given(st.text())
def test_a_key_is_its_own_key(typed: str) -> None:
    assert name_key(name_key(typed)) == name_key(typed)


@given(st.text(st.characters(exclude_categories=("Cs", "Co", "Cn", "Po", "Sm")), max_size=16))
def test_nothing_invisible_is_a_reason_to_refuse_a_name(typed: str) -> None:
    reason = None
    try:
        normalise_name(typed)
    except OmokageError as error:
        reason = error.details["reason"]
    assert reason in {None, "empty", "long"}


@pytest.mark.parametrize("word", ["unknown", " UNKNOWN ", "ｕｎｋｎｏｗｎ", "un\u200dknown", "不明", "不\u200e明"])
def test_nobody_can_be_called_what_an_unknown_face_is_called(word: str) -> None:
    assert normalise_name(word)  # a data set may
    with pytest.raises(OmokageError) as caught:
        person_name(word)
    assert (caught.value.code, caught.value.details) == (ErrorCode.BAD_NAME, {"reason": "reserved"})


def test_any_other_name_is_a_persons() -> None:
    assert person_name(" Unknown  Soldier ") == "Unknown Soldier"


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
    assert may_label(policy, False, has_labeller_role=True) is (policy is not LabellingPolicy.OFF)
