"""What a data set is good for, before a training: rules on its counts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from core.domain.age_bins import bin_name
from core.domain.data.datasets import Dataset, Preflight, Remark
from core.domain.jobs import JSON
from core.domain.training.runs import RunKind

FEWEST_PEOPLE = 2  # there is nothing to tell apart with fewer
FEWEST_PICTURES = 3  # of a person: the embedding head names 9 in 10 right from three on, 3 in 4 from one
SMALL_FACE = 48  # pixels; the smallest size that recognisers are trained at
# Times the pictures of the person with the fewest: folds and batches then show some people almost never.
MOST_UNBALANCED = 5
FEWEST_TO_GENERATE = 100  # a network that draws learns fewer by heart
MANY_TO_GENERATE = 1000  # with fewer it draws what it was shown, more or less
# Of two neighbouring age bins together: with fewer, whoever is made that old resembles the few people in them.
MIN_PICTURES_OF_AGES = 20
_NAMES_SAID = 10  # more would not fit a message


def preflight(
    dataset: Dataset, minimum_pictures: int = FEWEST_PICTURES, kind: RunKind = RunKind.RECOGNISER
) -> Preflight:
    """The remarks on a data set, those that block first.

    Args:
        dataset: any version.
        minimum_pictures: of each person.
        kind: what is to be trained; for a model that generates, it does not matter who is in the pictures.
    """
    counts = [person.pictures for person in dataset.classes]
    if kind.ages:
        remarks = [*check_ages(dataset.age_counts), *_faults(dataset)]
    elif kind.generates:
        remarks = [*_too_few_to_generate(dataset), *_faults(dataset)]
    else:
        remarks = [*_blocking(dataset, minimum_pictures), *_unbalanced(counts), *_faults(dataset)]
    return Preflight(dataset.people, dataset.pictures, min(counts, default=0), max(counts, default=0), tuple(remarks))


def trained_for(dataset: Dataset) -> RunKind:
    """Return what a data set serves to train: without names only what draws, or with ages what learns ageing."""
    if dataset.people:
        return RunKind.RECOGNISER
    return RunKind.REAGE if dataset.age_counts else RunKind.DCGAN


def _blocking(dataset: Dataset, minimum: int) -> Iterator[Remark]:
    if dataset.people < FEWEST_PEOPLE:
        yield Remark("few-people", {"people": dataset.people, "minimum": FEWEST_PEOPLE}, blocks=True)
    few = [person.name for person in dataset.classes if person.pictures < minimum]
    if few:
        details: Mapping[str, JSON] = {"names": few[:_NAMES_SAID], "count": len(few), "minimum": minimum}
        yield Remark("few-pictures", details, blocks=True)


def _too_few_to_generate(dataset: Dataset) -> Iterator[Remark]:
    if dataset.pictures < FEWEST_TO_GENERATE:
        details: Mapping[str, JSON] = {"count": dataset.pictures, "minimum": FEWEST_TO_GENERATE}
        yield Remark("few-to-generate", details, blocks=True)
    elif dataset.pictures < MANY_TO_GENERATE:
        yield _remark("will-copy", count=dataset.pictures, minimum=MANY_TO_GENERATE)


def check_ages(counts: Sequence[int]) -> Iterator[Remark]:
    """Yield the remarks on the ages of a data set, those that block first.

    Every age may be asked for later, so all must be there to learn from: ages are noisy, and a bin learns from its
    neighbours, but two that are empty together are drawn by guessing.

    Args:
        counts: pictures in each of `AGE_BINS`; empty where no age is known.
    """
    if not counts:
        yield Remark("no-ages", {}, blocks=True)
        return
    sums = map(sum, pairwise(counts))
    few = [bin_name(first, first + 1) for first, count in enumerate(sums) if count < MIN_PICTURES_OF_AGES]
    if few:
        yield Remark("missing-ages", {"names": few, "count": len(few), "minimum": MIN_PICTURES_OF_AGES}, blocks=True)
    if max(counts) > MOST_UNBALANCED * min(counts):
        names = [bin_name(counts.index(min(counts))), bin_name(counts.index(max(counts)))]
        yield _remark("unbalanced-ages", names=names, fewest=min(counts), most=max(counts))


def _unbalanced(counts: list[int]) -> Iterator[Remark]:
    if counts and max(counts) > MOST_UNBALANCED * min(counts):
        yield _remark("unbalanced", fewest=min(counts), most=max(counts))


def _faults(dataset: Dataset) -> Iterator[Remark]:
    findings = dataset.findings
    duplicates = findings.identical + findings.alike + findings.shared
    if duplicates:
        yield _remark(
            "duplicates", count=duplicates, identical=findings.identical, alike=findings.alike, shared=findings.shared
        )
    if dataset.without_face:
        yield _remark("without-face", count=dataset.without_face)
    if findings.small:
        yield _remark("small", count=findings.small, pixels=SMALL_FACE)
    if findings.damaged:
        yield _remark("damaged", count=findings.damaged)
    if findings.turned:
        yield _remark("turned", count=findings.turned)


def _remark(code: str, **details: JSON) -> Remark:
    return Remark(code, details, blocks=False)
