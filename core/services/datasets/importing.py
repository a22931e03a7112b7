"""Importing: a folder or zip with one sub-folder for each person becomes a version of a data set.

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

from core.domain.data.ages import AgeLabel
from core.domain.data.content import picture_identity
from core.domain.data.datasets import Dataset, Findings, Preflight
from core.domain.data.imports import ImportReport, LeftOut, LeftOutReason
from core.domain.data.picture_files import is_picture, is_picture_name
from core.domain.errors import ErrorCode, OmokageError
from core.domain.people import name_key, normalise_name
from core.domain.training.preflight import trained_for
from core.services.datasets.ages import AgeLabels, read_ages
from core.services.datasets.builder import (
    DatasetSource,
    PictureFileReader,
    Progress,
    build_dataset,
    find_unchanged,
    load_reader,
)
from core.services.datasets.shard_writer import DatasetTarget
from core.services.datasets.sources import (
    MAX_BYTES,
    Files,
    PersonFile,
    PersonFiles,
    find_person_files,
    open_files,
    unnamed_files,
)

if TYPE_CHECKING:
    from core.services.datasets.storage import DatasetStorage

_WITHOUT_AGE = frozenset({LeftOutReason.NO_AGE, LeftOutReason.BAD_AGE, LeftOutReason.AGES_DIFFER})


@dataclass(frozen=True, slots=True)
class _PlannedFile:
    path: PurePosixPath
    sha256: str
    label: AgeLabel | None

    @property
    def identity(self) -> str:
        if self.label is None:
            return self.sha256
        return picture_identity(self.sha256, self.label.age, self.label.gender)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The files to read: for each person those of each sha256 once."""

    people: tuple[tuple[str, tuple[_PlannedFile, ...]], ...]
    findings: Findings
    left_out: tuple[LeftOut, ...]

    @property
    def content(self) -> list[tuple[str, list[str]]]:
        """The content for `content_hash`, if all files can be decoded."""
        return [(name, [file.identity for file in theirs]) for name, theirs in self.people]


def import_folder(  # noqa: PLR0917 - its callers pass these in the order of a sentence
    storage: DatasetStorage,
    source: Path,
    guild_id: int,
    name: str,
    by: int,
    progress: Progress = lambda _done, _total: None,
    *,
    named: bool = True,
    with_ages: bool = False,
    load: Callable[[], PictureFileReader] = load_reader,
    encoding: str | None = None,
    on_report: Callable[[ImportReport], None] = lambda _report: None,
) -> tuple[Dataset, Preflight]:
    """Make a version of the data set `name`; the same content again gives the version that there is.

    Args:
        storage: gets the version.
        source: a folder or a zip file; each sub-folder is called like the person in it, if they are `named`.
        guild_id: whose data set it is. People who are not known there yet are added.
        name: of the data set, as strict as people's.
        by: id of the member who imports; 0 for the operator.
        progress: called after each batch.
        named: False: it does not matter who is shown, or whether it is people at all, and sub-folders are only folders.
        with_ages: of pictures that are not `named`: read their ages, from a table or their names, and leave out those
            without.
        load: makes the reader of pictures; by default with the product's networks.
        encoding: of a zip's names that do not say theirs; None: the likeliest.
        on_report: called once with the report, also where the import is refused after that.

    Raises:
        OmokageError: BAD_ARCHIVE, BAD_NAME (the data set's), BAD_OPTION (the encoding), DATASET_UNFIT (no picture at
            all), NO_AGES (`with_ages`, and no picture has one), DATASET_CHANGED (the files were changed meanwhile),
            DISK_FULL.
    """
    target = DatasetTarget(guild_id, normalise_name(name), by, named)
    with open_files(source, encoding) as files:
        selected = find_person_files(files) if named else _unnamed(files)
        ages = read_ages(files, [file.path for file in selected.files]) if with_ages else None
        plan = _plan(files, selected.files, ages)
        left_out = [*selected.report.left_out, *plan.left_out]
        pictures = [
            DatasetSource(person, str(file.path), partial(_read_unchanged, files, file), label=file.label)
            for person, theirs in plan.people
            for file in theirs
        ]

        def refused(picture: DatasetSource, error: OmokageError) -> None:
            left_out.append(_left_out(files, picture.source, error))

        try:
            _check_ages(plan, ages)
            dataset = find_unchanged(storage, target, plan.content) or build_dataset(
                storage, target, pictures, findings=plan.findings, progress=progress, load=load, on_refused=refused
            )
        finally:
            on_report(replace(selected.report, left_out=tuple(left_out)))
    return dataset, storage.datasets.preflight(dataset, kind=trained_for(dataset))


