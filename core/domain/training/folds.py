"""Which picture is held out in which fold: the same for every head, so that their figures compare."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

FOLDS = 6  # as in the literature's cross validation that ours is compared with
SEED = 0


def fold_of(labels: Sequence[int], folds: int = FOLDS, seed: int = SEED) -> list[int]:
    """For each picture the fold that holds it out; each person's pictures are shuffled and cut into equal parts.

    Of those with fewer pictures than folds, one goes on where the one before ended: no fold stays empty because
    everybody has three pictures.

    Args:
        labels: the person of each picture, in the data set's order.
        folds: at least two.
        seed: of the shuffle.

    Raises:
        ValueError: fewer than two folds.
    """
    if folds < 2:
        raise ValueError(f"{folds} folds hold nothing out")
    of_person: dict[int, list[int]] = defaultdict(list)
    for index, label in enumerate(labels):
        of_person[label].append(index)
    shuffle = random.Random(seed).shuffle
    chosen = [0] * len(labels)
    start = 0
    for label in sorted(of_person):
        rows = of_person[label]
        shuffle(rows)
        for place, index in enumerate(rows):
            chosen[index] = place * folds // len(rows) if len(rows) >= folds else (start + place) % folds
        start += len(rows) if len(rows) < folds else 0
    return chosen
