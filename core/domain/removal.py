"""What was changed or taken away when people were merged, or people and data sets removed."""

from __future__ import annotations

from dataclasses import dataclass

from core.domain.data.datasets import Dataset
from core.domain.people import Person


@dataclass(frozen=True, slots=True)
class MergedPeople:
    """`person` is who is left; `faces` are those that came to them from the person that is gone, who was `gone`."""

    person: Person
    gone: str
    faces: int


@dataclass(frozen=True, slots=True)
class RemovedPerson:
    """Who was removed, and what of them.

    `faces` are stored faces with their embeddings and labels, `photos` the files that nobody else needed. `datasets`
    (titles, as `family v1`) still hold pictures that were imported under the name, and `versions` are models that were
    trained on them: these name the person no more.
    """

    name: str
    faces: int
    photos: int
    datasets: tuple[str, ...]
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemovedDataset:
    """`dataset` as it was. `people` are those who were known from it alone, and so were removed, too."""

    dataset: Dataset
    people: tuple[str, ...]
