"""Finish a forgetting in a worker: data sets without the person, and recognisers that were trained on them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.domain.clock import now_utc
from core.domain.data.datasets import LABELS, Dataset
from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON, Job, JobCancelledError
from core.domain.privacy import DatasetWithout, HeadToTrain, PendingWork, Receipt, Replaced
from core.services.datasets.removal import delete_cached
from core.services.datasets.without import holds_photos, photos_of, rebuild_without
from core.services.retraining.successors import train_embedding_head
from core.storage.dataset_faces import labelled_faces
from core.storage.dataset_rows import datasets_of, find_dataset, is_removed
from core.storage.privacy.receipt_rows import find_pending, update_receipt
from core.storage.privacy.withdrawal_rows import lock_training, versions_to_withdraw, withdraw

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.domain.registry.versions import VersionDraft
    from core.services.datasets.storage import DatasetStorage
    from core.services.jobs.robustness_checks import CheckJobs
    from core.services.registry.service import RegistryService
    from core.services.retention import RetentionService
    from core.storage.database import Database
    from core.vision.datasets.dataset_reader import DatasetReader

    Train = Callable[[Dataset, DatasetReader], VersionDraft]

# What a data set may be that nothing can be trained on.
_UNFIT = frozenset({ErrorCode.DATASET_UNFIT, ErrorCode.DATASET_CHANGED, ErrorCode.DATASET_REMOVED})
_log = logging.getLogger(__name__)
Cancelled = Callable[[], bool]


class ForgettingWorker:
    """Does what `PersonForgetter` has left. A worker that dies is followed by one that begins anew.

    Args:
        database: of all tables.
        storage: has the data sets.
        registry: gets the new versions.
        retention: deletes files that nobody needs.
        checks: are asked for each new version.
        cache: this host's copies of data sets.
        train: trains a head.
    """

    def __init__(
        self,
        database: Database,
        storage: DatasetStorage,
        registry: RegistryService,
        retention: RetentionService,
        checks: CheckJobs,
        *,
        cache: Path,
        train: Train = train_embedding_head,
    ) -> None:
        self._database = database
        self._storage = storage
        self._registry = registry
        self._retention = retention
        self._checks = checks
        self._cache = cache
        self._train = train

    def answer(self, job: Job, cancelled: Cancelled) -> dict[str, JSON]:
        """Finish the receipt of a job.

        Raises:
            OmokageError: DISK_FULL.
            JobCancelledError: `cancelled` told so.
        """
        self.finish(str(job.params["receipt"]), cancelled)
        return {}

    def finish(self, receipt_id: str, cancelled: Cancelled = lambda: False) -> None:
        """Make data sets and heads anew, delete the old files, and write the receipt; a second call does nothing.

        Raises:
            OmokageError: DISK_FULL.
            JobCancelledError: `cancelled` told so.
        """
        while (found := self._search_unnamed(receipt_id, cancelled)) is not None:
            receipt, pending = found
            for earlier in pending.after:
                self.finish(earlier, cancelled)
            began = now_utc()
            receipt, made = self._make_anew(receipt, pending, cancelled)
            if self._write(receipt, pending, made):
                shards = {shard.sha256 for version in pending.datasets for shard in version.shards}
                self._retention.discard(shards, receipt.guild_id, began)
                self._database.empty_log()
                delete_cached(self._cache, pending.cache_keys)
                _log.info("receipt %s of guild %s: finished", receipt.id, receipt.guild_id)

    def _make_anew(
        self, receipt: Receipt, pending: PendingWork, cancelled: Cancelled
    ) -> tuple[Receipt, Sequence[Dataset]]:
        """Make data sets and heads anew; return the receipt with their hashes, and the data sets."""
        made: list[Dataset] = []
        for version in pending.datasets:
            if not version.remake:
                continue
            _stop_if(cancelled)
            dataset = self._rebuild(receipt.guild_id, version, pending)
            made += [] if dataset is None else [dataset]
            new = Replaced(version.hash, None if dataset is None else dataset.hash)
            pairs = tuple(new if pair.before == version.hash else pair for pair in receipt.datasets)
            receipt = replace(receipt, datasets=pairs)
        for head in pending.heads:
            _stop_if(cancelled)
            heads = list(receipt.heads)
            heads[head.place] = Replaced(heads[head.place].before, self._train_anew(receipt, head, cancelled))
            receipt = replace(receipt, heads=tuple(heads))
        return receipt, made

    def _write(self, receipt: Receipt, pending: PendingWork, made: Sequence[Dataset]) -> bool:
        """Finish a receipt; False: somebody else was forgotten meanwhile, so what was made is withdrawn again."""
        began = now_utc()
        with self._database.write() as connection:
            lock_training(self._database, connection, receipt.guild_id)
            current = find_pending(connection, receipt.id)
            if current is None or current[1] == pending:
                update_receipt(connection, receipt, None, now_utc())
                return True
            present = [
                dataset
                for dataset in datasets_of(connection, receipt.guild_id)
                if dataset.id in {new.id for new in made}
            ]
            versions = versions_to_withdraw(connection, receipt.guild_id, made, None)
            done = withdraw(connection, receipt.guild_id, present, versions, receipt_id=receipt.id, now=now_utc())
        shards = {shard.sha256 for dataset in present for shard in dataset.shards}
        self._retention.discard(done.blobs | shards, receipt.guild_id, began)
        return False

    def _search_unnamed(self, receipt_id: str, cancelled: Cancelled) -> tuple[Receipt, PendingWork] | None:
        """Withdraw data sets that name nobody, but hold a photo of the person; None: nothing is left to do."""
        found = self._collect_photos(receipt_id)
        while found is not None and found[1].unnamed:
            _stop_if(cancelled)
            found = self._search(*found)
        return found

    def _collect_photos(self, receipt_id: str) -> tuple[Receipt, PendingWork] | None:
        """Add the files to what is looked for of which the person's pictures in data sets were made."""
        with self._database.read() as connection:
            found = find_pending(connection, receipt_id)
        if found is None:
            return None
        photos = frozenset[str]().union(*map(self._photos_of, found[1].datasets))
        with self._database.write() as connection:
            found = find_pending(connection, receipt_id)  # somebody else may have been forgotten meanwhile
            if found is None:
                return None
            receipt, pending = found
            pending = replace(pending, photos=pending.photos | photos)
            update_receipt(connection, receipt, pending, None)
            return receipt, pending

    def _photos_of(self, version: DatasetWithout) -> frozenset[str]:
        try:
            return photos_of(self._storage.blobs, version)
        except OmokageError as error:
            if error.code is not ErrorCode.DATASET_CHANGED:
                raise
            return frozenset()  # it is damaged, and not made anew either

    def _search(self, receipt: Receipt, pending: PendingWork) -> tuple[Receipt, PendingWork] | None:
        """Look into one data set; write down that it was looked into, so that another worker does not do it again."""
        dataset_id = pending.unnamed[0]
        with self._database.read() as connection:
            dataset = find_dataset(connection, dataset_id)
        holds = dataset is not None and dataset.removed_at is None and self._holds_photos(dataset, pending)
        began, blobs = now_utc(), frozenset[str]()
        with self._database.write() as connection:
            lock_training(self._database, connection, receipt.guild_id)
            found = find_pending(connection, receipt.id)
            if found is None:
                return None
            receipt, pending = found
            pending = replace(pending, unnamed=tuple(id_ for id_ in pending.unnamed if id_ != dataset_id))
            # Who was forgotten meanwhile may have been in it, too; then it is withdrawn already.
            if dataset is not None and holds and not is_removed(connection, dataset_id):
                receipt, pending, blobs = _withdraw_unnamed(connection, receipt, pending, dataset)
            update_receipt(connection, receipt, pending, None)
        self._retention.discard(blobs, receipt.guild_id, began)
        return receipt, pending

    def _holds_photos(self, dataset: Dataset, pending: PendingWork) -> bool:
        try:
            return holds_photos(self._storage.blobs, dataset.shards, pending.photos)
        except OmokageError as error:
            if error.code is not ErrorCode.DATASET_CHANGED:
                raise
            _log.warning("data set %s is damaged, so it is withdrawn unread", dataset.id)
            return True

    def _rebuild(self, guild_id: int, version: DatasetWithout, pending: PendingWork) -> Dataset | None:
        """Return the version that stands in the place of another; None: nothing does."""
        try:
            return rebuild_without(self._storage, guild_id, version, pending, self._identify(guild_id, version))
        except OmokageError as error:
            if error.code is not ErrorCode.DATASET_CHANGED:
                raise
            _log.warning("data set %s is damaged, so it is not made anew", version.dataset_id)
            return None

    def _identify(self, guild_id: int, version: DatasetWithout) -> Callable[[str, str], str]:
        """Return what identifies pictures: of named faces photo and box, as `from_labels` has it; else the file."""
        if version.name != LABELS:
            return lambda _name, sha256: sha256
        with self._database.read() as connection:
            faces = labelled_faces(connection, guild_id)
        identities = {(face.name, face.photo): face.identity for face in faces}
        return lambda name, sha256: identities.get((name, sha256), sha256)

    def _train_anew(self, receipt: Receipt, head: HeadToTrain, cancelled: Cancelled) -> str | None:
        """Return the hash of the head that stands in the place of a withdrawn one; None: none can be trained."""
        with self._database.read() as connection:
            datasets = [
                dataset for dataset in datasets_of(connection, receipt.guild_id) if dataset.name == head.dataset
            ]
        if not datasets or not self._storage.datasets.preflight(datasets[0]).is_fit:
            return None
        try:
            reader = self._storage.open(datasets[0], lambda _done, _total: _stop_if(cancelled))
            draft = self._train(datasets[0], reader)
            version = self._registry.register_anew(head.version_id, datasets[0], draft, promote=head.promote)
        except OmokageError as error:
            if error.code not in _UNFIT:
                raise
            _log.warning("no head is trained on data set %s: %s", datasets[0].id, error.code)
            return None
        self._checks.request(version)
        return version.weights


