from __future__ import annotations

from contextlib import closing
from typing import Any

import numpy as np
import pytest

from core.domain.age_bins import AGE_BINS
from core.domain.errors import ErrorCode, OmokageError
from core.models.ageing.typicality import fit_typicality
from core.models.common import weights_file
from core.models.families import load_ager, load_generator
from core.models.vae.ager import VaeAger, age_tensors
from core.models.vae.trainer import make_vae_trainer
from core.vision.views import Framing, View
from tests.models.core.models.vae.builders import (
    COUNT,
    LATENT_SIZE,
    SIZE,
    VERSION,
    analysers,
    dataset,
    pictures,
    reader,
    run,
    tensors,
)


def years(count: int, age: float) -> np.ndarray:
    return np.full(count, age, np.float32)


def of_ages(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Ages, and latents of which the first grows with them and the second is of women; the others do not matter."""
    random = np.random.default_rng(seed)
    ages = random.uniform(1, 85, count).astype(np.float32)
    latents = random.normal(0, 0.3, (count, LATENT_SIZE))
    latents[:, 0] += ages / 20
    return ages, latents


@pytest.fixture(scope="module")
def with_ages() -> dict[str, Any]:
    ages, latents = of_ages(2000)
    typicality = fit_typicality(pictures(), np.arange(COUNT) % 3 == 0)
    return tensors() | age_tensors(latents, ages, np.full(2000, -1, np.int8)) | typicality


def test_offsets_go_with_the_ages_and_stay_small_where_nothing_does() -> None:
    ages, latents = of_ages(2000)
    offsets = age_tensors(latents, ages, np.full(2000, -1, np.int8))["age/offsets"]
    assert offsets.shape == (len(AGE_BINS), LATENT_SIZE)
    assert offsets.dtype == np.float32
    assert (np.diff(offsets[:, 0]) > 0).all()
    assert offsets[8, 0] - offsets[4, 0] == pytest.approx(2, abs=0.3)
    assert np.abs(offsets[:, 1:]).max() < 0.15


def test_a_bin_of_women_does_not_make_faces_womens() -> None:
    ages, latents = of_ages(2000)
    genders = np.where(
        ages > 60, np.random.default_rng(3).random(2000) < 0.95, np.random.default_rng(4).random(2000) > 0.5
    )
    latents[:, 1] += 2.0 * genders
    offsets = age_tensors(latents, ages, genders.astype(np.int8))["age/offsets"]
    unaware = age_tensors(latents, ages, np.full(2000, -1, np.int8))["age/offsets"]
    assert abs(offsets[8, 1] - offsets[4, 1]) < 0.2
    assert unaware[8, 1] - unaware[4, 1] > 0.5


def test_a_bin_without_pictures_changes_nothing() -> None:
    offsets = age_tensors(np.ones((50, 4)) * [[1, 2, 3, 4]], years(50, 26.0), np.zeros(50, np.int8))["age/offsets"]
    assert np.abs(offsets[8]).max() < 1e-6


def test_a_change_is_none_at_the_same_age_and_one_at_another(with_ages: dict[str, Any]) -> None:
    ager = VaeAger(VERSION, with_ages, {})
    faces = pictures(9)
    same = ager.change(faces, years(9, 30), years(9, 30))
    older = ager.change(faces, years(9, 30), years(9, 70))
    alone = ager.change(faces[8:], years(1, 30), years(1, 70))
    assert ager.view == View(Framing.PORTRAIT, SIZE)
    assert not same.delta.any()
    assert older.delta.shape == (9, SIZE, SIZE, 3)
    assert older.delta.any()
    assert (older.mask == 1).all()
    assert (older.delta[8:] == alone.delta).all()
    assert (ager.typicality(faces) > 0).all()


def test_an_autoencoder_whose_pictures_have_ages_leaves_an_ager_and_another_none() -> None:
    ages, _ = of_ages(160)
    aged = reader(160)
    aged.ages = ages
    with closing(make_vae_trainer(run(), dataset(160), aged, analysers())) as trainer:
        draft = trainer.finish()
    assert draft.config["ages"] is True
    loaded = load_ager(draft.architecture, draft.config, draft.weights)
    assert loaded.change(pictures(2), years(2, 20), years(2, 60)).delta.shape == (2, SIZE, SIZE, 3)
    assert load_generator(draft.architecture, draft.config, draft.weights).encodes


@pytest.mark.parametrize("changes", [{}, {"framing": "whole"}, {"codes": LATENT_SIZE + 1}, {"size": 96}])
def test_what_knows_no_ages_of_faces_is_refused(with_ages: dict[str, Any], changes: dict[str, Any]) -> None:
    kept = with_ages if changes else tensors()
    with pytest.raises(OmokageError) as refused:
        load_ager("vae-64", {**VERSION, **changes}, weights_file.dump(kept, {}))
    assert refused.value.code is ErrorCode.BAD_WEIGHTS


def test_a_data_set_without_ages_adds_nothing_to_a_version() -> None:
    with closing(make_vae_trainer(run(), dataset(), reader(COUNT), analysers())) as trainer:
        draft = trainer.finish()
    assert "ages" not in draft.config
    assert not any(name.startswith("age/") for name in weights_file.load(draft.weights)[0])
