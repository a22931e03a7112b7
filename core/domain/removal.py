"""Results of merging and splitting people, and of removing a person or a data set."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.data.datasets import Dataset
from core.domain.people import Person


@dataclass(frozen=True, slots=True)
class MergedPeople:
    """Two people as one: `person` took over `faces` faces of the person who was called `merged_name`."""

    person: Person
    merged_name: str
    faces: int


@dataclass(frozen=True, slots=True)
class SplitPeople:
    """One person as two: `faces` stored faces of `person` show `other` from now on.

    `versions` are models that were trained when both were `person`: they name both so until they are trained anew.
    """

    person: Person
    other: Person
    faces: int
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemovedPerson:
    """A person who was removed, and what was deleted with them.

    `faces` counts the stored faces with their embeddings and labels, `photos` the files that nobody else needed.
    `datasets` (titles, as `family v1`) still hold pictures that were imported under the name; `versions` are models
    that were trained on them, and no longer name the person.
    """

    name: str
    faces: int
    photos: int
    datasets: tuple[str, ...]
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemovedDataset:
    """A data set that was removed, and the names of the people known from it alone, who were removed, too."""

    dataset: Dataset
    people: tuple[str, ...]
