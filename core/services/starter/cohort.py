"""Make the cohort of drawn people that every recogniser compares faces with: `python -m core.services.starter.cohort`.

Two people of each template (`TEMPLATES`), none of them one of the default people, with five pictures each; found and
embedded by the product itself. With half as many people more drawn strangers are named, with twice as many fewer drawn
people that are known (docs/decisions/020-two-networks.md). Takes a minute.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.vision.recognition.drawn_cohort import COHORT_FILE
from portraits.people.templates import TEMPLATES, make_person
from portraits.people.traits import StarterPerson
from portraits.portraits import portrait

SHAPES = range(1000, 1002)  # of each template; the default people are among the first thirty
PICTURES = 5
SIZE = 256
_FIRST_SEED = 20_000  # of the pictures, each of which has its own


def cohort_people() -> list[StarterPerson]:
    """Return the people of the cohort."""
    return [make_person(number, shape) for number in range(1, len(TEMPLATES) + 1) for shape in SHAPES]


def cohort_pictures(people: list[StarterPerson]) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield the index of a person and a picture (256, 256, 3), in a fixed order."""
    for index, person in enumerate(people):
        for number in range(PICTURES):
            yield index, portrait(person, _FIRST_SEED + index * PICTURES + number, SIZE).image


def main() -> None:
    """Draw, embed and write the file."""
    from core.vision.detection.detect import load_detector
    from core.vision.embedding.align import face_chips  # loads TensorFlow, which drawing does not need
    from core.vision.embedding.embed import load_embedder

    detector, embedder = load_detector(), load_embedder()
    embeddings, owners = [], []
    for index, image in cohort_pictures(cohort_people()):
        faces = detector.detect(image)
        if faces:
            embeddings.append(embedder.embed(face_chips(image, [faces[0].landmarks])).joint[0])
            owners.append(index)
        sys.stderr.write(f"\r{index + 1}   ")
    # In half precision a squared distance is off by 0.001 at most, a twentieth of what changes the odds e-fold.
    np.savez_compressed(COHORT_FILE, embeddings=np.array(embeddings, np.float16), owners=np.array(owners, np.uint8))


if __name__ == "__main__":
    main()
