"""Captions of the pictures in a contact sheet of curation, in English and Japanese."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.domain.data.curation import CuratedPicture, Reason

_WORDS: Mapping[str, Mapping[Reason, str]] = {
    "en": {
        Reason.NO_SUBJECT: "not shown",
        Reason.TINY: "tiny",
        Reason.BLURRED: "blurred",
        Reason.TEXT: "letters",
        Reason.COPY: "copy",
        Reason.BY_HAND: "by hand",
    },
    "ja": {
        Reason.NO_SUBJECT: "対象なし",
        Reason.TINY: "小さすぎ",
        Reason.BLURRED: "ぼけ",
        Reason.TEXT: "文字",
        Reason.COPY: "重複",
        Reason.BY_HAND: "手動",
    },
}


def caption_in(locale: str) -> Callable[[CuratedPicture], str]:
    """Return a function that captions a picture in a locale ("ja", "en-GB", ...; otherwise in English)."""
    words = _WORDS.get(locale.split("-", maxsplit=1)[0], _WORDS["en"])

    def caption(judged: CuratedPicture) -> str:
        return "" if judged.reason is None else words.get(judged.reason, judged.reason.value)

    return caption
