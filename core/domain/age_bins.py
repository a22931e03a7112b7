"""The ten bins into which ages are put."""

from __future__ import annotations

from collections.abc import Iterable

# First and last year of each, as the conditional adversarial autoencoder has them (Zhang et al. 2017,
# arXiv 1702.08423); of the last, 90 is where its pictures end.
AGE_BINS = ((0, 5), (6, 10), (11, 15), (16, 20), (21, 30), (31, 40), (41, 50), (51, 60), (61, 70), (71, 90))


def age_bin(age: float) -> int:
    """Return the index in `AGE_BINS` of an age in years; beyond the last bin, the last."""
    return next((index for index, (_, last) in enumerate(AGE_BINS) if age < last + 1), len(AGE_BINS) - 1)


def count_bins(ages: Iterable[float]) -> tuple[int, ...]:
    """Return how many of the ages are in each of `AGE_BINS`."""
    counts = [0] * len(AGE_BINS)
    for age in ages:
        counts[age_bin(age)] += 1
    return tuple(counts)


def bin_name(first: int, last: int | None = None) -> str:
    """Return the years of a bin, or of all bins from one to another, by their indices: `0-5`, `0-10`, `71+`."""
    last = first if last is None else last
    start = AGE_BINS[first][0]
    return f"{start}+" if last == len(AGE_BINS) - 1 else f"{start}-{AGE_BINS[last][1]}"