def _unnamed(files: Files) -> PersonFiles:
    return PersonFiles(unnamed_files(files), ImportReport(files.encoding, left_out=tuple(files.left_out())))


def _left_out(files: Files, path: str, error: OmokageError) -> LeftOut:
    """Return the refused file, with its whole size, of which no more than the limit was read."""
    details = dict(error.details)
    if error.code is ErrorCode.TOO_LARGE:
        with suppress(OSError):  # it is gone since
            details["size"] = files.size(PurePosixPath(path))
    return LeftOut(path, error.code.value, details)


def _check_ages(plan: _Plan, ages: AgeLabels | None) -> None:
    """Refuse a source of pictures of which none has an age; one without any picture is refused as such."""
    if ages is not None and not plan.people and any(entry.reason in _WITHOUT_AGE for entry in plan.left_out):
        raise OmokageError(ErrorCode.NO_AGES)


def _plan(files: Files, selected: Sequence[PersonFile], ages: AgeLabels | None) -> _Plan:
    """Hash every file once: most are small, and an import that was done before ends here."""
    people: list[tuple[str, tuple[_PlannedFile, ...]]] = []
    left_out: list[LeftOut] = [] if ages is None else [*ages.left_out]
    identical = 0
    for _, group in groupby(selected, key=lambda file: name_key(file.person)):
        theirs = list(group)
        first: dict[str, _PlannedFile] = {}
        for file in theirs:
            if ages is not None and file.path in ages.tables:
                continue
            planned = _planned_file(files, file.path, ages)
            if isinstance(planned, LeftOut):
                left_out.append(planned)
            elif first.setdefault(planned.sha256, planned) is not planned:
                identical += 1
        if first:
            people.append((theirs[0].person, tuple(first.values())))
    owners = Counter(file.sha256 for _, pictures in people for file in pictures)
    shared = sum(count > 1 for count in owners.values())
    damaged = sum(is_picture_name(PurePosixPath(entry.path)) and entry.reason not in _WITHOUT_AGE for entry in left_out)
    return _Plan(tuple(people), Findings(identical=identical, shared=shared, damaged=damaged), tuple(left_out))


def _planned_file(files: Files, path: PurePosixPath, ages: AgeLabels | None) -> _PlannedFile | LeftOut:
    """Return the picture with its hash and age, or why the file is left out."""
    sha256 = _picture_sha256(files, path)
    if isinstance(sha256, LeftOut):
        return sha256
    label = None if ages is None else ages.find(path)
    return label if isinstance(label, LeftOut) else _PlannedFile(path, sha256, label)


def _picture_sha256(files: Files, path: PurePosixPath) -> str | LeftOut:
    """Return the picture's sha256, or why the file is left out; other files (texts) are not compared."""
    try:
        data = files.read(path, MAX_BYTES)
    except OSError:
        return LeftOut(str(path), LeftOutReason.UNREADABLE)
    if not data and is_picture_name(path):
        return LeftOut(str(path), LeftOutReason.EMPTY)
    if not is_picture(data):
        return LeftOut(str(path), ErrorCode.NOT_AN_IMAGE.value)
    return hashlib.sha256(data).hexdigest()


def _read_unchanged(files: Files, file: _PlannedFile) -> bytes:
    """Return the file's bytes; DATASET_CHANGED where they differ from those that were hashed before."""
    try:
        data = files.read(file.path, MAX_BYTES)
    except OSError as error:
        raise OmokageError(ErrorCode.DATASET_CHANGED, file=str(file.path)) from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise OmokageError(ErrorCode.DATASET_CHANGED, file=str(file.path))
    return data
