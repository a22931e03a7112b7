"""Escapes text from outside (names of files and people) for terminals and JSON readers."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

# Cc: control characters, among them ESC, with which a name can retitle a terminal, and the 8-bit CSI. Cs: what Python
# makes of a file name's bytes that are not UTF-8; no stream encodes them. Zl and Zp break lines.
_REPLACED = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Marks, embeddings, overrides and isolates: a name with one can make what follows read backwards (CVE-2021-42574).
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SURROGATE = re.compile("[\ud800-\udfff]")
_RAW_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029" + "".join(sorted(_BIDI)) + "]")  # json.dumps escapes only C0


def escape(text: str) -> str:
    r"""Replace what a terminal would obey or could not show: control, bidi and surrogate characters.

    They become visible, as `\x1b` or `\u202e`; a byte of a file name that is not UTF-8 becomes `\xe9`. Everything else
    stays as it is, so that the result of a result is the same.
    """
    return "".join(_visible(letter) if _is_unprintable(letter) else letter for letter in text)


def escape_lines(text: str) -> str:
    """The same for a text of several lines: its line feeds stay."""
    return "\n".join(map(escape, text.split("\n")))


def dump_json(value: Any, indent: int | None = None) -> str:
    r"""The value as JSON that any reader takes and no terminal obeys; letters of all languages stay readable.

    Lone surrogates become visible (`"caf\\xe9.jpg"`): strict readers refuse them, and UTF-8 has none. Control and bidi
    characters become JSON's own escapes, which lose nothing.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    text = _SURROGATE.sub(lambda match: "\\" + _visible(match[0]), text)
    return _RAW_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _is_unprintable(letter: str) -> bool:
    return letter in _BIDI or unicodedata.category(letter) in _REPLACED


def _visible(letter: str) -> str:
    code = ord(letter)
    if 0xDC80 <= code <= 0xDCFF:  # PEP 383: the byte that could not be decoded
        code -= 0xDC00
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
