"""Guessing the encoding of file names that do not declare one: the encoding in which they read as names.

Validity alone does not tell: nearly any bytes are half-width kana in cp932, and all are something in cp437. So each
letter beyond ASCII has a weight, by how common it is in the languages of that encoding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

# Of each encoding so many names are weighed, and so many of their letters: a second for all; 100,000 take a minute.
_SAMPLE, _MAX_LENGTH = 1000, 100
_WORD = re.compile(r"[^\W\d_]+")
_ASCII = re.compile(r"[A-Za-z]")
# Of each letter beyond ASCII in a word of this encoding: 1 where it is common there, less where it is rare, 0 where it
# looks like a letter of another encoding.
_Weigh: TypeAlias = Callable[[str, str], list[float]]


def likeliest_encoding(names: Iterable[bytes]) -> str:
    """Return the encoding that makes all names valid and most of their letters common; of equals the first listed.

    UTF-8 comes before all others: text in another encoding is hardly ever valid in it.
    """
    # At once, which is a hundred times as fast: a line feed is no letter's second byte in any of these encodings.
    parts = b"\n".join(sorted({part for name in names for part in name.split(b"/") if not part.isascii()}))
    if decoded_name(parts, "utf-8") is not None:
        return "utf-8"
    scores = {encoding: _score(parts, encoding) for encoding in _WEIGHTS}
    return max(_WEIGHTS, key=lambda encoding: scores[encoding])  # the first of equals


def decoded_name(raw: bytes, encoding: str) -> str | None:
    """Return the text, or None where the bytes are not valid in that encoding."""
    try:
        return raw.decode(encoding)
    except ValueError:
        return None


def _is_unassigned(letter: str) -> bool:
    """Code pages have control characters or private use for such bytes (0x80 and 0xFD to 0xFF in cp932)."""
    return not letter.isascii() and unicodedata.category(letter) in {"Cc", "Co", "Cn"}


def _score(parts: bytes, encoding: str) -> float:
    """The mean weight of the letters beyond ASCII, 0 to 1, in names from all over; -1: some name is not valid."""
    whole = decoded_name(parts, encoding)
    if whole is None or any(map(_is_unassigned, set(whole))):
        return -1.0
    lines = whole.split("\n")
    texts = [text[:_MAX_LENGTH] for text in lines[:: max(1, len(lines) // _SAMPLE)]]
    words = [word for text in texts for word in _WORD.findall(text) if not word.isascii()]
    weights = [weight for word in words for weight in _WEIGHTS[encoding](word, encoding)]
    marks = sum(unicodedata.category(sign)[0] == "S" for text in texts for sign in _WORD.sub("", text))  # ╘ of cp437
    return sum(weights) / max(1, len(weights) + marks)


def _japanese(word: str, encoding: str) -> list[float]:
    """Kana and kanji of JIS X 0208's first level; half-width kana are what Chinese and Korean look like in cp932."""

    def weight(letter: str) -> float:
        if "\u3041" <= letter <= "\u30fe" or letter == "々":
            return 1.0
        if "\uff66" <= letter <= "\uff9f":
            return 0.3
        return (1.0 if b"\x88\x9f" <= letter.encode(encoding) <= b"\x98\x72" else 0.7) if _is_han(letter) else 0.0

    return _east_asian(word, weight)


def _korean(word: str, _encoding: str) -> list[float]:
    """Hangul; hanja are what Chinese looks like in EUC-KR."""
    return _east_asian(word, lambda letter: float("\uac00" <= letter <= "\ud7a3"))


def _mainland_chinese(word: str, encoding: str) -> list[float]:
    """Of GB 2312, which is the part of GBK with both bytes from 0xA1 on, the first level."""

    def weight(letter: str) -> float:
        lead, trail = (*letter.encode(encoding), 0)[:2]
        return (1.0 if 0xB0 <= lead <= 0xD7 and trail >= 0xA1 else 0.4) if _is_han(letter) else 0.0

    return _east_asian(word, weight)


def _taiwanese(word: str, encoding: str) -> list[float]:
    """Of Big5 the first level."""
    return _east_asian(
        word,
        lambda letter: (1.0 if 0xA4 <= letter.encode(encoding)[0] <= 0xC6 else 0.4) if _is_han(letter) else 0.0,
    )


def _east_asian(word: str, weight: Callable[[str], float]) -> list[float]:
    """Nothing for a letter alone among Latin ones: `Jo瑛` is Joël."""
    letters = [letter for letter in word if not letter.isascii()]
    if len(letters) == 1 and len(word) > 1:
        return [0.0]
    return [weight(letter) for letter in letters]


def _latin(word: str, _encoding: str) -> list[float]:
    """Accented letters among at least as many plain ones."""
    letters = [letter for letter in word if not letter.isascii()]
    if 2 * len(letters) > len(word):
        return [0.0] * len(letters)
    return [_case(word) * _LATIN_WEIGHTS.get(letter, float("\u00c0" <= letter <= "\u017f")) for letter in letters]


def _cyrillic(word: str, _encoding: str) -> list[float]:
    """Letters of Russian and Ukrainian, and none of another alphabet's beside them."""
    return [_case(word) * (letter in _CYRILLIC) if not _ASCII.search(word) else 0.0 for letter in word]


def _case(word: str) -> float:
    """`Andr\u00da` is Andr\u00e9: capitals follow no small letters. Names begin with one."""
    return 1.0 if word.istitle() or word.isupper() else 0.9 if word.islower() else 0.5


def _is_han(letter: str) -> bool:
    return "\u4e00" <= letter <= "\u9fff"


# What is tried after UTF-8, in this order. cp932 first, for this is a bot for Japanese communities; euc-kr before gbk,
# since Korean is valid Chinese, but seldom the other way round. cp437 is what zip's specification says, and cp850 and
# cp1252 are what Windows writes in Western Europe; cp866 and cp1251 in Russia, cp852 and cp1250 in Central Europe.
_WEIGHTS: Mapping[str, _Weigh] = {
    "cp932": _japanese,
    "euc-kr": _korean,
    "gbk": _mainland_chinese,
    "big5": _taiwanese,
    "cp437": _latin,
    "cp850": _latin,
    "cp1252": _latin,
    "cp852": _latin,
    "cp1250": _latin,
    "cp866": _cyrillic,
    "cp1251": _cyrillic,
}
_LATIN_WEIGHTS = {
    "þ": 0.5,
    "Þ": 0.5,
    "ð": 0.5,
    "Ð": 0.5,
    "Ÿ": 0.5,
    "ÿ": 0.5,
    "×": 0.0,
    "÷": 0.0,
}  # ç and Ñ in a wrong code page
_CYRILLIC = frozenset({*map(chr, range(0x410, 0x450)), *"ЁёЄєІіЇїҐґ"})
