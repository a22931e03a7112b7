"""Brings pictures in: a folder or zip with one sub-folder a person becomes a version of a data set.

For the CLI and workers: it loads TensorFlow. 7,000 crops of 112 pixels take about five minutes on two cores, nearly
all of it the face detector's.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from core.domain.datasets import Dataset, Findings, Preflight
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import name_key, normalise_name
from core.domain.runs import RunKind
from core.services.dataset_make import Picture, Progress, Reader, load_reader, make, newest
from core.services.dataset_maker import Target
from core.services.dataset_sources import MOST_BYTES, Files, Offer, all_offers, offers, opened

if TYPE_CHECKING:
    from core.bootstrap import Services

_File = tuple[PurePosixPath, str]  # path and sha256


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is going to be read: people with their files and these files' sha256, each once for a person."""

    people: tuple[tuple[str, tuple[_File, ...]], ...]
    findings: Findings

    @property
    def content(self) -> list[tuple[str, list[str]]]:
        """As `content_hash` takes it, if all of it can be decoded."""
        return [(name, [sha256 for _, sha256 in theirs]) for name, theirs in self.people]


def import_folder(  # noqa: PLR0917 - what a caller has in hand, in the order of a sentence
    services: Services,
    source: Path,
    guild_id: int,
    name: str,
    by: int,
    progress: Progress = lambda _done, _total: None,
    *,
    named: bool = True,
    load: Callable[[], Reader] = load_reader,
) -> tuple[Dataset, Preflight]:
    """Make a version of the data set `name`; the same content again gives the version that there is.

    Args:
        services: of the guild.
        source: a folder or a zip file; each sub-folder is called like the person in it, if they are `named`.
        guild_id: whose data set it is. People who are not known there yet are added.
        name: of the data set, as strict as people's.
        by: the member who says so; 0 for the operator.
        progress: told after each batch.
        named: False: it does not matter who is shown, or whether it is people at all, and sub-folders are only folders.
        load: makes what looks at pictures; by default the product's networks.

    Raises:
        OmokageError: BAD_ARCHIVE, BAD_NAME, DATASET_UNFIT (no picture at all), DATASET_CHANGED (the files were changed
            meanwhile), DISK_FULL.
    """
    target = Target(guild_id, normalise_name(name), by, named)
    with opened(source) as files:
        plan = _plan(files, offers(files) if named else all_offers(files))
        pictures = [
            Picture(person, str(path), partial(_same, files, path, sha256))
            for person, theirs in plan.people
            for path, sha256 in theirs
        ]
        dataset = newest(services, target, plan.content) or make(
            services, target, pictures, findings=plan.findings, progress=progress, load=load
        )
    return dataset, services.datasets.preflight(dataset, kind=RunKind.RECOGNISER if named else RunKind.DCGAN)


def _plan(files: Files, offered: Sequence[Offer]) -> _Plan:
    """Reads every file once: most are small, and an import that has been done before ends here."""
    people: list[tuple[str, tuple[_File, ...]]] = []
    identical = unreadable = 0
    for _, group in groupby(offered, key=lambda offer: name_key(offer.person)):
        theirs = list(group)
        hashes = [_sha256(files, offer.path) for offer in theirs]
        first: dict[str, PurePosixPath] = {}
        for offer, sha256 in zip(theirs, hashes, strict=True):
            if sha256 is not None:
                first.setdefault(sha256, offer.path)
        unreadable += hashes.count(None)
        identical += len(hashes) - hashes.count(None) - len(first)
        if first:
            people.append((theirs[0].person, tuple((path, sha256) for sha256, path in first.items())))
    owners = Counter(sha256 for _, pictures in people for _, sha256 in pictures)
    shared = sum(count > 1 for count in owners.values())
    return _Plan(tuple(people), Findings(identical=identical, shared=shared, damaged=unreadable))


def _sha256(files: Files, path: PurePosixPath) -> str | None:
    """None: it cannot be read."""
    try:
        return hashlib.sha256(files.read(path, MOST_BYTES)).hexdigest()
    except OSError:
        return None


def _same(files: Files, path: PurePosixPath, sha256: str) -> bytes:
    """The file, if it is still what was planned with."""
    try:
        data = files.read(path, MOST_BYTES)
    except OSError as error:
        raise OmokageError(ErrorCode.DATASET_CHANGED, file=str(path)) from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise OmokageError(ErrorCode.DATASET_CHANGED, file=str(path))
    return data