def _withdraw_unnamed(
    connection: Connection, receipt: Receipt, pending: PendingWork, dataset: Dataset
) -> tuple[Receipt, PendingWork, frozenset[str]]:
    """Withdraw a data set that names nobody, with its models; it is made anew if it is the newest of its name."""
    guild_id = receipt.guild_id
    newest = next(other for other in datasets_of(connection, guild_id) if other.name == dataset.name)
    versions = versions_to_withdraw(connection, guild_id, [dataset], None)
    done = withdraw(connection, guild_id, [dataset], versions, receipt_id=receipt.id, now=now_utc())
    more = {"datasets": 1, "versions": len(versions), "checkpoints": done.checkpoints}
    receipt = replace(
        receipt,
        counts={**receipt.counts, **{name: receipt.counts[name] + count for name, count in more.items()}},
        heads=(*receipt.heads, *(Replaced(version.weights, None) for version in versions)),
        datasets=(*receipt.datasets, Replaced(dataset.hash, None)),
    )
    content = dataset.classes, (), dataset.shards
    is_newest = newest.id == dataset.id
    without = DatasetWithout(dataset.id, dataset.name, dataset.hash, *content, dataset.created_by, is_newest)
    keys = (*pending.cache_keys, dataset.cache_key)
    return receipt, replace(pending, datasets=(*pending.datasets, without), cache_keys=keys), done.blobs


def _stop_if(cancelled: Cancelled) -> None:
    if cancelled():
        raise JobCancelledError
