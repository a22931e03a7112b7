"""Brings pictures in: a folder or zip with one sub-folder a person becomes a version of a data set.

For the CLI and workers: it loads TensorFlow. 7,000 crops of 112 pixels take about five minutes on two cores, nearly
all of it the face detector's.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from core.domain.data.datasets import Dataset, Findings, Preflight
from core.domain.data.imports import ImportReport, LeftOut, LeftOutReason
from core.domain.data.picture_files import is_picture, is_picture_name
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import name_key, normalise_name
from core.domain.training.runs import RunKind
from core.services.datasets.builder import Picture, Progress, Reader, load_reader, make, newest
from core.services.datasets.shard_writer import Target
from core.services.datasets.sources import MOST_BYTES, Files, Offer, Offers, all_offers, offers, opened

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage

_File = tuple[PurePosixPath, str]  # path and sha256


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is going to be read: people with their files and these files' sha256, each once for a person."""

    people: tuple[tuple[str, tuple[_File, ...]], ...]
    findings: Findings
    left_out: tuple[LeftOut, ...]

    @property
    def content(self) -> list[tuple[str, list[str]]]:
        """As `content_hash` takes it, if all of it can be decoded."""
        return [(name, [sha256 for _, sha256 in theirs]) for name, theirs in self.people]


def import_folder(  # noqa: PLR0917 - what a caller has in hand, in the order of a sentence
    storage: DatasetStorage,
    source: Path,
    guild_id: int,
    name: str,
    by: int,
    progress: Progress = lambda _done, _total: None,
    *,
    named: bool = True,
    load: Callable[[], Reader] = load_reader,
    encoding: str | None = None,
    tell: Callable[[ImportReport], None] = lambda _report: None,
) -> tuple[Dataset, Preflight]:
    """Make a version of the data set `name`; the same content again gives the version that there is.

    Args:
        storage: gets the version.
        source: a folder or a zip file; each sub-folder is called like the person in it, if they are `named`.
        guild_id: whose data set it is. People who are not known there yet are added.
        name: of the data set, as strict as people's.
        by: the member who says so; 0 for the operator.
        progress: told after each batch.
        named: False: it does not matter who is shown, or whether it is people at all, and sub-folders are only folders.
        load: makes what looks at pictures; by default the product's networks.
        encoding: of a zip's names that do not say theirs; None: the likeliest.
        tell: told once what was made of the source, also where the import is refused after that.

    Raises:
        OmokageError: BAD_ARCHIVE, BAD_NAME (the data set's), BAD_OPTION (the encoding), DATASET_UNFIT (no picture at
            all), DATASET_CHANGED (the files were changed meanwhile), DISK_FULL.
    """
    target = Target(guild_id, normalise_name(name), by, named)
    with opened(source, encoding) as files:
        offered = offers(files) if named else _unnamed(files)
        plan = _plan(files, offered.offers)
        left_out = [*offered.report.left_out, *plan.left_out]
        pictures = [
            Picture(person, str(path), partial(_same, files, path, sha256))
            for person, theirs in plan.people
            for path, sha256 in theirs
        ]

        def refused(picture: Picture, error: OmokageError) -> None:
            left_out.append(_refused(files, picture.source, error))

        try:
            dataset = newest(storage, target, plan.content) or make(
                storage, target, pictures, findings=plan.findings, progress=progress, load=load, refused=refused
            )
        finally:
            tell(replace(offered.report, left_out=tuple(left_out)))
    return dataset, storage.datasets.preflight(dataset, kind=RunKind.RECOGNISER if named else RunKind.DCGAN)


def _unnamed(files: Files) -> Offers:
    return Offers(all_offers(files), ImportReport(files.encoding, left_out=tuple(files.left_out())))


def _refused(files: Files, path: str, error: OmokageError) -> LeftOut:
    """With the file's whole size, of which no more than the limit was read."""
    details = dict(error.details)
    if error.code is ErrorCode.TOO_LARGE:
        with suppress(OSError):  # it is gone since
            details["size"] = files.size(PurePosixPath(path))
    return LeftOut(path, error.code.value, details)


def _plan(files: Files, offered: Sequence[Offer]) -> _Plan:
    """Reads every file once: most are small, and an import that has been done before ends here."""
    people: list[tuple[str, tuple[_File, ...]]] = []
    left_out: list[LeftOut] = []
    identical = 0
    for _, group in groupby(offered, key=lambda offer: name_key(offer.person)):
        theirs = list(group)
        first: dict[str, PurePosixPath] = {}
        for offer in theirs:
            sha256 = _picture_sha256(files, offer.path)
            if isinstance(sha256, LeftOut):
                left_out.append(sha256)
            elif first.setdefault(sha256, offer.path) is not offer.path:
                identical += 1
        if first:
            people.append((theirs[0].person, tuple((path, sha256) for sha256, path in first.items())))
    owners = Counter(sha256 for _, pictures in people for _, sha256 in pictures)
    shared = sum(count > 1 for count in owners.values())
    damaged = sum(is_picture_name(PurePosixPath(one.path)) for one in left_out)
    return _Plan(tuple(people), Findings(identical=identical, shared=shared, damaged=damaged), tuple(left_out))


def _picture_sha256(files: Files, path: PurePosixPath) -> str | LeftOut:
    """The picture's sha256, or why it is none: what lies beside pictures (edits, texts) is not compared."""
    try:
        data = files.read(path, MOST_BYTES)
    except OSError:
        return LeftOut(str(path), LeftOutReason.UNREADABLE)
    if not data and is_picture_name(path):
        return LeftOut(str(path), LeftOutReason.EMPTY)
    if not is_picture(data):
        return LeftOut(str(path), ErrorCode.NOT_AN_IMAGE.value)
    return hashlib.sha256(data).hexdigest()


def _same(files: Files, path: PurePosixPath, sha256: str) -> bytes:
    """The file, if it is still what was planned with."""
    try:
        data = files.read(path, MOST_BYTES)
    except OSError as error:
        raise OmokageError(ErrorCode.DATASET_CHANGED, file=str(path)) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise OmokageError(ErrorCode.DATASET_CHANGED, file=str(path))
    return data
