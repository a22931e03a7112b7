"""Which pictures of a folder, a zip or a data set are worth learning from.

Nothing is changed where the pictures come from: what comes out is a report, and squares around what they show.
For the CLI and workers: it loads networks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from core.domain.data.curation import LIMITS, Curation, Hand, Judged, Limits, Reason, Subject, judge, overruled
from core.domain.errors import ErrorCode, OmokageError
from core.domain.names.surrogates import without_surrogates
from core.domain.training.presets import bad_option
from core.services.datasets.sources import MOST_BYTES, Files, all_offers
from core.vision.curation.copies import copies
from core.vision.curation.look import Looked, look_at
from core.vision.curation.subjects import load_finder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.curation.subjects import Finder
    from core.vision.recognition.photo_reader import Decoder

Progress: TypeAlias = Callable[[int, int], None]  # pictures done, pictures in all
Sample: TypeAlias = Callable[[], "Sequence[NDArray[np.uint8]]"]
Load: TypeAlias = Callable[[Subject, Sample], "Finder"]
_SAMPLE = 240  # pictures that say what a folder has in common; ten seconds
_UNREADABLE = frozenset(
    {
        ErrorCode.NOT_AN_IMAGE,
        ErrorCode.BROKEN_IMAGE,
        ErrorCode.CUT_OFF,
        ErrorCode.TOO_LARGE,
        ErrorCode.TOO_MANY_PIXELS,
    }
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A picture that may be kept. `source` is like no other's; `read` gives its bytes, or None where they are gone."""

    source: str
    read: Callable[[], bytes | None]


def offered_of(files: Files) -> list[Offered]:
    """All files of a folder or zip, in the order of their paths; a report can hold the names of all of them."""
    return [
        Offered(without_surrogates(str(offer.path)), partial(_read, files, offer.path)) for offer in all_offers(files)
    ]


def curate(
    pictures: Sequence[Offered],
    subject: Subject,
    *,
    hand: Hand = Hand(),  # noqa: B008 - frozen
    progress: Progress = lambda _done, _of: None,
    limits: Limits = LIMITS,
    load: Load = load_finder,
    decoder: Decoder | None = None,
) -> Curation:
    """Look at all of them, and say which to keep.

    Args:
        pictures: in the order that the report has; each is read twice at most, one at a time.
        subject: what they should show.
        hand: what somebody decided already.
        progress: told after each picture.
        limits: from where on a picture is good enough.
        load: makes what finds the subject; by default with the product's networks.
        decoder: by default the product's, with the operator's limits; one that is given stays open.

    Raises:
        OmokageError: BAD_OPTION, `hand` names what no picture is called, or wants to keep what cannot be read.
    """
    with closing(_decoder()) if decoder is None else nullcontext(decoder) as opened:
        finder = load(subject, partial(_sample, pictures, opened))
        judged: list[Judged] = []
        looks: dict[int, Looked] = {}
        first: dict[str, str] = {}
        for place, picture in enumerate(pictures):
            one, look = _judged(picture, opened, finder, limits, first)
            judged.append(one)
            if look is not None:
                looks[place] = look
            progress(place + 1, len(pictures))
    return Curation(subject, tuple(_settled(judged, looks, hand, limits)))


def _decoder() -> Decoder:
    from core.vision.decoding.decode import OPERATOR_LIMITS, SafeDecoder  # tests need none

    return SafeDecoder(OPERATOR_LIMITS)


def _judged(
    picture: Offered, decoder: Decoder, finder: Finder, limits: Limits, first: dict[str, str]
) -> tuple[Judged, Looked | None]:
    """One picture, taken alone; `first` has the source of each file that was seen before."""
    data = picture.read()
    sha256 = hashlib.sha256(data or b"").hexdigest()
    if data is None:
        return Judged(picture.source, sha256, Reason.UNREADABLE, why=ErrorCode.PHOTO_GONE.value), None
    if sha256 in first:
        return Judged(picture.source, sha256, Reason.COPY, copy_of=first[sha256]), None
    try:
        image = decoder.decode(data)
    except OmokageError as error:
        if error.code not in _UNREADABLE:
            raise
        return Judged(picture.source, sha256, Reason.UNREADABLE, why=error.code.value), None
    first[sha256] = picture.source
    look = look_at(image, finder, limits)
    return Judged(picture.source, sha256, judge(look.measures, limits), look.measures, look.crop), look


def _settled(judged: list[Judged], looks: dict[int, Looked], hand: Hand, limits: Limits) -> Iterator[Judged]:
    """With what somebody said, and of copies only the best: one that is kept by hand is better than any."""
    decided = [overruled(one, hand) for one in judged]
    _check_hand(decided, hand)
    good = [place for place, one in enumerate(decided) if one.reason is None and place in looks]
    worth = [looks[place].worth + (1e9 if decided[place].by_hand else 0.0) for place in good]
    hashes = np.array([looks[place].hash for place in good])
    instead = copies(hashes, worth, limits.most_bits) if good else []
    for place, other in zip(good, instead, strict=True):
        if other is not None and not decided[place].by_hand:
            decided[place] = replace(decided[place], reason=Reason.COPY, copy_of=decided[good[other]].source)
    yield from decided


def _check_hand(decided: Sequence[Judged], hand: Hand) -> None:
    unknown = hand.unknown(decided)
    if unknown:
        raise bad_option("keep or drop", unknown[0], "the source or sha256 of a picture")
    lost = [one.source for one in decided if one.reason is Reason.UNREADABLE and {one.source, one.sha256} & hand.keep]
    if lost:
        raise bad_option("keep", lost[0], "pictures that can be read")


def _sample(pictures: Sequence[Offered], decoder: Decoder) -> list[NDArray[np.uint8]]:
    """Some pictures from all over the folder, small."""
    from core.vision.curation.detail import small

    step = max(1, len(pictures) // _SAMPLE)
    found = []
    for picture in pictures[::step]:
        data = picture.read()
        if data is not None:
            try:
                found.append(small(decoder.decode(data)))
            except OmokageError as error:
                if error.code not in _UNREADABLE:
                    raise
    return found


def _read(files: Files, path: PurePosixPath) -> bytes | None:
    try:
        return files.read(path, MOST_BYTES)
    except OSError:
        return None


def read_hand(keep: Path | None, drop: Path | None) -> Hand:
    """Two files with a picture's source or sha256 in each line; what follows a # is for people.

    Raises:
        OSError: one cannot be read.
        OmokageError: BAD_OPTION, a picture is in both.
    """
    kept, dropped = (_lines(file) for file in (keep, drop))
    both = sorted(kept & dropped)
    if both:
        raise bad_option("keep", both[0], "pictures that are not to be dropped as well")
    return Hand(kept, dropped)


def _lines(file: Path | None) -> frozenset[str]:
    if file is None:
        return frozenset()
    text = without_surrogates(
        file.read_text("utf-8", "surrogateescape")
    )  # paths as the report or as the system has them
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))
