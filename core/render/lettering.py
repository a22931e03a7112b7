"""The labels' font (Latin and Japanese, from a package), and text as it can be drawn with it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

# The package is found, not imported: importing it loads matplotlib and changes its settings.
_FONT_PACKAGE = "matplotlib_fontja"
_FONT_FILE = "fonts/ipaexg.ttf"  # IPAex Gothic: kana, 11,000 kanji, Latin, Greek, Cyrillic; IPA Font License 1.0
_NO_GLYPH = "\uffff"  # a code point that no font may map
_DECORATION = frozenset({"So", "Sk", "Cf", "Cs", "Co", "Cn", "Cc"})  # emoji, their modifiers, joiners, private use
_PICTOGRAPHS = range(0x1F000, 0x20000)
_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))  # "as an emoji", or a kanji's older form
ELLIPSIS = "…"

Font = ImageFont.FreeTypeFont


@lru_cache(maxsize=64)  # one a size; sizes are whole pixels within a small range
def font(size: int) -> Font:
    """Return the labels' font at `size` pixels; RuntimeError where the package that carries it is not installed."""
    return ImageFont.truetype(font_path(), size)


@lru_cache(maxsize=1)
def font_path() -> Path:
    """Return the font's file. Raises RuntimeError where the package that carries it is not installed."""
    spec = find_spec(_FONT_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {_FONT_PACKAGE.replace('_', '-')}, which carries the labels' font, is missing")
    return Path(spec.origin).parent / _FONT_FILE


def drawable_text(text: str) -> str:
    """Return `text` as it can be drawn: composed, one line, without emoji; empty where a letter has no glyph.

    A name without some of its letters would be another name; a caller then shows the number alone.
    """
    kept = "".join(c for c in unicodedata.normalize("NFC", text) if not _is_decoration(c))
    line = " ".join(kept.split())
    return line if all(_has_glyph(c) for c in line) else ""


def shorten(text: str, size: int, width: float) -> str:
    """Return the longest prefix of `text` within `width` pixels, with an ellipsis where cut; empty where none fits."""
    letters = font(size)
    if letters.getlength(text) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = letters.getlength(text[:middle].rstrip() + ELLIPSIS) <= width
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS if low else ""


def _is_decoration(character: str) -> bool:
    if character.isspace():
        return False
    if any(ord(character) in invisible for invisible in (_PICTOGRAPHS, *_VARIATION_SELECTORS)):
        return True
    return unicodedata.category(character) in _DECORATION


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    return character == " " or _pixels(character) != _pixels(_NO_GLYPH)


def _pixels(character: str) -> tuple[tuple[int, int], bytes]:
    mask = font(16).getmask(character)
    return mask.size, bytes(mask)
