"""What a data set is good for, before a training: rules on its counts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.domain.datasets import Dataset, Preflight, Remark
from core.domain.jobs import JSON

FEWEST_PEOPLE = 2  # there is nothing to tell apart with fewer
FEWEST_PICTURES = 3  # of a person: the embedding head names 9 in 10 right from three on, 3 in 4 from one
SMALL_FACE = 48  # pixels; the smallest size that recognisers are trained at
# Times the pictures of the person with the fewest: folds and batches then show some people almost never.
MOST_UNBALANCED = 5
_NAMES_SAID = 10  # more would not fit a message


def preflight(dataset: Dataset, minimum_pictures: int = FEWEST_PICTURES) -> Preflight:
    """The remarks on a data set, those that block first.

    Args:
        dataset: any version.
        minimum_pictures: of each person.
    """
    counts = [one.pictures for one in dataset.classes]
    remarks = [*_blocking(dataset, minimum_pictures), *_others(dataset, counts)]
    return Preflight(len(counts), dataset.pictures, min(counts, default=0), max(counts, default=0), tuple(remarks))


def _blocking(dataset: Dataset, minimum: int) -> Iterator[Remark]:
    if len(dataset.classes) < FEWEST_PEOPLE:
        yield Remark("few-people", {"people": len(dataset.classes), "minimum": FEWEST_PEOPLE}, blocks=True)
    few = [one.name for one in dataset.classes if one.pictures < minimum]
    if few:
        said: Mapping[str, JSON] = {"names": few[:_NAMES_SAID], "count": len(few), "minimum": minimum}
        yield Remark("few-pictures", said, blocks=True)


def _others(dataset: Dataset, counts: list[int]) -> Iterator[Remark]:
    found = dataset.findings
    if counts and max(counts) > MOST_UNBALANCED * min(counts):
        yield _remark("unbalanced", fewest=min(counts), most=max(counts))
    again = found.identical + found.alike + found.shared
    if again:
        yield _remark("duplicates", count=again, identical=found.identical, alike=found.alike, shared=found.shared)
    if dataset.without_face:
        yield _remark("without-face", count=dataset.without_face)
    if found.small:
        yield _remark("small", count=found.small, pixels=SMALL_FACE)
    if found.damaged:
        yield _remark("damaged", count=found.damaged)


def _remark(code: str, **details: JSON) -> Remark:
    return Remark(code, details, blocks=False)
