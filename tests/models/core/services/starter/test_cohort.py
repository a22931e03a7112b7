from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from core.domain.embedders import EMBEDDING_NAME
from core.services.starter.cohort import cohort_people, cohort_pictures
from core.vision.detection.detect import load_detector
from core.vision.embedding.align import face_chips
from core.vision.embedding.embed import load_embedder
from core.vision.recognition.drawn_cohort import drawn_cohort


def test_the_shipped_cohort_is_what_the_product_makes_of_the_drawings() -> None:
    cohort = drawn_cohort(EMBEDDING_NAME)
    assert cohort is not None
    detector, embedder = load_detector(), load_embedder()
    for row, (owner, image) in enumerate(islice(cohort_pictures(cohort_people()), 2)):
        (face, *_) = detector.detect(image)
        embedding = embedder.embed(face_chips(image, [face.landmarks])).joint[0]
        assert cohort.owners[row] == owner
        assert ((cohort.embeddings[row] - embedding) ** 2).sum() == pytest.approx(0, abs=1e-3)
        assert np.linalg.norm(embedding) == pytest.approx(1, abs=1e-5)
