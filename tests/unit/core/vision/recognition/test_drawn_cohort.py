from __future__ import annotations

import numpy as np
import pytest

from core.domain.embedders import DLIB, DLIB_AND_SFACE
from core.services.starter.cohort import PICTURES, cohort_people
from core.vision.recognition.drawn_cohort import drawn_cohort
from portraits import default_people


def test_the_shipped_cohort_has_pictures_of_each_of_its_people() -> None:
    cohort = drawn_cohort(DLIB_AND_SFACE)
    assert cohort is not None
    assert cohort.people == len(cohort_people())
    assert cohort.embeddings.shape == (len(cohort.owners), 256)
    assert np.linalg.norm(cohort.embeddings, axis=1) == pytest.approx(1, abs=1e-3)
    assert np.bincount(cohort.owners).min() >= PICTURES - 1  # in one or another no face is detected


def test_dlib_alone_has_no_cohort() -> None:
    assert drawn_cohort(DLIB) is None


def test_none_of_the_default_people_is_of_the_cohort() -> None:
    shapes = {person.traits for person in default_people()}
    assert not any(person.traits in shapes for person in cohort_people())
