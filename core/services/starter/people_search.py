"""Find default people whom the recogniser tells apart: `python -m core.services.starter.people_search [--tries N]`.

Each of the twelve has a template (`TEMPLATES`): sex, age, colours, hair. Face shapes are drawn within pleasant ranges,
each is photographed a few times, found and embedded by the product itself, and one shape a template is chosen so that
the nearest two people are as far apart as can be (coordinate ascent on the smallest distances). What it prints goes
into `default_people.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from portraits.people.templates import TEMPLATES, make_person
from portraits.portraits import portrait

_SEEDS = (1001, 1002, 1003)  # of the pictures taken of each try
_SIZE = 256
Measure = Callable[[NDArray[np.uint8]], NDArray[np.float32] | None]


def product() -> Measure:
    """The way from a picture to dlib's embedding of its best face, or None where the product finds none.

    The people that ship were chosen by it, and by both networks' embedding they are further apart (docs/starter.md).
    """
    from core.vision.detection.detect import load_detector
    from core.vision.embedding.align import align  # loads TensorFlow, which drawing does not need
    from core.vision.embedding.embed import load_dlib_embedder

    detector, embedder = load_detector(), load_dlib_embedder()

    def measure(image: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        faces = detector.detect(image)
        return embedder.embed(align(image, faces[0].landmarks)[None])[0] if faces else None

    return measure


def tries(number: int, count: int, measure: Measure) -> list[tuple[int, NDArray[np.float32]]]:
    """Attempts at a role with the embeddings (pictures, 128) of each; those that are missed once are left out."""
    attempts = []
    for attempt in range(count):
        person = make_person(number, attempt)
        seen = [measure(portrait(person, seed, _SIZE).image) for seed in _SEEDS]
        embeddings = [embedding for embedding in seen if embedding is not None]
        if len(embeddings) == len(_SEEDS):
            attempts.append((attempt, np.stack(embeddings)))
        sys.stderr.write(f"\r{person.name} {attempt + 1}/{count}   ")
    return attempts


def chosen(candidates: list[list[NDArray[np.float32]]], restarts: int = 100) -> list[int]:
    """One try a role, so that the least separated people are as separate as possible.

    Args:
        candidates: for each role, the embeddings (pictures, 128) of each try.
        restarts: from random picks; coordinate ascent finds one of many local optima, and the best is kept.
    """
    middles = [np.stack([e.mean(0) for e in role]) for role in candidates]
    spreads = [np.array([np.linalg.norm(e - e.mean(0), axis=1).mean() for e in role]) for role in candidates]
    harm = _harm(middles, spreads)
    rng = np.random.default_rng(0)
    picks = [_settled(harm, [int(rng.integers(len(role))) for role in candidates]) for _ in range(restarts)]
    return min(picks, key=lambda pick: sum(harm[i][j][pick[i], pick[j]] for i in range(len(pick)) for j in range(i)))


def _harm(middles: list[NDArray[np.float32]], spreads: list[NDArray[np.float32]]) -> list[list[NDArray[np.float64]]]:
    """For each two roles, how much each pair of tries would be confused.

    The eighth power of the nearness: the nearest pairs count, and still all of them a little. A person whose own
    pictures scatter comes nearer to everyone.
    """
    roles = range(len(middles))
    gaps = [[np.linalg.norm(middles[i][:, None] - middles[j][None], axis=2) for j in roles] for i in roles]
    blurs = [[(spreads[i][:, None] + spreads[j][None]) * 0.5 for j in roles] for i in roles]
    return [[np.maximum(gaps[i][j] - blurs[i][j], 0.05) ** -8.0 for j in roles] for i in roles]


def _settled(harm: list[list[NDArray[np.float64]]], pick: list[int]) -> list[int]:
    """Change one role at a time for the better, until none can be."""
    while True:
        before = list(pick)
        for i in range(len(pick)):
            total = sum(harm[i][j][:, pick[j]] for j in range(len(pick)) if j != i)
            pick[i] = int(np.argmin(total))
        if pick == before:
            return pick


def written(picks: list[int]) -> str:
    """The lines of `default_people.py` that hold the choice."""
    rows = [f"    {pick},  # {role.name}\n" for role, pick in zip(TEMPLATES, picks, strict=True)]
    return "PICKS = (\n" + "".join(rows) + ")\n"


def main() -> None:
    """Search, and print the module."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--tries", type=int, default=30, help="face shapes a role; 30 take about two minutes")
    count = parser.parse_args().tries
    measure = product()
    candidates = [tries(number, count, measure) for number in range(1, len(TEMPLATES) + 1)]
    picks = chosen([[embeddings for _, embeddings in role] for role in candidates])
    sys.stdout.write(written([tried[pick][0] for tried, pick in zip(candidates, picks, strict=True)]))


if __name__ == "__main__":
    main()
