"""Receipts of what was forgotten, and what a worker has still to do for it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.domain.data.datasets import NOBODY, DatasetClass, Shard

FORGOTTEN = "withdrawn, since it was trained with pictures of somebody who is forgotten"  # the reason of a promotion
TRAINED_ANEW = "trained anew without somebody who is forgotten"  # likewise


_NAMELESS = DatasetClass("", NOBODY, 0)  # in the place of somebody who is forgotten


class ReceiptKind(StrEnum):
    """Who was forgotten."""

    PERSON = "person"  # somebody in photos
    MEMBER = "member"  # somebody who used the bot


@dataclass(frozen=True, slots=True)
class Replaced:
    """The hash of a model's file or of a data set before, and of what stands in its place; None: nothing does."""

    before: str
    after: str | None

    def to_json(self) -> list[str | None]:
        """Return it as it is stored."""
        return [self.before, self.after]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that somebody was forgotten, in which nothing says who it was.

    `id` is random. `asked_by` is the moderator's id; 0: the shell's user, a member who asked for themselves, or a
    moderator who was forgotten since. `counts` is what was deleted, by kind. `heads` are the recognisers, the one that
    answered first; `datasets` the data sets. `is_finished`: nothing is left to do for a worker.
    """

    id: str
    guild_id: int
    kind: ReceiptKind
    asked_by: int
    created_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    heads: tuple[Replaced, ...]
    datasets: tuple[Replaced, ...]

    @property
    def is_finished(self) -> bool:
        """Whether all is done."""
        return self.finished_at is not None


@dataclass(frozen=True, slots=True)
class DatasetWithout:
    """A version of a data set with pictures of somebody who is forgotten, until a worker has read it.

    `labels` are those of forgotten people, whose classes have lost their names; none where the version names nobody.
    `remake`: it is the newest of its name, so it is made anew without these pictures; others are only read, to know
    which files showed the person.
    """

    dataset_id: int
    name: str
    hash: str
    classes: tuple[DatasetClass, ...]
    labels: tuple[int, ...]
    shards: tuple[Shard, ...]
    created_by: int
    remake: bool

    def without(self, person_id: int) -> DatasetWithout:
        """Return the same without another person, if that one is in it."""
        gone = [label for label, one in enumerate(self.classes) if one.person_id == person_id]
        classes = tuple(_NAMELESS if label in gone else one for label, one in enumerate(self.classes))
        return replace(self, classes=classes, labels=(*self.labels, *gone))

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored until the worker has done it."""
        return {
            "dataset_id": self.dataset_id,
            "name": self.name,
            "hash": self.hash,
            "classes": [[person.name, person.person_id, person.pictures] for person in self.classes],
            "labels": list(self.labels),
            "shards": [[shard.sha256, shard.pictures, shard.size] for shard in self.shards],
            "created_by": self.created_by,
            "remake": self.remake,
        }

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> DatasetWithout:
        """Read what `to_json` gave."""
        return cls(
            payload["dataset_id"],
            payload["name"],
            payload["hash"],
            tuple(DatasetClass(*person) for person in payload["classes"]),
            tuple(payload["labels"]),
            tuple(Shard(*shard) for shard in payload["shards"]),
            payload["created_by"],
            payload["remake"],
        )


@dataclass(frozen=True, slots=True)
class HeadToTrain:
    """A recogniser that is to be trained anew on the newest version of the data set `dataset`.

    `version_id` is the withdrawn version, `place` its index in the receipt's `heads`; `promote`: it answered in the
    guild.
    """

    version_id: int
    place: int
    dataset: str
    promote: bool


@dataclass(frozen=True, slots=True)
class PendingWork:
    """What a worker has to do before a receipt is finished; it is deleted then.

    `datasets` held the person; `photos` are `photo_key`s of files that showed the person, `names` are folded, `unnamed`
    ids of data sets that name nobody and may hold those files, `cache_keys` prefixes of copies in workers' caches,
    `after` ids of receipts that are to be finished first, since their data sets held the person, too. A
    hash that stands here would count as a reference to a blob; so only those of the shards do.
    """

    datasets: tuple[DatasetWithout, ...] = ()
    heads: tuple[HeadToTrain, ...] = ()
    photos: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    unnamed: tuple[int, ...] = ()
    cache_keys: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether no worker is needed."""
        return not (self.datasets or self.heads or self.unnamed or self.after)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "datasets": [dataset.to_json() for dataset in self.datasets],
            "heads": [[head.version_id, head.place, head.dataset, head.promote] for head in self.heads],
            "photos": sorted(self.photos),
            "names": list(self.names),
            "unnamed": list(self.unnamed),
            "cache_keys": list(self.cache_keys),
            "after": list(self.after),
        }

    def without(
        self, person_id: int, photos: frozenset[str], names: Sequence[str], unnamed: Sequence[int] = ()
    ) -> PendingWork:
        """Return the same work without another person, by files (`photo_key`) and names.

        `unnamed` are to be looked into once more: `datasets` may have held files of the other person.
        """
        datasets = tuple(version.without(person_id) for version in self.datasets)
        names = (*self.names, *(name for name in names if name not in self.names))
        unnamed = (*self.unnamed, *(id_ for id_ in unnamed if id_ not in self.unnamed))
        return replace(self, datasets=datasets, photos=self.photos | photos, names=names, unnamed=unnamed)

    @classmethod
    def from_json(cls, payload: Mapping[str, Any]) -> PendingWork:
        """Read what `to_json` gave."""
        return cls(
            tuple(map(DatasetWithout.from_json, payload["datasets"])),
            tuple(HeadToTrain(*head) for head in payload["heads"]),
            frozenset(payload["photos"]),
            tuple(payload["names"]),
            tuple(payload["unnamed"]),
            tuple(payload["cache_keys"]),
            tuple(payload["after"]),
        )


@dataclass(frozen=True, slots=True)
class ForgottenPerson:
    """The outcome of forgetting a person; `name` is for the answer and is stored nowhere.

    `unknown_versions` are titles of models of whose data set only the name is left, so that nobody can say whether the
    person was in it.
    """

    name: str
    receipt: Receipt
    versions: tuple[str, ...]
    datasets: tuple[str, ...]
    unknown_versions: tuple[str, ...]


def photo_key(sha256: str) -> str:
    """Return what a file is recognised by without keeping its hash: 32 hex digits, which name no blob."""
    return hashlib.sha256(sha256.encode()).hexdigest()[:32]


def mentions(text: str, folded_names: Sequence[str]) -> bool:
    """Return whether a text has one of these names in it, as `str.casefold` gives them.

    Names in Latin letters count as whole words only: of somebody called Al not all of `album` is a trace. Other
    scripts put no spaces between words.
    """
    folded = text.casefold()
    return any(
        re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", folded) if name.isascii() else name in folded
        for name in folded_names
    )
