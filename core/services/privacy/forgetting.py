"""Forget a person of a guild: everything that can be done without a network, at once."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from core.domain.clock import now_utc
from core.domain.data.datasets import NOBODY, Dataset
from core.domain.people import Person
from core.domain.privacy import (
    DatasetWithout,
    ForgottenPerson,
    HeadToTrain,
    PendingWork,
    Receipt,
    ReceiptKind,
    Replaced,
    photo_key,
)
from core.domain.registry.versions import Version
from core.domain.training.presets import EMBEDDING
from core.services.datasets.removal import delete_cached
from core.services.privacy.jobs import ForgettingJobs
from core.services.retention import RetentionService
from core.storage.database import Database
from core.storage.dataset_rows import datasets_of, find_dataset
from core.storage.people.changes import (
    answers_naming,
    change_answers,
    delete_faces,
    delete_person,
    faces_answered,
    faces_showing,
    forget_photos,
    forget_pictures,
)
from core.storage.people.face_answers import forget_face_answers
from core.storage.people.people_rows import get_person_by_name, lock_people
from core.storage.privacy.person_rows import (
    Traces,
    begin_running_jobs_anew,
    count_labels,
    forget_in_cards,
    forget_in_jobs,
    forget_in_texts,
    names_of,
)
from core.storage.privacy.receipt_rows import find_receipt, insert_receipt, pending_of, receipts_of, update_receipt
from core.storage.privacy.withdrawal_rows import Withdrawn, lock_training, versions_to_withdraw, withdraw
from core.storage.version_rows import versions_of_guild


class PersonForgetter:
    """Forgets people. Synchronous, thread-safe and light, since the bot uses it.

    The caller checks first who may do so.

    Args:
        database: of all tables.
        retention: deletes files that nobody needs.
        jobs: let a worker do the rest.
        cache: this host's copies of data sets.
        clock: aware UTC.
    """

    def __init__(
        self,
        database: Database,
        retention: RetentionService,
        jobs: ForgettingJobs,
        cache: Path,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        self._database = database
        self._retention = retention
        self._jobs = jobs
        self._cache = cache
        self._clock = clock

    def forget(self, guild_id: int, name: str, *, by: int, by_worker: bool = True) -> ForgottenPerson:
        """Delete everything of a person, in the guild.

        Faces, embeddings, labels, votes, and all photos that show the person go, also where these show others, who keep
        their embeddings. Answers lose the name and their pictures; other jobs that have to do with the person are
        deleted. Data sets that the person is in, and models that were trained on them, are withdrawn: a worker makes
        the newest version of each data set anew without the person, and trains the recognisers anew that take seconds.

        Args:
            guild_id: whose person.
            name: of the person.
            by: the moderator, 0 the shell's user.
            by_worker: write a job for what needs a network; otherwise the caller does it with `ForgettingWorker`.

        Raises:
            OmokageError: UNKNOWN_PERSON, nothing was changed.
        """
        began = now_utc()  # files have the system's time
        receipt_id = secrets.token_hex(16)
        with self._database.write() as connection:
            lock_training(self._database, connection, guild_id)
            lock_people(self._database, connection, guild_id)
            done = _Forgetting(connection, get_person_by_name(connection, guild_id, name), receipt_id, self._clock())
            forgotten, pending, blobs = done.forget(by)
            if not pending.is_nothing and by_worker:
                self._jobs.insert(connection, receipt_id, guild_id)
        self._retention.discard(blobs, guild_id, began)
        self._database.empty_log()
        delete_cached(self._cache, pending.cache_keys)
        self._jobs.dispatch()  # also what begins anew
        return forgotten

    def find_receipt(self, guild_id: int, receipt_id: str) -> Receipt | None:
        """Return the guild's receipt of this id, or None."""
        with self._database.read() as connection:
            return find_receipt(connection, receipt_id, guild_id)

    def receipts(self, guild_id: int) -> list[Receipt]:
        """Return a guild's receipts, newest first."""
        with self._database.read() as connection:
            return receipts_of(connection, guild_id)


