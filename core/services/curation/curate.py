"""Curation: which pictures of a folder, a zip or a data set are worth learning from.

The source of the pictures is not changed; the result is a report, and square crops around what the pictures show.
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

from core.domain.data.ages import AgeLabel
from core.domain.data.curation import (
    LIMITS,
    CuratedPicture,
    Curation,
    ManualOverrides,
    Reason,
    Subject,
    apply_overrides,
    find_reason,
)
from core.domain.errors import ErrorCode, OmokageError
from core.domain.names.surrogates import without_surrogates
from core.domain.training.presets import bad_option
from core.services.datasets.ages import AgeLabels, read_ages
from core.services.datasets.sources import MAX_BYTES, Files, unnamed_files
from core.vision.curation.copies import find_copies
from core.vision.curation.measuring import MeasuredPicture, measure_picture
from core.vision.curation.subjects import load_finder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.vision.curation.subjects import SubjectFinder
    from core.vision.recognition.photo_reader import Decoder

Progress: TypeAlias = Callable[[int, int], None]  # pictures done, pictures in all
Sample: TypeAlias = Callable[[], "Sequence[NDArray[np.uint8]]"]
Load: TypeAlias = Callable[[Subject, Sample], "SubjectFinder"]
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
class PictureSource:
    """A picture that may be kept.

    `source` is like no other's; `read` gives its bytes, or None where they are gone; `label` is its age, if known.
    """

    source: str
    read: Callable[[], bytes | None]
    label: AgeLabel | None = None


def picture_sources(files: Files, *, with_ages: bool = False) -> list[PictureSource]:
    """Return all files of a folder or zip in the order of their paths, with names that a report can hold.

    Args:
        files: the folder or zip.
        with_ages: read the pictures' ages (core.services.datasets.ages); tables of ages are no pictures then.

    Raises:
        OmokageError: NO_AGES, `with_ages`, and no file has one.
    """
    paths = [file.path for file in unnamed_files(files)]
    ages = read_ages(files, paths) if with_ages else AgeLabels()
    sources = [
        PictureSource(
            without_surrogates(str(path)), partial(_read, files, path), _label(ages, path) if with_ages else None
        )
        for path in paths
        if path not in ages.tables
    ]
    if with_ages and all(source.label is None for source in sources):
        raise OmokageError(ErrorCode.NO_AGES)
    return sources


def curate(
    pictures: Sequence[PictureSource],
    subject: Subject,
    *,
    overrides: ManualOverrides = ManualOverrides(),  # noqa: B008 - frozen
    progress: Progress = lambda _done, _of: None,
    load: Load = load_finder,
    decoder: Decoder | None = None,
) -> Curation:
    """Measure all pictures, and decide which to keep.

    Args:
        pictures: in the order that the report has; each is read twice at most, one at a time.
        subject: what they should show.
        overrides: what somebody decided already.
        progress: called after each picture.
        load: makes what finds the subject; by default with the product's networks.
        decoder: by default the product's, with the operator's limits; one that is given stays open.

    Raises:
        OmokageError: BAD_OPTION, `overrides` names a picture that is not there, or wants to keep what cannot be read.
    """
    with closing(_decoder()) if decoder is None else nullcontext(decoder) as opened:
        finder = load(subject, partial(_sample, pictures, opened))
        alone: list[CuratedPicture] = []
        measured: dict[int, MeasuredPicture] = {}
        first: dict[str, str] = {}
        for index, source in enumerate(pictures):
            picture, measurement = _measure_alone(source, opened, finder, first)
            alone.append(picture)
            if measurement is not None:
                measured[index] = measurement
            progress(index + 1, len(pictures))
    return Curation(subject, tuple(_decide_all(alone, measured, overrides)))


def _decoder() -> Decoder:
    from core.vision.decoding.decode import OPERATOR_LIMITS, SafeDecoder  # tests need none

    return SafeDecoder(OPERATOR_LIMITS)


def _measure_alone(
    picture: PictureSource, decoder: Decoder, finder: SubjectFinder, first: dict[str, str]
) -> tuple[CuratedPicture, MeasuredPicture | None]:
    """Measure one picture, without regard to the others; `first` has the source of each file that came before."""
    data = picture.read()
    sha256 = hashlib.sha256(data or b"").hexdigest()
    if data is None:
        return CuratedPicture(picture.source, sha256, Reason.UNREADABLE, why=ErrorCode.PHOTO_GONE.value), None
    if sha256 in first:
        return CuratedPicture(picture.source, sha256, Reason.COPY, copy_of=first[sha256]), None
    try:
        image = decoder.decode(data)
    except OmokageError as error:
        if error.code not in _UNREADABLE:
            raise
        return CuratedPicture(picture.source, sha256, Reason.UNREADABLE, why=error.code.value), None
    first[sha256] = picture.source
    measured = measure_picture(image, finder)
    return CuratedPicture(
        picture.source, sha256, find_reason(measured.measures), measured.measures, measured.crop
    ), measured


def _decide_all(
    measured_alone: list[CuratedPicture], measured: dict[int, MeasuredPicture], overrides: ManualOverrides
) -> Iterator[CuratedPicture]:
    """Apply the overrides, and keep only the best of copies; a picture kept by hand is better than any other."""
    decided = [apply_overrides(picture, overrides) for picture in measured_alone]
    _check_overrides(decided, overrides)
    good = [index for index, picture in enumerate(decided) if picture.reason is None and index in measured]
    worth = [measured[index].worth + (1e9 if decided[index].by_hand else 0.0) for index in good]
    hashes = np.array([measured[index].hash for index in good])
    originals = find_copies(hashes, worth, LIMITS.max_bits) if good else []
    for index, original in zip(good, originals, strict=True):
        if original is not None and not decided[index].by_hand:
            decided[index] = replace(decided[index], reason=Reason.COPY, copy_of=decided[good[original]].source)
    yield from decided


def _check_overrides(decided: Sequence[CuratedPicture], overrides: ManualOverrides) -> None:
    unknown = overrides.unknown(decided)
    if unknown:
        raise bad_option("keep or drop", unknown[0], "the source or sha256 of a picture")
    unreadable = [picture for picture in decided if picture.reason is Reason.UNREADABLE]
    lost = [picture.source for picture in unreadable if {picture.source, picture.sha256} & overrides.keep]
    if lost:
        raise bad_option("keep", lost[0], "pictures that can be read")


def _sample(pictures: Sequence[PictureSource], decoder: Decoder) -> list[NDArray[np.uint8]]:
    """Some pictures from all over the folder, small."""
    from core.vision.curation.detail import shrink

    step = max(1, len(pictures) // _SAMPLE)
    samples = []
    for picture in pictures[::step]:
        data = picture.read()
        if data is not None:
            try:
                samples.append(shrink(decoder.decode(data)))
            except OmokageError as error:
                if error.code not in _UNREADABLE:
                    raise
    return samples


def _label(ages: AgeLabels, path: PurePosixPath) -> AgeLabel | None:
    label = ages.find(path)
    return label if isinstance(label, AgeLabel) else None


def _read(files: Files, path: PurePosixPath) -> bytes | None:
    try:
        return files.read(path, MAX_BYTES)
    except OSError:
        return None


def read_overrides(keep: Path | None, drop: Path | None) -> ManualOverrides:
    """Two files with a picture's source or sha256 in each line; what follows a # is for people.

    Raises:
        OSError: one cannot be read.
        OmokageError: BAD_OPTION, a picture is in both.
    """
    kept, dropped = (_lines(file) for file in (keep, drop))
    both = sorted(kept & dropped)
    if both:
        raise bad_option("keep", both[0], "pictures that are not to be dropped as well")
    return ManualOverrides(kept, dropped)


def _lines(file: Path | None) -> frozenset[str]:
    if file is None:
        return frozenset()
    text = without_surrogates(
        file.read_text("utf-8", "surrogateescape")
    )  # paths as the report or as the system has them
    lines = (line.split(" #")[0].strip() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))
