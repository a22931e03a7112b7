"""Invisible characters, and the few positions in which a script needs them."""

from __future__ import annotations

import re
import unicodedata

_ZWNJ, _ZWJ, _TEXT_STYLE, _EMOJI_STYLE, _KEYCAP = "\u200c", "\u200d", "\ufe0e", "\ufe0f", "\u20e3"
# Default_Ignorable_Code_Point of Unicode 16 as far as it is not Cf: fillers, grapheme joiner, variation selectors.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_VIRAMA = 9  # the canonical combining class of signs that join consonants in scripts of India
_CURSIVE = frozenset({"AL", "R"})  # bidirectional classes: Arabic, Syriac, N'Ko and the like, whose letters join


def without_invisible(text: str) -> str:
    """Return the text without invisible characters, except those that change how their neighbours are drawn.

    Kept are joiners in Indic, Arabic-like and Mongolian words and in emoji sequences, variation selectors behind what
    has variants (Chinese characters, Mongolian letters, emoji). Taken out are direction marks, soft hyphens, byte order
    marks, control characters and the rest. White space is left alone.
    """
    padded = f"\0{text}\0"
    return "".join(
        letter
        for before, letter, after in zip(padded, text, padded[2:], strict=False)
        if not is_invisible(letter) or _is_needed(before, letter, after)
    )


def without_any_invisible(text: str) -> str:
    """Return the text without any invisible character, for comparisons."""
    return "".join(letter for letter in text if not is_invisible(letter))


def is_invisible(letter: str) -> bool:
    """Whether a character is a control or format character, or may be ignored by those who draw text."""
    if letter.isspace():
        return False
    return unicodedata.category(letter) in {"Cc", "Cf"} or _IGNORABLE.match(letter) is not None


def _is_needed(before: str, letter: str, after: str) -> bool:
    if letter in {_ZWNJ, _ZWJ}:
        return _joins(before, letter, after)
    if letter in {_TEXT_STYLE, _EMOJI_STYLE}:
        return _is_symbol(before) or (after == _KEYCAP and before in "#*0123456789")
    name = unicodedata.name(before, "")
    if "\u180b" <= letter <= "\u180f":
        return name.startswith("MONGOLIAN LETTER")
    is_ideographic = "\ufe00" <= letter <= "\ufe02" or "\U000e0100" <= letter <= "\U000e01ef"
    return is_ideographic and name.startswith("CJK UNIFIED")


def _joins(before: str, joiner: str, after: str) -> bool:
    if _VIRAMA in {unicodedata.combining(before), unicodedata.combining(after)}:
        return True
    if unicodedata.name(before, "").startswith("MONGOLIAN LETTER"):
        return True
    is_letter = unicodedata.bidirectional(before) in _CURSIVE | {"NSM"}  # a vowel sign may stand between
    if joiner == _ZWNJ:
        return is_letter and unicodedata.bidirectional(after) in _CURSIVE
    if unicodedata.bidirectional(before) in _CURSIVE:
        return True
    return (_is_symbol(before) or before == _EMOJI_STYLE) and _is_symbol(after)


def _is_symbol(letter: str) -> bool:
    """As emoji are, skin colours included."""
    return unicodedata.category(letter) in {"So", "Sm", "Sk"}