@dataclass(frozen=True, slots=True)
class _Forgetting:
    """One forgetting, within its transaction."""

    connection: Connection
    person: Person
    receipt_id: str
    now: datetime

    def forget(self, by: int) -> tuple[ForgottenPerson, PendingWork, set[str]]:
        """Change all rows; return the outcome, what is left to do, and the blobs that may be deleted."""
        connection, guild_id, person = self.connection, self.person.guild_id, self.person
        names = names_of(connection, guild_id, person.id, person.name)
        datasets = [dataset for dataset in datasets_of(connection, guild_id) if _names(dataset, person.id)]
        versions = versions_to_withdraw(connection, guild_id, datasets, person.id)
        unknown = _of_unknown_data(connection, versions_of_guild(connection, guild_id), versions)
        newest = _newest(datasets_of(connection, guild_id))
        withdrawn = withdraw(connection, guild_id, datasets, versions, receipt_id=self.receipt_id, now=self.now)
        counts, photos, blobs = self._forget_faces(names, withdrawn)
        answering_first = sorted(withdrawn.versions, key=lambda version: version.id not in withdrawn.answering)
        unnamed = tuple(dataset.id for dataset in datasets_of(connection, guild_id) if _names(dataset, NOBODY))
        pending = PendingWork(
            datasets=tuple(
                _without(dataset, person.id, remake=newest[dataset.name] == dataset.id) for dataset in datasets
            ),
            heads=_heads_to_train(connection, withdrawn, answering_first),
            photos=frozenset(map(photo_key, photos)),
            names=names,
            unnamed=unnamed if photos or datasets else (),  # else none of them can hold a picture of the person
            cache_keys=tuple(dataset.cache_key for dataset in datasets),
            after=self._amend_unfinished(photos, names, unnamed),
        )
        receipt = Receipt(
            id=self.receipt_id,
            guild_id=guild_id,
            kind=ReceiptKind.PERSON,
            asked_by=by,
            created_at=self.now,
            finished_at=self.now if pending.is_nothing else None,
            counts=counts,
            heads=tuple(Replaced(version.weights, None) for version in answering_first),
            datasets=tuple(Replaced(dataset.hash, None) for dataset in datasets),
        )
        insert_receipt(connection, receipt, None if pending.is_nothing else pending)
        titles = [tuple(entry.title for entry in shown) for shown in (versions, datasets)]
        return ForgottenPerson(person.name, receipt, titles[0], titles[1], unknown), pending, blobs

    def _amend_unfinished(self, photos: set[str], names: tuple[str, ...], unnamed: tuple[int, ...]) -> tuple[str, ...]:
        """Let workers leave the person out of data sets that they make without somebody else; return the receipts."""
        amended = []
        for receipt, pending in pending_of(self.connection, self.person.guild_id):
            keys = frozenset(map(photo_key, photos))
            update_receipt(self.connection, receipt, pending.without(self.person.id, keys, names, unnamed), None)
            amended.append(receipt.id)
        return tuple(amended)

    def _forget_faces(self, names: tuple[str, ...], withdrawn: Withdrawn) -> tuple[dict[str, int], set[str], set[str]]:
        """Delete the person's rows and their traces in others; return counts, photos, and blobs to delete."""
        connection, guild_id, person_id = self.connection, self.person.guild_id, self.person.id
        answers = list(answers_naming(connection, guild_id, person_id))
        named = faces_answered(answers, person_id)
        rows = faces_showing(connection, guild_id, person_id, named)
        face_ids = [row.id for row in rows]
        photos = {row.photo for row in rows if row.photo is not None}
        labels = count_labels(connection, face_ids, person_id)
        explained = forget_face_answers(connection, guild_id, face_ids, person_id)
        votes = forget_in_cards(connection, guild_id, person_id, face_ids)
        delete_faces(connection, guild_id, face_ids, person_id)
        dataset_ids = frozenset(dataset.id for dataset in withdrawn.datasets)
        version_ids = frozenset(version.id for version in withdrawn.versions)
        traces = Traces(person_id, names, frozenset(photos), dataset_ids, version_ids)
        deleted, of_jobs = forget_in_jobs(connection, guild_id, traces)
        # The pictures of these answers show the person, or the name.
        job_ids = {*forget_photos(connection, guild_id, photos), *(row.job_id for row in rows)} - {None}
        job_ids |= {job_id for job_id, _ in named}
        change_answers(connection, answers, lambda id_, name: None if id_ == person_id else (id_, name))
        pictures = forget_pictures(connection, job_ids)
        begin_running_jobs_anew(connection, guild_id)
        forget_in_texts(connection, guild_id, names)
        delete_person(connection, person_id)
        counts = {
            "faces": len(rows),
            "photos": len(photos),
            "labels": labels,
            "votes": votes,
            "answers": len(answers),
            "jobs": deleted,
            "datasets": len(withdrawn.datasets),
            "versions": len(withdrawn.versions),
            "checkpoints": withdrawn.checkpoints,
        }
        return counts, photos, {*photos, *pictures, *explained, *of_jobs, *withdrawn.blobs}


def _names(dataset: Dataset, person_id: int) -> bool:
    return any(person.person_id == person_id for person in dataset.classes)


def _newest(datasets: list[Dataset]) -> dict[str, int]:
    """Return the id of the newest version of each data set, by name; `datasets` come newest first."""
    return {dataset.name: dataset.id for dataset in reversed(datasets)}


def _without(dataset: Dataset, person_id: int, *, remake: bool) -> DatasetWithout:
    content = dataset.classes, (), dataset.shards
    whole = DatasetWithout(dataset.id, dataset.name, dataset.hash, *content, dataset.created_by, remake)
    return whole.without(person_id)


def _heads_to_train(
    connection: Connection, withdrawn: Withdrawn, in_receipt: Sequence[Version]
) -> tuple[HeadToTrain, ...]:
    """Return one head for each data set that embedding heads were trained on: the one that answered, or the newest."""
    heads: dict[str, HeadToTrain] = {}
    for version in withdrawn.versions:  # oldest first
        dataset = None if version.dataset_id is None else find_dataset(connection, version.dataset_id)
        if dataset is None or version.config.get("head") != EMBEDDING:
            continue
        head = HeadToTrain(
            version.id, in_receipt.index(version), dataset.name, promote=version.id in withdrawn.answering
        )
        if not (dataset.name in heads and heads[dataset.name].promote):
            heads[dataset.name] = head
    return tuple(heads.values())


def _of_unknown_data(connection: Connection, versions: list[Version], withdrawn: list[Version]) -> tuple[str, ...]:
    """Return the titles of generators of whose data set only the name is left."""

    def is_unknown(version: Version) -> bool:
        dataset: Any = None if version.dataset_id is None else find_dataset(connection, version.dataset_id)
        return version.kind.generates and (dataset is None or dataset.removed_at is not None)

    known = {version.id for version in withdrawn}
    return tuple(
        version.title
        for version in versions
        if version.id not in known and not version.is_withdrawn and is_unknown(version)
    )
