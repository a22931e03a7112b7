"""Data sets: pictures of people to train on, in versions that never change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.errors import ErrorCode, OmokageError
from core.domain.jobs import JSON

NOBODY = 0  # `person_id` of pictures of which it does not matter whom they show
LABELS = "labels"  # the name of the data sets of a guild's labels
UNNAMED = "pictures"  # what the only class of such a data set is called


@dataclass(frozen=True, slots=True)
class DatasetClass:
    """One person of a data set; `person_id` is the guild's, so that a trained model's names are the chat's."""

    name: str
    person_id: int
    pictures: int


@dataclass(frozen=True, slots=True)
class Shard:
    """A TFRecord file in the blob store: `sha256` is its name there."""

    sha256: str
    pictures: int
    size: int


@dataclass(frozen=True, slots=True)
class Findings:
    """Counts of remarkable pictures, made while the version was built.

    `identical`: offered more than once for the same person, stored once. `alike`: the same picture of a person saved
    anew, smaller or harder compressed; kept. `shared`: given to more than one person; kept for each. `small`: with a
    face of fewer than 48 pixels. `damaged`: could not be read, left out. `turned`: lay on a side or upside down, and
    are kept upright.
    """

    identical: int = 0
    alike: int = 0
    shared: int = 0
    small: int = 0
    damaged: int = 0
    turned: int = 0


@dataclass(frozen=True, slots=True)
class Dataset:
    """One version. `hash` is over the content: the same pictures with the same names give the same hash.

    The order of `classes` is that of the labels, and the order of the pictures is that of the shards.
    """

    id: int
    guild_id: int
    name: str
    version: int
    hash: str
    classes: tuple[DatasetClass, ...]
    shards: tuple[Shard, ...]
    pictures: int
    without_face: int
    created_by: int
    created_at: datetime
    findings: Findings = Findings()
    age_counts: tuple[int, ...] = ()  # pictures in each of `AGE_BINS`; empty where no age is known
    removed_at: datetime | None = None  # since then it is only a name: no classes, no shards

    @property
    def title(self) -> str:
        """The version's title, such as `family v3`."""
        return f"{self.name} v{self.version}"

    @property
    def people(self) -> int:
        """How many people have a name in it."""
        return sum(person.person_id != NOBODY for person in self.classes)

    @property
    def cache_key(self) -> str:
        """The prefix of the files in the cache that are made of its pictures.

        It is of the shards rather than of the content: a newer detector may have found other landmarks in the files.
        """
        return hashlib.sha256("".join(shard.sha256 for shard in self.shards).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark of preflight: a code for which bot and shell have texts, and its numbers or names."""

    code: str
    details: Mapping[str, JSON]
    blocks: bool  # training is refused


@dataclass(frozen=True, slots=True)
class Preflight:
    """The contents of a data set, as checked before a training; blocking `remarks` come first."""

    people: int
    pictures: int
    fewest: int
    most: int
    remarks: tuple[Remark, ...]

    @property
    def is_fit(self) -> bool:
        """Whether a training may start."""
        return not any(remark.blocks for remark in self.remarks)


def require_fit(preflight: Preflight) -> None:
    """Raise where a data set cannot be trained on.

    Raises:
        OmokageError: DATASET_UNFIT, with the first `remark` that blocks.
    """
    for remark in preflight.remarks:
        if remark.blocks:
            details = {name: _word(value) for name, value in remark.details.items()}
            raise OmokageError(ErrorCode.DATASET_UNFIT, **{**details, "remark": remark.code})


def _word(value: JSON) -> str | int | float:
    """Return a detail for a sentence: a list as words."""
    if isinstance(value, str | int | float):
        return value
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
