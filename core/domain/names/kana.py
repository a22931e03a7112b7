"""Readings of Japanese names: kana in Roman letters, and a key by which kana and Roman letters of one reading agree."""

from __future__ import annotations

import re
import unicodedata

_VOWELS = "aiueo"
# Each row is a consonant with its five kana; a blank is a kana that does not exist.
_ROWS = {
    "": "あいうえお",
    "k": "かきくけこ",
    "s": "さしすせそ",
    "t": "たちつてと",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "m": "まみむめも",
    "y": "や ゆ よ",
    "r": "らりるれろ",
    "w": "わゐ ゑを",
    "g": "がぎぐげご",
    "z": "ざじずぜぞ",
    "d": "だぢづでど",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
}
_IRREGULAR = {
    "し": "shi",
    "ち": "chi",
    "つ": "tsu",
    "ふ": "fu",
    "じ": "ji",
    "ぢ": "ji",
    "づ": "zu",
    "ゐ": "i",
    "ゑ": "e",
    "を": "o",
    "ん": "n",
    "ゔ": "vu",
}
_SMALL = {"ゃ": "a", "ゅ": "u", "ょ": "o", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o"}
_SOKUON, _LONG = "っ", "ー"
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}  # ァ to ヶ
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_APART = re.compile(r"['’ʼ`\-・·.\s]")  # between the parts of a name, and in shin'ichi

# What Hepburn and the older official spellings write differently becomes alike; so do long vowels, and the h of Satoh.
_FOLDS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"sh(?=[ie]|$)", "s"),
        (r"sh", "sy"),
        (r"c(?=ch)", "t"),
        (r"ch(?=[ie]|$)", "t"),
        (r"ch", "ty"),
        (r"j(?=[ie]|$)", "z"),
        (r"jy?", "zy"),
        (r"ts", "t"),
        (r"dz?u", "zu"),
        (r"f(?=u|$)", "h"),
        (r"m(?=[bmp])", "n"),
        (r"o[ou]+", "o"),
        (r"oh(?![aiueoy])", "o"),
        (r"u+", "u"),
    )
)


def _table() -> dict[str, str]:
    regular = {
        kana: consonant + vowel
        for consonant, row in _ROWS.items()
        for kana, vowel in zip(row, _VOWELS, strict=True)
        if kana != " "
    }
    return regular | _IRREGULAR


_SYLLABLES = _table()


def has_kana(text: str) -> bool:
    """Whether there is a hiragana or a katakana in the text."""
    return _KANA.search(unicodedata.normalize("NFKC", text)) is not None


def romanise(text: str) -> str:
    """Return the text with its kana in Hepburn's Roman letters, long vowels as they are written: とうきょう is toukyou.

    ー is left out. Letters that are no kana stay as they are.
    """
    syllables = [""]
    doubled = False
    for kana in unicodedata.normalize("NFKC", text).translate(_TO_HIRAGANA):
        if kana in _SMALL:
            syllables[-1] = _with_small(syllables[-1], kana)
        elif kana not in {_SOKUON, _LONG}:
            syllable = _SYLLABLES.get(kana, kana)
            syllables.append(_doubled(syllable) if doubled else syllable)
        doubled = kana == _SOKUON
    return "".join(syllables)


def reading_key(text: str) -> str:
    """Return a key that is equal for spellings of one reading, in hiragana, katakana or Roman letters.

    `ようこ`, `ヨウコ`, `Yōko` and `youko` have the same key, and so have `つじ`, `tsuji` and `tuji`. Long vowels are
    not told from short ones, so that a few different names agree, as `ゆき` and `ゆうき` do.
    """
    decomposed = unicodedata.normalize("NFD", romanise(text).casefold())
    key = _APART.sub("", "".join(letter for letter in decomposed if not unicodedata.combining(letter)))
    for pattern, replacement in _FOLDS:
        key = pattern.sub(replacement, key)
    return key


def _with_small(syllable: str, kana: str) -> str:
    """A syllable with the small kana behind it: ki and ゃ are kya, shi and ゃ are sha, fu and ぁ are fa."""
    vowel, stem = _SMALL[kana], syllable[:-1]
    if kana in "ゃゅょ" and stem and syllable.endswith("i"):
        return stem + vowel if stem.endswith(("sh", "ch", "j")) else f"{stem}y{vowel}"
    if kana not in "ゃゅょ" and stem and syllable[-1] in _VOWELS:
        return stem + vowel
    return f"w{vowel}" if syllable == "u" else syllable + vowel


def _doubled(syllable: str) -> str:
    """The syllable after っ: its consonant twice, which is tch for ch."""
    if syllable[:1] in _VOWELS or not syllable[:1].isascii():
        return syllable
    return f"t{syllable}" if syllable.startswith("ch") else syllable[0] + syllable
