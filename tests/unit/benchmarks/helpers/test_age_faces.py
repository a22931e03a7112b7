"""Which faces of known age are held out, and the cache of what networks saw in them."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.helpers.age_faces import AgeFaces, age_run, cached
from core.domain.training.runs import RunKind
from core.models.common.batches import hold_out_some


@pytest.fixture
def faces() -> AgeFaces:
    count = 600
    photos = [np.zeros((8, 8, 3), np.uint8)] * count
    ages = np.arange(count, dtype=np.float32) % 90
    return AgeFaces(photos, np.zeros((count, 5, 2)), ages, np.zeros(count, np.int8))


def test_the_split_is_that_of_a_training(faces):
    run = age_run(RunKind.REAGE, "reage", 10)
    assert (faces.held_out == hold_out_some(len(faces), run.seed)).all()


def test_nothing_that_is_held_out_is_calibrated_on(faces):
    assert not faces.held_out[faces.training_rows()].any()
    assert len(faces.training_rows()) == (~faces.held_out).sum()
    assert set(faces.training_rows(50)) < set(faces.training_rows())


def test_only_adults_are_aged(faces):
    rows = faces.held_out_adults()
    assert faces.held_out[rows].all()
    assert faces.ages[rows].min() >= 18


def test_what_was_made_of_the_same_is_not_made_again(tmp_path):
    file, key = tmp_path / "deep" / "cache.npz", {"names": np.array(["a", "b"])}
    made = cached(file, key, lambda: {"values": np.array([1, 2])})
    again = cached(file, key, lambda: pytest.fail("it is there"))
    assert made["values"].tolist() == again["values"].tolist() == [1, 2]
    assert set(again) == {"values"}


def test_what_was_made_of_something_else_is_made_again(tmp_path):
    file = tmp_path / "cache.npz"
    cached(file, {"names": np.array(["a"])}, lambda: {"values": np.array([1])})
    assert cached(file, {"names": np.array(["b"])}, lambda: {"values": np.array([2])})["values"].tolist() == [2]
