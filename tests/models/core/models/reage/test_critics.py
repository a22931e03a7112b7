from __future__ import annotations

import numpy as np

from core.models.common.backend import to_numpy
from core.models.reage.sampling import matrices, resample
from tests.models.core.models.reage.builders import COUNT, SIZE, ages, critics, pictures

ROWS = np.arange(COUNT)


def test_the_critic_of_ages_is_calibrated_by_the_training_pictures() -> None:
    twice = critics(pictures(), 40 + ages() / 2, ROWS)  # people who are all older than they look
    assert np.abs(twice.estimated_ages - (40 + ages() / 2))[10:-10].max() < 6
    centre = twice.targets(np.array([60.0])) @ np.array([0.25, *range(1, 81)])
    assert abs(float(centre[0]) - 40) < 5  # who is 60 looks 40 to it


def test_a_face_that_looks_as_it_should_costs_less() -> None:
    judges = critics(pictures(), ages(), ROWS)
    step = np.array([SIZE / 64])
    whole = matrices(SIZE, 64, np.zeros(1), step, np.zeros(1))[0]

    looks = resample(pictures()[[20, 100]].astype(np.float32), whole, whole)
    right = to_numpy(judges.age_loss(looks, judges.targets(ages()[[20, 100]])))
    wrong = to_numpy(judges.age_loss(looks, judges.targets(ages()[[100, 20]])))
    assert (right < wrong / 2).all()


def test_a_face_is_at_no_distance_from_itself_and_far_from_others() -> None:
    judges = critics(pictures(), ages(), ROWS)
    faces, others = pictures()[:5].astype(np.float32), pictures()[5:10].astype(np.float32)
    assert to_numpy(judges.distance(faces, faces)).max() < 2e-3
    assert to_numpy(judges.distance(faces, others)).min() > 0.1
